/*
 * packet_fact.c - the facts of an observation; see packet_fact.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet_fact.h"

#include <string.h>

enum { ICMPV6_ERRORS_END = 128, IPV6_HEADER_BYTES = 40 };

#define FACT(name, condition, value)                                                                                   \
    static unsigned get_##name(const observation *p, int64_t values[FACT_VALUES_MAX])                                  \
    {                                                                                                                  \
        values[0] = (int64_t)(value);                                                                                  \
        return (condition) ? 1 : 0;                                                                                    \
    }

#define IS_TCP (p->protocol == TRANSPORT_TCP)
#define IS_UDP (p->protocol == TRANSPORT_UDP)
#define IS_ICMP (p->protocol == TRANSPORT_ICMP)
#define IS_ICMPV6 (p->protocol == TRANSPORT_ICMPV6)
#define IS_IPV4 (p->ip_version == 4)
#define IS_IPV6 (p->ip_version == 6)

static int64_t
ip_length(const observation *p)
{
    return (int64_t)p->ip_header_bytes + p->ip_payload_bytes;
}

static int64_t
tcp_flags(const observation *p)
{
    return p->tcp_reserved << 8 | p->tcp_flags;
}

static unsigned
get_ports(const observation *p, int64_t values[FACT_VALUES_MAX])
{
    values[0] = p->src_port;
    values[1] = p->dst_port;
    return 2;
}

static unsigned
get_tcp_ports(const observation *p, int64_t values[FACT_VALUES_MAX])
{
    return IS_TCP ? get_ports(p, values) : 0;
}

static unsigned
get_udp_ports(const observation *p, int64_t values[FACT_VALUES_MAX])
{
    return IS_UDP ? get_ports(p, values) : 0;
}

FACT(always, p != NULL, 0)
FACT(ip_length, true, ip_length(p))
FACT(ttl, true, p->ttl)
FACT(own_tcp_flags, IS_TCP, p->tcp_flags)
FACT(window, IS_TCP, p->tcp_window)
FACT(payload, true, p->payload_bytes)
FACT(transport_header, true, p->transport_header_bytes)
FACT(src_port, true, p->src_port)
FACT(dst_port, true, p->dst_port)
FACT(own_icmp_type, IS_ICMP || IS_ICMPV6, p->icmp_type)
FACT(own_icmp_code, IS_ICMP || IS_ICMPV6, p->icmp_code)
FACT(frame_length, true, p->length_bytes)
FACT(captured, true, p->captured_bytes)
FACT(time, true, p->time_ns)
FACT(is_ipv4, IS_IPV4, 0)
FACT(is_ipv6, IS_IPV6, 0)
FACT(is_tcp, IS_TCP, 0)
FACT(is_udp, IS_UDP, 0)
FACT(is_icmp, IS_ICMP, 0)
FACT(is_icmpv6, IS_ICMPV6, 0)
FACT(ipv4_length, IS_IPV4, ip_length(p))
FACT(ipv4_ttl, IS_IPV4, p->ttl)
FACT(ipv4_header, IS_IPV4, p->ip_header_bytes)
FACT(ipv4_protocol, IS_IPV4, p->protocol)
FACT(ipv6_hop_limit, IS_IPV6, p->ttl)
/* A plain frame (plain_frame.h) has no extension header except hop-by-hop options, number 0. */
FACT(ipv6_next, IS_IPV6, p->ip_header_bytes > IPV6_HEADER_BYTES ? 0 : p->protocol)
FACT(tcp_srcport, IS_TCP, p->src_port)
FACT(tcp_dstport, IS_TCP, p->dst_port)
FACT(tcp_flags, IS_TCP, tcp_flags(p))
FACT(tcp_fin, IS_TCP, (p->tcp_flags & TCP_FIN) != 0)
FACT(tcp_syn, IS_TCP, (p->tcp_flags & TCP_SYN) != 0)
FACT(tcp_rst, IS_TCP, (p->tcp_flags & TCP_RST) != 0)
FACT(tcp_psh, IS_TCP, (p->tcp_flags & TCP_PSH) != 0)
FACT(tcp_ack, IS_TCP, (p->tcp_flags & TCP_ACK) != 0)
FACT(tcp_urg, IS_TCP, (p->tcp_flags & TCP_URG) != 0)
FACT(tcp_ece, IS_TCP, (p->tcp_flags & TCP_ECE) != 0)
FACT(tcp_cwr, IS_TCP, (p->tcp_flags & TCP_CWR) != 0)
FACT(tcp_length, IS_TCP, p->payload_bytes)
FACT(tcp_header, IS_TCP, p->transport_header_bytes)
FACT(tcp_sequence, IS_TCP, p->tcp_sequence)
FACT(tcp_acknowledgement, IS_TCP, p->tcp_acknowledgement)
FACT(udp_srcport, IS_UDP, p->src_port)
FACT(udp_dstport, IS_UDP, p->dst_port)
FACT(udp_length, IS_UDP, p->transport_header_bytes + (uint64_t)p->payload_bytes)
FACT(icmp_type, IS_ICMP, p->icmp_type)
FACT(icmp_code, IS_ICMP, p->icmp_code)
FACT(icmpv6_type, IS_ICMPV6, p->icmp_type)
FACT(icmpv6_code, IS_ICMPV6, p->icmp_code)

