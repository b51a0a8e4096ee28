/*
 * plain_frame.c - decodes plain frames in place; see plain_frame.h.
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
    ETHERTYPE_WLAN = 0x890d,    /* messages between stations of a WLAN */
    ETHERNET_LENGTH_MAX = 1500, /* up to here the type is a length, and an LLC header follows */
    IPV4_BYTES = 20,
    IPV4_RESERVED = 0x8000,
    IPV4_MORE_FRAGMENTS = 0x2000,
    IPV4_OFFSET_MASK = 0x1fff,
    IPV6_BYTES = 40,
    IPV6_HOP_BY_HOP = 0,
    IPV6_FRAGMENT = 44,
    IPV6_FRAGMENT_BYTES = 8,
    IPV6_MORE_FRAGMENTS = 1,
    IPV6_OFFSET_MASK = 0xfff8,
    PROTOCOL_IGMP = 2,
    PROTOCOL_PIM = 103
};

/* Where the IP packet begins, and its EtherType; 0 for raw IP. */
typedef struct {
    size_t at;
    uint16_t type;
    uint16_t vlan; /* of the innermost tag */
} network_start;

/* Where the parts of an IP packet are in the frame. */
typedef struct {
    size_t payload, end; /* of the IP packet */
    bool is_piece;
    bool has_more;
    uint32_t offset_bytes, identification;
} ip_extent;

static bool
is_plain_ethertype(uint16_t type)
{
    switch (type) {
#define PLAIN_ETHERTYPE(number, name) case number:
#include "plain_types.def"
        return true;
    default:
        return false;
    }
}

static bool
is_plain_ip_protocol(uint8_t protocol)
{
    switch (protocol) {
#define PLAIN_IP_PROTOCOL(number, name) case number:
#include "plain_types.def"
        return true;
    default:
        return false;
    }
}

/* Whether cooked captures on this type of device (Linux ARPHRD_*) have an EtherType as protocol. */
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
        *network = (network_start){0};
        return true;
    }
    if (frame->link == LINK_LINUX_COOKED && frame->captured_bytes >= COOKED_BYTES) {
        *network = (network_start){.at = COOKED_BYTES, .type = raw_get16(p + 14)};
        return has_ethertype(raw_get16(p + 2));
    }
    if (frame->link != LINK_ETHERNET || frame->captured_bytes < ETHERNET_BYTES)
        return false;
    *network = (network_start){.at = ETHERNET_BYTES, .type = raw_get16(p + 12)};
    for (int tags = 0; network->type == ETHERTYPE_VLAN && tags < VLAN_TAGS_MAX; tags++) {
        if (frame->captured_bytes < network->at + VLAN_BYTES)
            return false;
        *vlans = observation_add_vlan(*vlans, raw_get16(p + network->at) & VLAN_NUMBER_MASK);
        network->vlan = raw_get16(p + network->at) & VLAN_NUMBER_MASK;
        network->type = raw_get16(p + network->at + 2);
        network->at += VLAN_BYTES;
    }
    return true;
}

/* False if options may make the header's destination a hop of a source route, or are malformed. */
static bool
are_options_plain(const uint8_t *p, size_t bytes)
{
    enum { END = 0, NOTHING = 1, LOOSE_ROUTE = 131, STRICT_ROUTE = 137 };

    for (size_t at = 0; at < bytes && p[at] != END;) {
        if (p[at] == NOTHING) {
            at++;
            continue;
        }
        if (p[at] == LOOSE_ROUTE || p[at] == STRICT_ROUTE || at + 2 > bytes || p[at + 1] < 2 || at + p[at + 1] > bytes)
            return false;
        at += p[at + 1];
    }
    return true;
}

static bool
read_ipv4(const raw_frame *frame, size_t at, observation *packet, ip_extent *extent)
{
    const uint8_t *p = frame->bytes + at;

    if (frame->captured_bytes < at + IPV4_BYTES || p[0] >> 4 != 4)
        return false;
    size_t header = (size_t)(p[0] & 15) * 4;
    size_t total = raw_get16(p + 2);
    uint16_t fragment = raw_get16(p + 6);
    if (total == 0)
        total = frame->wire_bytes - at; /* left to segmentation offload */
    if (header < IPV4_BYTES || frame->captured_bytes < at + header || total < header ||
        at + total > frame->wire_bytes || fragment & IPV4_RESERVED ||
        !are_options_plain(p + IPV4_BYTES, header - IPV4_BYTES))
        return false;
    packet->ip_version = 4;
    packet->protocol = p[9];
    packet->ttl = p[8];
    packet->ip_header_bytes = (uint32_t)header;
    memcpy(packet->src.bytes, p + 12, 4);
    memcpy(packet->dst.bytes, p + 16, 4);
    *extent = (ip_extent){
        .payload = at + header,
        .end = at + total,
        .is_piece = (fragment & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) != 0,
        .has_more = (fragment & IPV4_MORE_FRAGMENTS) != 0,
        .offset_bytes = (uint32_t)(fragment & IPV4_OFFSET_MASK) * 8,
        .identification = raw_get16(p + 4),
    };
    return packet->protocol != TRANSPORT_ICMPV6;
}

