/*
 * observer.c - from epan's decoding to observations; see observer.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "observer.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/frame_data.h>
#include <string.h>

#include "fragments.h"
#include "ip_header.h"

enum { TCP_BYTES_MIN = 20, UDP_BYTES = 8, ICMP_BYTES = 8, ICMPV6_BYTES_MIN = 4 };
enum { ICMPV6_ECHO_REQUEST = 128, ICMPV6_ECHO_REPLY = 129 };
enum { IPV4_FRAGMENT_MASK = 0x3fff };

/* What is known of the current frame so far. */
typedef struct {
    bool begun;
    guint32 number;
    bool in_fragment;   /* inside the first piece of a datagram that epan does not have whole */
    bool has_transport; /* one of ours was there, decodable or not */
    bool has_packet;
    bool is_plain; /* epan did not decode it */
    observation packet;
    guint depth;         /* of epan's layers, where the packet is */
    fragment_sum joined; /* frames before this one that belong to its datagram */
} frame_state;

struct observer {
    tunnel_choice tunnel;
    fragment_table *fragments;
    frame_state frame;
    int proto_ip, proto_ipv6;
};

observer *
observer_new(void)
{
    observer *o = g_new0(observer, 1);
    o->fragments = fragment_table_new();
    o->proto_ip = proto_get_id_by_filter_name("ip");
    o->proto_ipv6 = proto_get_id_by_filter_name("ipv6");
    return o;
}

void
observer_free(observer *o)
{
    if (!o)
        return;
    fragment_table_free(o->fragments);
    g_free(o);
}

void
observer_begin(observer *o, tunnel_choice tunnel)
{
    fragment_table_free(o->fragments);
    o->fragments = fragment_table_new();
    o->frame = (frame_state){0};
    o->tunnel = tunnel;
}

static guint16
get16(const guint8 *p)
{
    return (guint16)(p[0] << 8 | p[1]);
}

static guint32
get32(const guint8 *p)
{
    return (guint32)get16(p) << 16 | get16(p + 2);
}

static bool
read_tcp(tvbuff_t *tvb, observation *packet)
{
    guint captured = tvb_captured_length(tvb);
    guint reported = tvb_reported_length(tvb);

    if (captured < TCP_BYTES_MIN)
        return false;
    const guint8 *p = tvb_get_ptr(tvb, 0, TCP_BYTES_MIN);
    guint header = (guint)(p[12] >> 4) * 4;
    if (header < TCP_BYTES_MIN || header > captured || header > reported)
        return false;
    packet->src_port = get16(p);
    packet->dst_port = get16(p + 2);
    packet->tcp_sequence = get32(p + 4);
    packet->tcp_acknowledgement = get32(p + 8);
    packet->tcp_flags = p[13];
    packet->tcp_window = get16(p + 14);
    packet->transport_header_bytes = header;
    packet->payload_bytes = reported - header;
    return true;
}

/* A length of 0 in IPv6 is that of a jumbogram (RFC 2675): as long as the IP payload. */
static bool
read_udp(tvbuff_t *tvb, observation *packet)
{
    if (tvb_captured_length(tvb) < UDP_BYTES)
        return false;
    const guint8 *p = tvb_get_ptr(tvb, 0, UDP_BYTES);
    guint length = get16(p + 4);
    if (length == 0 && packet->ip_version == 6)
        length = tvb_reported_length(tvb);
    if (length < UDP_BYTES)
        return false;
    packet->src_port = get16(p);
    packet->dst_port = get16(p + 2);
    packet->transport_header_bytes = UDP_BYTES;
    packet->payload_bytes = length - UDP_BYTES;
    return true;
}

