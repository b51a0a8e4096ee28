/*
 * java_frame.c - decodes frames as the Java tools do; see java_frame.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "java_frame.h"

#include <glib.h>
#include <string.h>

#include "java_scan.h"

enum { IP4_BYTES_MIN = 20, OPTION_END = 0, OPTION_NOP = 1, OPTION_MASK = 31, ICMP_TYPES = 64, TCP_WORDS_MIN = 5 };

/* The bytes of one header; reads beyond it fail. */
typedef struct {
    const uint8_t *bytes;
    int64_t length, payload;
} view;

/* False if the header is not fully captured. */
static bool
view_init(view *v, const raw_frame *frame, const java_header *header)
{
    *v = (view){frame->bytes + header->offset, header->length, header->payload};
    return header->offset + header->length <= (int64_t)frame->captured_bytes;
}

static bool
is_ip4_option(uint8_t option)
{
    return option <= 21 || option == 23 || option == 24 || option == 25;
}

/* The library walks the options, and stops decoding the packet if the header is shorter than they claim. */
static bool
ip4_options_are_readable(const view *ip)
{
    int64_t length = (int64_t)(ip->bytes[0] & 15) * 4;

    for (int64_t at = IP4_BYTES_MIN; at < length; at++) {
        if (at >= ip->length)
            return false;
        uint8_t option = ip->bytes[at] & OPTION_MASK;
        if (!is_ip4_option(option) || option == OPTION_END)
            return true;
        if (option == OPTION_NOP)
            continue;
        if (at + 1 >= ip->length)
            return false;
        at += ip->bytes[at + 1];
    }
    return true;
}

static bool
read_addresses(const view *ip, observation *packet)
{
    if (ip->length < IP4_BYTES_MIN || !ip4_options_are_readable(ip))
        return false;
    packet->ttl = ip->bytes[8];
    memcpy(packet->src.bytes, ip->bytes + 12, 4);
    memcpy(packet->dst.bytes, ip->bytes + 16, 4);
    return true;
}

static bool
read_ports(const view *v, observation *packet)
{
    if (v->length < 4)
        return false;
    packet->src_port = raw_get16(v->bytes);
    packet->dst_port = raw_get16(v->bytes + 2);
    packet->payload_bytes = (uint32_t)v->payload;
    packet->transport_header_bytes = (uint32_t)v->length;
    return true;
}

/* The library reads the options, so their first byte, and the second unless the first is end or no-operation, must be
 * captured. */
static bool
tcp_options_are_readable(const view *tcp)
{
    const int64_t at = INT64_C(4) * TCP_WORDS_MIN;

    if (tcp->bytes[12] >> 4 <= TCP_WORDS_MIN)
        return true;
    if (tcp->length <= at)
        return false;
    return tcp->bytes[at] == OPTION_END || tcp->bytes[at] == OPTION_NOP || tcp->length > at + 1;
}

static bool
read_tcp(const view *tcp, observation *packet)
{
    if (tcp->length < 16 || !tcp_options_are_readable(tcp) || !read_ports(tcp, packet))
        return false;
    packet->protocol = TRANSPORT_TCP;
    packet->tcp_sequence = raw_get32(tcp->bytes + 4);
    packet->tcp_acknowledgement = raw_get32(tcp->bytes + 8);
    packet->tcp_flags = tcp->bytes[13];
    packet->tcp_window = raw_get16(tcp->bytes + 14);
    return true;
}

static bool
read_udp(const view *udp, observation *packet)
{
    packet->protocol = TRANSPORT_UDP;
    return read_ports(udp, packet);
}

static bool
read_sctp(const view *sctp, observation *packet)
{
    packet->protocol = JAVA_PROTOCOL_SCTP;
    return read_ports(sctp, packet);
}

static bool
read_icmp(const view *icmp, observation *packet)
{
    if (icmp->length < 2 || icmp->bytes[0] >= ICMP_TYPES)
        return false;
    packet->protocol = TRANSPORT_ICMP;
    packet->icmp_type = icmp->bytes[0];
    packet->icmp_code = icmp->bytes[1];
    return true;
}

/* IPv4 without a known transport is a packet without ports to one tool; the other accepts certain protocols only. */
static bool
read_nothing(const view *ip G_GNUC_UNUSED, observation *packet)
{
    packet->protocol = JAVA_PROTOCOL_NONE;
    return true;
}

static bool
read_known_protocol(const view *ip, observation *packet)
{
    static const uint8_t above_61[] = {94, 103, 111, 118, 132, 133, 137};
    uint8_t number = ip->bytes[9];

    packet->protocol = number == JAVA_PROTOCOL_IGMP ? JAVA_PROTOCOL_IGMP : JAVA_PROTOCOL_NONE;
    return number <= 61 || memchr(above_61, number, sizeof above_61);
}

/* Kinds of headers in the order in which a tool looks for them; the last is IPv4, which is always there. */
typedef struct {
    java_header_kind kind;
    bool (*read)(const view *v, observation *packet);
} reader;

static const reader java_readers[] = {{JAVA_TCP, read_tcp}, {JAVA_UDP, read_udp}, {JAVA_IP4, read_nothing}};

static const reader java_fixed_readers[] = {
    {JAVA_ICMP, read_icmp},          {JAVA_TCP, read_tcp}, {JAVA_UDP, read_udp}, {JAVA_SCTP, read_sctp},
    {JAVA_IP4, read_known_protocol},
};

static bool
read_packet(const raw_frame *frame, const java_headers *headers, const reader *readers, observation *packet)
{
    view v;

    if (!headers->header[JAVA_IP4].found || !view_init(&v, frame, &headers->header[JAVA_IP4]) ||
        !read_addresses(&v, packet))
        return false;
    while (!headers->header[readers->kind].found)
        readers++;
    return view_init(&v, frame, &headers->header[readers->kind]) && readers->read(&v, packet);
}

static bool
decode(const raw_frame *frame, const reader *readers, observation *packet)
{
    static const java_header_kind first_headers[] = {JAVA_ETHERNET, JAVA_IP4};
    java_headers headers;

    if (frame->wire_bytes < frame->captured_bytes)
        return false;
    for (size_t i = 0; i < sizeof first_headers / sizeof *first_headers; i++) {
        *packet = (observation){
            .time_ns = observation_whole_microseconds_ns(frame->time_ns),
            .frame = frame->number,
            .length_bytes = frame->wire_bytes,
            .captured_bytes = frame->captured_bytes,
            .ip_version = 4,
        };
        java_scan(frame, first_headers[i], &headers);
        if (read_packet(frame, &headers, readers, packet))
            return true;
    }
    return false;
}

bool
java_frame_decode(const raw_frame *frame, observation *packet)
{
    return decode(frame, java_readers, packet);
}

bool
java_fixed_frame_decode(const raw_frame *frame, observation *packet)
{
    return decode(frame, java_fixed_readers, packet);
}
