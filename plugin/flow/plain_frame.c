/*
 * plain_frame.c - plain frames, decoded in place; see plain_frame.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plain_frame.h"

#include <string.h>

#include "transport_header.h"

enum {
    ETHERNET_BYTES = 14,
    COOKED_BYTES = 16,
    DEVICE_ETHERNET = 1,
    DEVICE_PPP = 512,
    DEVICE_LOOPBACK = 772,
    DEVICE_NONE = 0xfffe,
    VLAN_BYTES = 4,
    VLAN_TAGS_MAX = 2,
    VLAN_NUMBER_MASK = 0x0fff,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_VLAN = 0x8100,
    IPV4_BYTES = 20,
    IPV4_VERSION_AND_LENGTH = 0x45,
    IPV4_FRAGMENT_MASK = 0xbfff, /* all but "don't fragment" */
    IPV6_BYTES = 40
};

/* Where the IP packet begins, and the ethertype that announced it; 0 for raw IP. */
typedef struct {
    size_t at;
    uint16_t type;
} network_start;

/* Whether a device of this type (Linux's ARPHRD_*) has its cooked frames' protocol as an ethertype. */
static bool
has_ethertype(uint16_t device)
{
    return device == DEVICE_ETHERNET || device == DEVICE_LOOPBACK || device == DEVICE_NONE || device == DEVICE_PPP;
}

static bool
find_network(const raw_frame *frame, network_start *network, uint32_t *vlans)
{
    const uint8_t *p = frame->bytes;

    if (frame->link == LINK_RAW_IP) {
        *network = (network_start){0, 0};
        return true;
    }
    if (frame->link == LINK_LINUX_COOKED && frame->captured_bytes >= COOKED_BYTES) {
        *network = (network_start){COOKED_BYTES, raw_get16(p + 14)};
        return has_ethertype(raw_get16(p + 2));
    }
    if (frame->link != LINK_ETHERNET || frame->captured_bytes < ETHERNET_BYTES + VLAN_TAGS_MAX * VLAN_BYTES)
        return false;
    *network = (network_start){ETHERNET_BYTES, raw_get16(p + 12)};
    for (int tags = 0; network->type == ETHERTYPE_VLAN && tags < VLAN_TAGS_MAX; tags++) {
        *vlans = observation_add_vlan(*vlans, raw_get16(p + network->at) & VLAN_NUMBER_MASK);
        network->type = raw_get16(p + network->at + 2);
        network->at += VLAN_BYTES;
    }
    return true;
}

/* Reads the IP header; the offsets of the transport and of the IP packet's end are set. */
static bool
read_ipv4(const raw_frame *frame, size_t at, observation *packet, size_t *transport, size_t *end)
{
    const uint8_t *p = frame->bytes + at;

    if (frame->captured_bytes < at + IPV4_BYTES || p[0] != IPV4_VERSION_AND_LENGTH)
        return false;
    size_t total = raw_get16(p + 2);
    if (total == 0)
        total = frame->wire_bytes - at; /* left to segmentation offload */
    if (total < IPV4_BYTES || at + total > frame->wire_bytes || raw_get16(p + 6) & IPV4_FRAGMENT_MASK)
        return false;
    packet->ip_version = 4;
    packet->protocol = p[9];
    packet->ttl = p[8];
    packet->ip_header_bytes = IPV4_BYTES;
    memcpy(packet->src.bytes, p + 12, 4);
    memcpy(packet->dst.bytes, p + 16, 4);
    *transport = at + IPV4_BYTES;
    *end = at + total;
    return packet->protocol != TRANSPORT_ICMPV6;
}

static bool
read_ipv6(const raw_frame *frame, size_t at, observation *packet, size_t *transport, size_t *end)
{
    const uint8_t *p = frame->bytes + at;

    if (frame->captured_bytes < at + IPV6_BYTES || p[0] >> 4 != 6)
        return false;
    size_t payload = raw_get16(p + 4);
    if (payload == 0 && transport_is_known(p[6]))
        payload = frame->wire_bytes - at - IPV6_BYTES; /* left to segmentation offload */
    if (payload == 0 || at + IPV6_BYTES + payload > frame->wire_bytes)
        return false;
    packet->ip_version = 6;
    packet->protocol = p[6];
    packet->ttl = p[7];
    packet->ip_header_bytes = IPV6_BYTES;
    memcpy(packet->src.bytes, p + 8, 16);
    memcpy(packet->dst.bytes, p + 24, 16);
    *transport = at + IPV6_BYTES;
    *end = *transport + payload;
    return packet->protocol != TRANSPORT_ICMP;
}

static bool
read_network(const raw_frame *frame, observation *packet, size_t *transport, size_t *end)
{
    network_start network;

    if (!find_network(frame, &network, &packet->vlans))
        return false;
    if (network.type == ETHERTYPE_IPV4)
        return read_ipv4(frame, network.at, packet, transport, end);
    if (network.type == ETHERTYPE_IPV6)
        return read_ipv6(frame, network.at, packet, transport, end);
    if (network.type != 0 || frame->link != LINK_RAW_IP || frame->captured_bytes == 0)
        return false;
    return frame->bytes[0] >> 4 == 6 ? read_ipv6(frame, 0, packet, transport, end)
                                     : read_ipv4(frame, 0, packet, transport, end);
}

bool
plain_frame_decode(const raw_frame *frame, observation *packet, size_t *payload_at)
{
    size_t transport, end;

    if (frame->captured_bytes > frame->wire_bytes)
        return false;
    *packet = (observation){
        .time_ns = frame->time_ns,
        .frame = frame->number,
        .length_bytes = frame->wire_bytes,
        .captured_bytes = frame->captured_bytes,
    };
    if (!read_network(frame, packet, &transport, &end) || frame->captured_bytes < transport)
        return false;
    size_t captured_end = end < frame->captured_bytes ? end : frame->captured_bytes;
    if (captured_end < transport ||
        !transport_header_read(frame->bytes + transport, captured_end - transport, end - transport, packet))
        return false;
    *payload_at = transport + packet->transport_header_bytes;
    return observation_is_icmp(packet) || *payload_at + packet->payload_bytes <= end;
}