static bool
read_icmp(tvbuff_t *tvb, observation *packet)
{
    guint captured = tvb_captured_length(tvb);
    guint reported = tvb_reported_length(tvb);

    if (captured < (packet->protocol == TRANSPORT_ICMP ? ICMP_BYTES : ICMPV6_BYTES_MIN))
        return false;
    const guint8 *p = tvb_get_ptr(tvb, 0, ICMPV6_BYTES_MIN);
    packet->icmp_type = p[0];
    packet->icmp_code = p[1];
    if (captured >= ICMP_BYTES)
        packet->icmp_identifier = get16(tvb_get_ptr(tvb, 4, 2));
    else if (packet->icmp_type == ICMPV6_ECHO_REQUEST || packet->icmp_type == ICMPV6_ECHO_REPLY)
        return false;
    packet->transport_header_bytes = ICMP_BYTES;
    packet->payload_bytes = reported > ICMP_BYTES ? reported - ICMP_BYTES : 0;
    return true;
}

static bool
read_transport(tvbuff_t *tvb, observation *packet)
{
    switch (packet->protocol) {
    case TRANSPORT_TCP:
        return read_tcp(tvb, packet);
    case TRANSPORT_UDP:
        return read_udp(tvb, packet);
    default:
        return read_icmp(tvb, packet);
    }
}

static bool
is_transport(guint8 protocol)
{
    return protocol == TRANSPORT_TCP || protocol == TRANSPORT_UDP || protocol == TRANSPORT_ICMP ||
           protocol == TRANSPORT_ICMPV6;
}

static void
begin_frame(observer *o, packet_info *pinfo)
{
    frame_state *frame = &o->frame;

    *frame = (frame_state){.begun = true, .number = pinfo->num};
    frame->packet.frame = pinfo->num;
    frame->packet.time_ns = observation_clamp_time_ns(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs);
}

/* Whether the IP header is that of a fragment; then *header is set. */
static bool
is_fragment(tvbuff_t *tvb, packet_info *pinfo, const void *ip, ip_header *header)
{
    const ws_ip4 *ip4 = WS_IP4_PTR(ip);
    const ws_ip6 *ip6 = WS_IP6_PTR(ip);

    if (ip4) {
        *header = (ip_header){.version = 4, .protocol = ip4->ip_proto, .identification = ip4->ip_id};
        return (ip4->ip_off & IPV4_FRAGMENT_MASK) != 0;
    }
    return tvb_reported_length(tvb) != ip6->ip6_len && ip_header_find(pinfo, &ip6->ip6_src, &ip6->ip6_dst, header) &&
           header->is_fragment;
}

static const address *
ip_address(const void *ip, bool source)
{
    const ws_ip4 *ip4 = WS_IP4_PTR(ip);
    const ws_ip6 *ip6 = WS_IP6_PTR(ip);

    if (ip4)
        return source ? &ip4->ip_src : &ip4->ip_dst;
    return source ? &ip6->ip6_src : &ip6->ip6_dst;
}

static void
copy_address_bytes(flow_address *out, const address *in)
{
    memset(out, 0, sizeof *out);
    memcpy(out, in->data, MIN((size_t)in->len, sizeof *out));
}

/* Notes the packet unless its transport header cannot be decoded: then what was noted before stands. */
static void
note_packet(observer *o, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    observation packet = {
        .time_ns = o->frame.packet.time_ns,
        .frame = o->frame.packet.frame,
        .length_bytes = pinfo->fd->pkt_len + o->frame.joined.bytes,
        .captured_bytes = pinfo->fd->cap_len + o->frame.joined.captured_bytes,
        .ip_version = *(const guint8 *)ip,
        .protocol = protocol,
    };

    o->frame.has_transport = true;
    if (!read_transport(tvb, &packet))
        return;
    copy_address_bytes(&packet.src, &pinfo->src);
    copy_address_bytes(&packet.dst, &pinfo->dst);
    packet.ip_header_bytes = ip_header_bytes(tvb, pinfo, ip);
    o->frame.packet = packet;
    o->frame.has_packet = true;
    o->frame.depth = wmem_list_count(pinfo->layers);
}

/* epan has the datagram whole: its earlier frames belong to this one. */
static void
join_fragments(observer *o, packet_info *pinfo, const void *ip, const ip_header *header)
{
    fragment_sum earlier =
        fragment_table_take(o->fragments, ip_address(ip, true), ip_address(ip, false), header, pinfo->num);

    o->frame.joined.frames += earlier.frames;
    o->frame.joined.bytes += earlier.bytes;
    o->frame.joined.captured_bytes += earlier.captured_bytes;
}