/* Whether the options are only padding and router alerts, and well formed. Some others change the destination. */
static bool
are_hop_options_plain(const uint8_t *p, size_t bytes)
{
    enum { PAD_BYTE = 0, PADDING = 1, ROUTER_ALERT = 5, ROUTER_ALERT_BYTES = 2 };

    for (size_t at = 0; at < bytes;) {
        if (p[at] == PAD_BYTE) {
            at++;
            continue;
        }
        if (at + 2 > bytes || at + 2 + p[at + 1] > bytes ||
            (p[at] != PADDING && (p[at] != ROUTER_ALERT || p[at + 1] != ROUTER_ALERT_BYTES)))
            return false;
        at += (size_t)2 + p[at + 1];
    }
    return true;
}

/* Skips a first extension header, of hop-by-hop options or a fragment. */
static bool
read_extension(const raw_frame *frame, observation *packet, ip_extent *extent)
{
    const uint8_t *p = frame->bytes + extent->payload;
    size_t bytes = IPV6_FRAGMENT_BYTES;

    if (extent->payload + IPV6_FRAGMENT_BYTES > MIN(frame->captured_bytes, extent->end))
        return false;
    if (packet->protocol == IPV6_HOP_BY_HOP) {
        bytes = ((size_t)p[1] + 1) * 8;
        if (extent->payload + bytes > MIN(frame->captured_bytes, extent->end) ||
            !are_hop_options_plain(p + 2, bytes - 2))
            return false;
    }
    uint16_t fragment = raw_get16(p + 2);
    if (packet->protocol == IPV6_FRAGMENT && (fragment & (IPV6_OFFSET_MASK | IPV6_MORE_FRAGMENTS)) != 0) {
        extent->is_piece = true;
        extent->has_more = (fragment & IPV6_MORE_FRAGMENTS) != 0;
        extent->offset_bytes = fragment & IPV6_OFFSET_MASK;
        extent->identification = raw_get32(p + 4);
    }
    packet->protocol = p[0];
    packet->ip_header_bytes += (uint32_t)bytes;
    extent->payload += bytes;
    return extent->payload <= MIN(frame->captured_bytes, extent->end);
}

static bool
read_ipv6(const raw_frame *frame, size_t at, observation *packet, ip_extent *extent)
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
    *extent = (ip_extent){.payload = at + IPV6_BYTES, .end = at + IPV6_BYTES + payload};
    if ((packet->protocol == IPV6_HOP_BY_HOP || packet->protocol == IPV6_FRAGMENT) &&
        !read_extension(frame, packet, extent))
        return false;
    return packet->protocol != TRANSPORT_ICMP;
}

static bool
read_network(const raw_frame *frame, const network_start *network, observation *packet, ip_extent *extent)
{
    if (network->type == ETHERTYPE_IPV4)
        return read_ipv4(frame, network->at, packet, extent);
    if (network->type == ETHERTYPE_IPV6)
        return read_ipv6(frame, network->at, packet, extent);
    if (network->type != 0 || frame->link != LINK_RAW_IP || frame->captured_bytes == 0)
        return false;
    return frame->bytes[0] >> 4 == 6 ? read_ipv6(frame, 0, packet, extent) : read_ipv4(frame, 0, packet, extent);
}

/* Cisco's ISL, known by the destination, has a whole frame after a header that looks like LLC. */
static bool
is_isl(const uint8_t *p)
{
    return (p[0] == 0x01 || p[0] == 0x0c) && p[1] == 0x00 && p[2] == 0x0c && p[3] == 0x00 && p[4] == 0x00;
}

/* Spanning tree, stations that say what they can, and Cisco's protocols between switches are plain; anything else with
 * an LLC header may not be. */
static bool
is_plain_llc(const raw_frame *frame, const network_start *network)
{
    enum { IDENTIFICATION = 0xaf, POLL = 0x10, BASIC_FORMAT = 0x81, SNAP = 0xaa, NO_LLC = 0xff };
    static const uint8_t spanning_tree[] = {0x42, 0x42, 0x03}, cisco[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c};
    static const uint16_t messages[] = {0x010b, 0x0111, 0x2000, 0x2003, 0x2004};
    const uint8_t *p = frame->bytes + ETHERNET_BYTES;
    size_t captured = frame->captured_bytes - ETHERNET_BYTES;

    if (frame->link != LINK_ETHERNET || network->at != ETHERNET_BYTES || network->type == 0 ||
        network->type > ETHERNET_LENGTH_MAX || captured < 4 || is_isl(frame->bytes))
        return false;
    if (memcmp(p, spanning_tree, sizeof spanning_tree) == 0)
        return true;
    if ((p[2] | POLL) == (IDENTIFICATION | POLL) && p[3] == BASIC_FORMAT)
        return p[0] != SNAP && p[0] != NO_LLC;
    if (captured < sizeof cisco + 2 || memcmp(p, cisco, sizeof cisco) != 0)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        if (messages[i] == raw_get16(p + sizeof cisco))
            return true;
    }
    return false;
}