static const packet_fact facts[] = {
    {"packet.ip_len", VALUES_INTEGER, UINT32_MAX, true, get_ip_length},
    {"packet.ttl", VALUES_INTEGER, UINT8_MAX, true, get_ttl},
    {"packet.tcp_flags", VALUES_INTEGER, UINT8_MAX, true, get_own_tcp_flags},
    {"packet.window", VALUES_INTEGER, UINT16_MAX, true, get_window},
    {"packet.payload_len", VALUES_INTEGER, UINT32_MAX, true, get_payload},
    {"packet.transport_header_len", VALUES_INTEGER, UINT32_MAX, true, get_transport_header},
    {"packet.src_port", VALUES_INTEGER, UINT16_MAX, true, get_src_port},
    {"packet.dst_port", VALUES_INTEGER, UINT16_MAX, true, get_dst_port},
    {"packet.icmp_type", VALUES_INTEGER, UINT8_MAX, true, get_own_icmp_type},
    {"packet.icmp_code", VALUES_INTEGER, UINT8_MAX, true, get_own_icmp_code},
    {"frame", VALUES_NONE, 0, false, get_always},
    {"frame.len", VALUES_INTEGER, UINT32_MAX, false, get_frame_length},
    {"frame.cap_len", VALUES_INTEGER, UINT32_MAX, false, get_captured},
    {"frame.time_epoch", VALUES_TIME, 0, false, get_time},
    {"ip", VALUES_NONE, 0, false, get_is_ipv4},
    {"ipv6", VALUES_NONE, 0, false, get_is_ipv6},
    {"tcp", VALUES_NONE, 0, false, get_is_tcp},
    {"udp", VALUES_NONE, 0, false, get_is_udp},
    {"icmp", VALUES_NONE, 0, false, get_is_icmp},
    {"icmpv6", VALUES_NONE, 0, false, get_is_icmpv6},
    {"ip.len", VALUES_INTEGER, UINT16_MAX, false, get_ipv4_length},
    {"ip.ttl", VALUES_INTEGER, UINT8_MAX, false, get_ipv4_ttl},
    {"ip.hdr_len", VALUES_INTEGER, UINT8_MAX, false, get_ipv4_header},
    {"ip.proto", VALUES_INTEGER, UINT8_MAX, false, get_ipv4_protocol},
    {"ipv6.hlim", VALUES_INTEGER, UINT8_MAX, false, get_ipv6_hop_limit},
    {"ipv6.nxt", VALUES_INTEGER, UINT8_MAX, false, get_ipv6_next},
    {"tcp.srcport", VALUES_INTEGER, UINT16_MAX, false, get_tcp_srcport},
    {"tcp.dstport", VALUES_INTEGER, UINT16_MAX, false, get_tcp_dstport},
    {"tcp.port", VALUES_INTEGER, UINT16_MAX, false, get_tcp_ports},
    {"tcp.flags", VALUES_INTEGER, UINT16_MAX, false, get_tcp_flags},
    {"tcp.flags.fin", VALUES_INTEGER, 1, false, get_tcp_fin},
    {"tcp.flags.syn", VALUES_INTEGER, 1, false, get_tcp_syn},
    {"tcp.flags.reset", VALUES_INTEGER, 1, false, get_tcp_rst},
    {"tcp.flags.push", VALUES_INTEGER, 1, false, get_tcp_psh},
    {"tcp.flags.ack", VALUES_INTEGER, 1, false, get_tcp_ack},
    {"tcp.flags.urg", VALUES_INTEGER, 1, false, get_tcp_urg},
    {"tcp.flags.ece", VALUES_INTEGER, 1, false, get_tcp_ece},
    {"tcp.flags.cwr", VALUES_INTEGER, 1, false, get_tcp_cwr},
    {"tcp.len", VALUES_INTEGER, UINT32_MAX, false, get_tcp_length},
    {"tcp.hdr_len", VALUES_INTEGER, UINT8_MAX, false, get_tcp_header},
    {"tcp.seq_raw", VALUES_INTEGER, UINT32_MAX, false, get_tcp_sequence},
    {"tcp.ack_raw", VALUES_INTEGER, UINT32_MAX, false, get_tcp_acknowledgement},
    {"tcp.window_size_value", VALUES_INTEGER, UINT16_MAX, false, get_window},
    {"udp.srcport", VALUES_INTEGER, UINT16_MAX, false, get_udp_srcport},
    {"udp.dstport", VALUES_INTEGER, UINT16_MAX, false, get_udp_dstport},
    {"udp.port", VALUES_INTEGER, UINT16_MAX, false, get_udp_ports},
    {"udp.length", VALUES_INTEGER, UINT16_MAX, false, get_udp_length},
    {"icmp.type", VALUES_INTEGER, UINT8_MAX, false, get_icmp_type},
    {"icmp.code", VALUES_INTEGER, UINT8_MAX, false, get_icmp_code},
    {"icmpv6.type", VALUES_INTEGER, UINT8_MAX, false, get_icmpv6_type},
    {"icmpv6.code", VALUES_INTEGER, UINT8_MAX, false, get_icmpv6_code},
};

enum { FACTS = sizeof facts / sizeof *facts };

const packet_fact *
packet_fact_find(const char *name, size_t bytes)
{
    for (size_t i = 0; i < FACTS; i++) {
        if (strncmp(facts[i].name, name, bytes) == 0 && facts[i].name[bytes] == '\0')
            return &facts[i];
    }
    return NULL;
}

bool
packet_quotes_another(const observation *packet)
{
    static const uint8_t errors[] = {3, 4, 5, 11, 12};

    if (packet->protocol == TRANSPORT_ICMPV6)
        return packet->icmp_type < ICMPV6_ERRORS_END || packet->icmp_type == 137; /* a redirect */
    return packet->protocol == TRANSPORT_ICMP && memchr(errors, packet->icmp_type, sizeof errors) != NULL;
}
