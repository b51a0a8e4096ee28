/*
 * python_frame.c - frames as the Python fork reads them; see python_frame.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "python_frame.h"

#include <string.h>

enum {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_VLAN_SERVICE = 0x88a8,
    FRAGMENT_OFFSET_MASK = 0x1fff,
    LONGEST_FRAME = 65535,
    IPV4_BYTES_MIN = 20,
    IPV6_BYTES = 40,
    TCP_BYTES_MIN = 20,
    UDP_BYTES = 8,
    ICMP_BYTES = 8,
    ICMP_TIMESTAMP_BYTES = 20,
    ICMP_MASK_BYTES = 12,
    ETHERNET_BYTES = 14,
    VLAN_BYTES = 4,
    VXLAN_BYTES = 8,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_IPV6 = 41,
    NESTING_MAX = 16
};

/* A stretch of the frame's bytes that headers are read from. */
typedef struct {
    const uint8_t *bytes;
    size_t end;
} region;

static bool
region_has(region r, size_t at, size_t count)
{
    return at <= r.end && r.end - at >= count;
}

/* Offset of the IPv4 header; false when the filter does not pass the frame. */
static bool
find_ipv4(const raw_frame *frame, region r, size_t *at)
{
    static const struct {
        size_t header_bytes, type_at;
        bool has_type;
    } links[] = {
        [LINK_ETHERNET] = {ETHERNET_BYTES, 12, true},
        [LINK_LINUX_COOKED] = {16, 14, true},
        [LINK_LINUX_COOKED_2] = {20, 0, true},
        [LINK_RAW_IP] = {0, 0, false},
    };

    if (frame->link == LINK_OTHER)
        return false;
    *at = links[frame->link].header_bytes;
    if (!region_has(r, *at, IPV4_BYTES_MIN))
        return false;
    if (!links[frame->link].has_type)
        return r.bytes[*at] >> 4 == 4;
    return raw_get16(r.bytes + links[frame->link].type_at) == ETHERTYPE_IPV4;
}

static bool
is_vxlan(const uint8_t *udp)
{
    static const uint16_t either_port[] = {4789, 4790, 6633, 8472};
    uint16_t src = raw_get16(udp), dst = raw_get16(udp + 2);

    for (size_t i = 0; i < sizeof either_port / sizeof *either_port; i++) {
        if (src == either_port[i] || dst == either_port[i])
            return true;
    }
    return dst == 48879;
}

/* Steps over Ethernet with its VLAN tags to what it carries; 0 as protocol when that is not IP. */
static uint8_t
skip_ethernet(region r, size_t *at)
{
    size_t type_at = *at + ETHERNET_BYTES - 2;

    while (region_has(r, type_at, 2) &&
           (raw_get16(r.bytes + type_at) == ETHERTYPE_VLAN || raw_get16(r.bytes + type_at) == ETHERTYPE_VLAN_SERVICE))
        type_at += VLAN_BYTES;
    if (!region_has(r, type_at, 2))
        return 0;
    *at = type_at + 2;
    uint16_t type = raw_get16(r.bytes + type_at);
    return type == ETHERTYPE_IPV4 ? PROTOCOL_IPV4 : type == ETHERTYPE_IPV6 ? PROTOCOL_IPV6 : 0;
}

/* Steps over one header of a tunnel; 0 when there is no way on. */
static uint8_t
skip_carrier(region r, uint8_t protocol, size_t *at)
{
    const uint8_t *p = r.bytes + *at;

    switch (protocol) {
    case PROTOCOL_IPV4:
        if (!region_has(r, *at, IPV4_BYTES_MIN) || raw_get16(p + 6) & FRAGMENT_OFFSET_MASK)
            return 0;
        *at += (size_t)(p[0] & 15) * 4;
        return p[9];
    case PROTOCOL_IPV6:
        if (!region_has(r, *at, IPV6_BYTES + 1))
            return 0;
        *at += IPV6_BYTES;
        return p[6];
    case TRANSPORT_UDP:
        if (!region_has(r, *at, UDP_BYTES) || !is_vxlan(p))
            return 0;
        *at += UDP_BYTES + VXLAN_BYTES;
        return skip_ethernet(r, at);
    default:
        return 0;
    }
}