/* Whether it is a message of a direct link between two stations other than those that agree on its keys, which epan has
 * to see: it may need them to decrypt packets. */
static bool
is_plain_wlan(const raw_frame *frame, size_t at)
{
    enum { ACTION = 2, DIRECT_LINK = 12, TEARDOWN = 3 };
    const uint8_t *p = frame->bytes + at;

    return frame->captured_bytes >= at + 3 && p[0] == ACTION && p[1] == DIRECT_LINK && p[2] >= TEARDOWN;
}

static bool
has_no_ip(const raw_frame *frame, const network_start *network)
{
    if (network->type == ETHERTYPE_WLAN)
        return is_plain_wlan(frame, network->at);
    return is_plain_ethertype(network->type) || is_plain_llc(frame, network);
}

/* Some messages of IGMP and PIM carry packets or belong to older protocols, so only known message types are plain. */
static bool
is_plain_message(uint8_t protocol, const uint8_t *p, size_t captured)
{
    if (protocol == PROTOCOL_IGMP)
        return captured > 0 && (p[0] == 0x11 || p[0] == 0x12 || p[0] == 0x16 || p[0] == 0x17 || p[0] == 0x22);
    if (protocol == PROTOCOL_PIM)
        return captured > 0 && p[0] >> 4 == 2 && (p[0] & 15) != 1;
    return true;
}

static bool
take_piece(const raw_frame *frame, const ip_extent *extent, uint16_t vlan, size_t captured, observation *packet,
           plain_form *form)
{
    const uint8_t *p = frame->bytes + extent->payload;
    bool has_ports = packet->protocol == TRANSPORT_UDP;

    if (!has_ports && !observation_is_icmp(packet))
        return false;
    form->fate = FRAME_FRAGMENT;
    form->piece = (datagram_piece){
        .key_src = packet->src,
        .key_dst = packet->dst,
        .identification = extent->identification,
        .offset_bytes = extent->offset_bytes,
        .length_bytes = (uint32_t)(extent->end - extent->payload),
        .has_more = extent->has_more,
        .inner_protocol = packet->protocol,
        .packet = *packet,
    };
    datagram_piece_set_vlan(&form->piece, vlan);
    datagram_piece_set_bytes(&form->piece, p, captured);
    if (!has_ports || extent->offset_bytes > 0)
        return true;
    form->payload_at = extent->payload + 8;
    return transport_header_read(p, captured, G_MAXUINT16, packet);
}

static bool
take_packet(const raw_frame *frame, const ip_extent *extent, size_t captured, observation *packet, plain_form *form)
{
    const uint8_t *p = frame->bytes + extent->payload;

    if (is_plain_ip_protocol(packet->protocol)) {
        form->fate = FRAME_OTHER_TRANSPORT;
        return is_plain_message(packet->protocol, p, captured);
    }
    if (!transport_header_read(p, captured, extent->end - extent->payload, packet))
        return false;
    form->fate = FRAME_USED;
    form->payload_at = extent->payload + packet->transport_header_bytes;
    return observation_is_icmp(packet) || form->payload_at + packet->payload_bytes <= extent->end;
}

bool
plain_frame_decode(const raw_frame *frame, observation *packet, plain_form *form)
{
    network_start network = {0};
    ip_extent extent;
    bool is_cut = frame->link == LINK_ETHERNET && frame->captured_bytes < ETHERNET_BYTES;

    if (frame->captured_bytes > frame->wire_bytes || frame->has_checksum)
        return false;
    *packet = (observation){
        .time_ns = frame->time_ns,
        .frame = frame->number,
        .length_bytes = frame->wire_bytes,
        .captured_bytes = frame->captured_bytes,
    };
    form->payload_at = 0;
    if (!is_cut && !find_network(frame, &network, &packet->vlans))
        return false;
    if (is_cut || has_no_ip(frame, &network)) {
        form->fate = FRAME_NO_IP;
        return true;
    }
    if (!read_network(frame, &network, packet, &extent) || frame->captured_bytes < extent.payload)
        return false;
    size_t captured = MIN(frame->captured_bytes, extent.end) - extent.payload;
    return extent.is_piece ? take_piece(frame, &extent, network.vlan, captured, packet, form)
                           : take_packet(frame, &extent, captured, packet, form);
}