void
observer_visit(observer *o, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    frame_state *frame = &o->frame;
    ip_header header;

    if (!frame->begun || frame->number != pinfo->num)
        begin_frame(o, pinfo);
    if (frame->in_fragment || (!WS_IP4_PTR(ip) && !WS_IP6_PTR(ip)))
        return;
    if (is_fragment(tvb, pinfo, ip, &header)) {
        frame->in_fragment = pinfo->fragmented;
        if (frame->in_fragment)
            return;
        join_fragments(o, pinfo, ip, &header);
    }
    if (is_transport(protocol) && (o->tunnel == TUNNEL_INNER || !frame->has_packet))
        note_packet(o, protocol, tvb, pinfo, ip);
}

void
observer_note_plain(observer *o, const observation *packet)
{
    o->frame = (frame_state){
        .begun = true,
        .number = (guint32)packet->frame,
        .has_packet = true,
        .is_plain = true,
        .packet = *packet,
    };
}

static bool
has_ip_layer(const observer *o, packet_info *pinfo)
{
    for (wmem_list_frame_t *layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer)) {
        int protocol = GPOINTER_TO_INT(wmem_list_frame_data(layer));
        if (protocol == o->proto_ip || protocol == o->proto_ipv6)
            return true;
    }
    return false;
}

/* Keeps the frame as a piece of a datagram that its last frame will stand for. */
static void
keep_fragment(observer *o, packet_info *pinfo, const ip_header *header)
{
    fragment_sum sum = {
        .frames = 1 + o->frame.joined.frames,
        .bytes = pinfo->fd->pkt_len + o->frame.joined.bytes,
        .captured_bytes = pinfo->fd->cap_len + o->frame.joined.captured_bytes,
    };
    fragment_table_add(o->fragments, &pinfo->net_src, &pinfo->net_dst, header, pinfo->num, sum);
}

/* Why a frame without a packet has none. */
static frame_fate
fate_of_other(observer *o, packet_info *pinfo)
{
    ip_header header;

    if (!has_ip_layer(o, pinfo))
        return FRAME_NO_IP;
    if (!ip_header_find(pinfo, &pinfo->net_src, &pinfo->net_dst, &header))
        return FRAME_UNDECODABLE;
    if (header.is_fragment && (o->frame.in_fragment || !o->frame.has_transport)) {
        keep_fragment(o, pinfo, &header);
        return FRAME_FRAGMENT;
    }
    return o->frame.has_transport || is_transport(header.protocol) ? FRAME_UNDECODABLE : FRAME_OTHER_TRANSPORT;
}

/* Whether the innermost IP header of a frame with a packet, inside a tunnel that the packet is the outside of, is
 * that of an unfinished fragment: then the frame is a piece of the inner datagram. */
static bool
carries_fragment(observer *o, packet_info *pinfo, ip_header *header)
{
    flow_address src, dst;

    if (o->tunnel == TUNNEL_OUTER || o->frame.is_plain)
        return false;
    copy_address_bytes(&src, &pinfo->net_src);
    copy_address_bytes(&dst, &pinfo->net_dst);
    if (memcmp(&src, &o->frame.packet.src, sizeof src) == 0 && memcmp(&dst, &o->frame.packet.dst, sizeof dst) == 0)
        return false;
    return ip_header_find(pinfo, &pinfo->net_src, &pinfo->net_dst, header) && header->is_fragment;
}

frame_facts
observer_take(observer *o, packet_info *pinfo)
{
    ip_header header;

    if (!o->frame.begun || o->frame.number != pinfo->num)
        begin_frame(o, pinfo);
    frame_facts facts = {.fate = FRAME_USED, .packet = o->frame.packet, .depth = o->frame.depth};
    if (!o->frame.has_packet) {
        facts.fate = fate_of_other(o, pinfo);
    } else if (carries_fragment(o, pinfo, &header)) {
        keep_fragment(o, pinfo, &header);
        facts.fate = FRAME_FRAGMENT;
    } else {
        facts.joined_fragments = o->frame.joined.frames;
    }
    o->frame.begun = false;
    return facts;
}
