/*
 * transport_header.c - reads transport headers; see transport_header.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport_header.h"

#include "flow_key.h"
#include "raw_frame.h"

enum { TCP_BYTES = TRANSPORT_HEADER_BYTES_MAX, UDP_BYTES = 8, ICMP_BYTES = 8, ICMPV6_BYTES = 4 };

bool
transport_is_known(uint8_t protocol)
{
    return protocol == TRANSPORT_TCP || protocol == TRANSPORT_UDP || protocol == TRANSPORT_ICMP ||
           protocol == TRANSPORT_ICMPV6;
}

static void
read_ports(const uint8_t *p, observation *packet)
{
    packet->src_port = raw_get16(p);
    packet->dst_port = raw_get16(p + 2);
}

static bool
read_tcp(const uint8_t *p, size_t captured, size_t length, observation *packet)
{
    if (captured < TCP_BYTES)
        return false;
    size_t header = (size_t)(p[12] >> 4) * 4;
    if (header < TCP_BYTES || header > length)
        return false;
    read_ports(p, packet);
    packet->tcp_sequence = raw_get32(p + 4);
    packet->tcp_acknowledgement = raw_get32(p + 8);
    packet->tcp_flags = p[13];
    packet->tcp_reserved = p[12] & 15;
    packet->tcp_window = raw_get16(p + 14);
    packet->transport_header_bytes = (uint32_t)header;
    packet->payload_bytes = (uint32_t)(length - header);
    return true;
}

/* With IPv6 a UDP length of 0 means a jumbogram (RFC 2675), as long as the IP payload. */
static bool
read_udp(const uint8_t *p, size_t captured, size_t length, observation *packet)
{
    if (captured < UDP_BYTES)
        return false;
    size_t own_length = raw_get16(p + 4);
    if (own_length == 0 && packet->ip_version == 6)
        own_length = length;
    if (own_length < UDP_BYTES)
        return false;
    read_ports(p, packet);
    packet->transport_header_bytes = UDP_BYTES;
    packet->payload_bytes = (uint32_t)(own_length - UDP_BYTES);
    return true;
}

/* The identifier of an echo message is part of its flow's identity; for other messages type and code are enough. */
static bool
read_icmp(const uint8_t *p, size_t captured, size_t length, observation *packet)
{
    if (captured < (packet->protocol == TRANSPORT_ICMP ? ICMP_BYTES : ICMPV6_BYTES))
        return false;
    packet->icmp_type = p[0];
    packet->icmp_code = p[1];
    if (captured >= ICMP_BYTES)
        packet->icmp_identifier = raw_get16(p + 4);
    else if (flow_key_icmp_request_type(packet) >= 0)
        return false;
    packet->transport_header_bytes = ICMP_BYTES;
    packet->payload_bytes = (uint32_t)(length > ICMP_BYTES ? length - ICMP_BYTES : 0);
    return true;
}

bool
transport_header_read(const uint8_t *p, size_t captured, size_t length, observation *packet)
{
    packet->ip_payload_bytes = (uint32_t)length;
    switch (packet->protocol) {
    case TRANSPORT_TCP:
        return read_tcp(p, captured, length, packet);
    case TRANSPORT_UDP:
        return read_udp(p, captured, length, packet);
    case TRANSPORT_ICMP:
    case TRANSPORT_ICMPV6:
        return read_icmp(p, captured, length, packet);
    default:
        return false;
    }
}