/* The fork takes the first TCP header wherever it is, and its packet library opens VXLAN: such a frame has outer
 * addresses with inner ports. An inner UDP or ICMP header changes nothing, because the outer UDP comes first. */
static bool
find_inner_tcp(region r, size_t *at)
{
    size_t inner = *at;
    uint8_t protocol = TRANSPORT_UDP;

    for (int depth = 0; depth < NESTING_MAX && protocol != 0; depth++) {
        protocol = skip_carrier(r, protocol, &inner);
        if (protocol == TRANSPORT_TCP && region_has(r, inner, TCP_BYTES_MIN)) {
            *at = inner;
            return true;
        }
    }
    return false;
}

static size_t
read_tcp(const uint8_t *p, observation *packet)
{
    size_t header = (size_t)(p[12] >> 4) * 4;

    packet->src_port = raw_get16(p);
    packet->dst_port = raw_get16(p + 2);
    packet->tcp_flags = p[13];
    packet->tcp_window = raw_get16(p + 14);
    return header < TCP_BYTES_MIN ? TCP_BYTES_MIN : header;
}

static size_t
read_icmp(const uint8_t *p, observation *packet)
{
    packet->icmp_type = p[0];
    packet->icmp_code = p[1];
    packet->icmp_identifier = raw_get16(p + 4);
    switch (packet->icmp_type) {
    case 13:
    case 14:
        return ICMP_TIMESTAMP_BYTES;
    case 17:
    case 18:
        return ICMP_MASK_BYTES;
    default:
        return ICMP_BYTES;
    }
}

/* Reads the transport at an offset; its header's length, 0 when it is not all there. */
static size_t
read_transport(region r, size_t at, uint8_t transport, observation *packet)
{
    size_t least = transport == TRANSPORT_TCP ? TCP_BYTES_MIN : UDP_BYTES;
    const uint8_t *p = r.bytes + at;

    if (!region_has(r, at, least))
        return 0;
    if (transport == TRANSPORT_TCP)
        return read_tcp(p, packet);
    if (transport == TRANSPORT_ICMP)
        return read_icmp(p, packet);
    packet->src_port = raw_get16(p);
    packet->dst_port = raw_get16(p + 2);
    return UDP_BYTES;
}

static int64_t
cut_to_microseconds(int64_t time_ns)
{
    int64_t rest = time_ns % 1000;
    return time_ns - (rest < 0 ? rest + 1000 : rest);
}

bool
python_frame_decode(const raw_frame *frame, observation *packet)
{
    region whole = {frame->bytes, frame->captured_bytes < LONGEST_FRAME ? frame->captured_bytes : LONGEST_FRAME};
    size_t ip_at;

    if (!find_ipv4(frame, whole, &ip_at))
        return false;
    const uint8_t *ip = whole.bytes + ip_at;
    uint8_t protocol = ip[9];
    size_t header = (size_t)(ip[0] & 15) * 4, total = raw_get16(ip + 2);
    if ((protocol != TRANSPORT_TCP && protocol != TRANSPORT_UDP && protocol != TRANSPORT_ICMP) ||
        header < IPV4_BYTES_MIN || raw_get16(ip + 6) & FRAGMENT_OFFSET_MASK)
        return false;

    /* A total length smaller than the header (0 with segmentation offload) bounds nothing. */
    region datagram = whole;
    if (total >= header && ip_at + total < whole.end)
        datagram.end = ip_at + total;
    size_t at = ip_at + header;
    uint8_t transport = protocol;
    if (protocol == TRANSPORT_UDP && find_inner_tcp(whole, &at)) {
        transport = TRANSPORT_TCP;
        datagram = whole;
    }
    *packet = (observation){
        .time_ns = cut_to_microseconds(frame->time_ns),
        .frame = frame->number,
        .length_bytes = whole.end,
        .captured_bytes = whole.end,
        .ip_version = 4,
        .protocol = protocol,
        .ip_header_bytes = (uint32_t)header,
    };
    memcpy(packet->src.bytes, ip + 12, 4);
    memcpy(packet->dst.bytes, ip + 16, 4);
    size_t transport_header = read_transport(datagram, at, transport, packet);
    if (transport_header == 0)
        return false;
    packet->transport_header_bytes = (uint32_t)transport_header;
    if (at + transport_header < whole.end)
        packet->payload_bytes = (uint32_t)(whole.end - at - transport_header);
    return true;
}
