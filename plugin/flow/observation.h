/*
 * observation.h - the engine's input: the facts of one packet.
 *
 * Whatever decodes packets (epan, a test, a generator) fills in this struct; the engine knows no other form of packets.
 * All numbers are in host byte order, times in integer nanoseconds since the epoch, lengths in bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* IANA protocol numbers of the transports that make flows. */
enum { TRANSPORT_ICMP = 1, TRANSPORT_TCP = 6, TRANSPORT_UDP = 17, TRANSPORT_ICMPV6 = 58 };

/* TCP flags as in the header's fourteenth byte. */
enum {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
    TCP_URG = 0x20,
    TCP_ECE = 0x40,
    TCP_CWR = 0x80
};

#define NS_PER_SECOND INT64_C(1000000000)

/* Times are kept inside these bounds (years 1897 to 2189), so that the difference of any two fits into 64 bits. */
#define TIME_NS_MIN (-(INT64_C(1) << 61))
#define TIME_NS_MAX (INT64_MAX - (INT64_C(1) << 61))

/* An IPv4 address takes the first 4 bytes, with the others zero; an IPv6 address all 16. Network byte order. */
typedef struct {
    uint8_t bytes[16];
} flow_address;

typedef struct {
    int64_t time_ns;
    uint64_t frame;          /* number of the frame in the capture, from 1 */
    uint64_t length_bytes;   /* on the wire; for a reassembled datagram the sum of all fragments */
    uint64_t captured_bytes; /* as far as a snaplen allowed */
    flow_address src, dst;
    uint32_t vlans;     /* VLANs outside the IP header, combined by observation_add_vlan() */
    uint8_t ip_version; /* 4 or 6 */
    uint8_t protocol;   /* TRANSPORT_* */
    uint16_t src_port, dst_port;
    uint32_t ip_header_bytes;        /* with IPv6 extension headers */
    uint32_t transport_header_bytes; /* TCP: data offset; UDP and ICMP: 8 */
    uint32_t payload_bytes;          /* length of the transport payload, by the headers */
    uint32_t ip_payload_bytes;       /* everything after the IP header and its extensions */
    uint32_t tcp_sequence, tcp_acknowledgement;
    uint16_t tcp_window;  /* raw, unscaled */
    uint8_t tcp_flags;    /* TCP_* */
    uint8_t tcp_reserved; /* the four bits before the flags */
    uint8_t icmp_type, icmp_code;
    uint8_t ttl;              /* IPv6: hop limit */
    uint16_t icmp_identifier; /* bytes 5 and 6 of the message, for any type */
} observation;

static inline bool
observation_is_icmp(const observation *packet)
{
    return packet->protocol == TRANSPORT_ICMP || packet->protocol == TRANSPORT_ICMPV6;
}

/* The combined VLANs of a packet with another tag of this number inside. Distinct for up to two tags, but not for more.
 * Number 0 is a priority tag, not a VLAN (IEEE 802.1Q). */
static inline uint32_t
observation_add_vlan(uint32_t vlans, uint16_t number)
{
    return number == 0 ? vlans : (vlans << 12 | vlans >> 20) ^ number;
}

/* Clamps a time to the bounds above. */
static inline int64_t
observation_clamp_time_ns(int64_t seconds, int64_t nanoseconds)
{
    if (seconds < TIME_NS_MIN / NS_PER_SECOND)
        return TIME_NS_MIN;
    if (seconds > TIME_NS_MAX / NS_PER_SECOND - 1)
        return TIME_NS_MAX;
    return seconds * NS_PER_SECOND + nanoseconds;
}

/* The time as tools have it that read whole microseconds. */
static inline int64_t
observation_whole_microseconds_ns(int64_t time_ns)
{
    int64_t rest = time_ns % 1000;
    return time_ns - (rest < 0 ? rest + 1000 : rest);
}
