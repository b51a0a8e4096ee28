/*
 * observer.c - turns epan's decoding into observations; see observer.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "observer.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/frame_data.h>
#include <epan/ipproto.h>
#include <epan/prefs-int.h>
#include <string.h>

#include "../../flow/transport_header.h"
#include "../assumptions.h"
#include "ip_header.h"
#include "vlan_tags.h"

enum { IPV4_FRAGMENT_MASK = 0x3fff };

/* A copy of a header that epan decoded. */
typedef union {
    ws_ip4 v4;
    ws_ip6 v6;
} decoded_header;

/* What is known of the current frame so far. */
typedef struct {
    bool begun;
    guint32 number;
    bool in_fragment;   /* inside the first fragment of a datagram that epan has not reassembled */
    bool has_transport; /* a TCP, UDP or ICMP header was visited, valid or not */
    bool has_packet;
    bool is_plain; /* decoded without epan */
    observation packet;
    guint depth; /* number of epan's layers up to the packet */
    datagram_piece pieces[FRAME_PIECES_MAX];
    unsigned piece_count;
    ip_position reached; /* where the protocol visited last begins; no IP header before this is left to find */
    ip_position before;  /* the IP header of that protocol is at or after this */
    guint layers;        /* number of layers before that protocol */
    const void *header;  /* epan's copy of that IP header; only compared, never dereferenced */
    bool in_security;    /* the protocol visited last is IPsec or IPComp */
    decoded_header secured;
} frame_state;

/* Without these preferences epan reports a header that segmentation offload left without a length as an error or an
 * empty packet. */
static const char *const offload_modules[] = {"ip", "ipv6"};
#define OFFLOAD_PREFERENCE "tso_support"

struct observer {
    tunnel_choice tunnel;
    bool forced[G_N_ELEMENTS(offload_modules)]; /* set by us while a capture is open; the user has it off */
    frame_state frame;
    frame_facts plain; /* facts of a frame decoded without epan */
    int proto_ip, proto_ipv6;
};

observer *
observer_new(void)
{
    observer *o = g_new0(observer, 1);
    o->proto_ip = proto_get_id_by_filter_name("ip");
    o->proto_ipv6 = proto_get_id_by_filter_name("ipv6");
    return o;
}

static pref_t *
offload_preference(size_t i)
{
    module_t *module = prefs_find_module(offload_modules[i]);
    pref_t *preference = module ? prefs_find_preference(module, OFFLOAD_PREFERENCE) : NULL;
    bool is_boolean = preference && prefs_get_type(preference) == PREF_BOOL;

    return assumption_check(ASSUMES_OFFLOAD_PREFERENCE, is_boolean) ? preference : NULL;
}

/* Sets the preferences, so that records do not depend on the user's choice. */
static void
force_offload(observer *o)
{
    for (size_t i = 0; i < G_N_ELEMENTS(offload_modules); i++) {
        pref_t *preference = offload_preference(i);
        if (!preference || prefs_get_bool_value(preference, pref_current))
            continue;
        prefs_set_bool_value(preference, TRUE, pref_current);
        o->forced[i] = true;
    }
}

void
observer_begin(observer *o, const run_settings *settings)
{
    o->frame = (frame_state){0};
    o->tunnel = settings->tunnel;
    if (settings->flow.vlan_flows)
        vlan_tags_install();
    force_offload(o);
}

void
observer_end(observer *o)
{
    for (size_t i = 0; i < G_N_ELEMENTS(offload_modules); i++) {
        pref_t *preference = o->forced[i] ? offload_preference(i) : NULL;
        if (preference)
            prefs_set_bool_value(preference, FALSE, pref_current);
        o->forced[i] = false;
    }
}

static void
begin_frame(observer *o, packet_info *pinfo)
{
    frame_state *frame = &o->frame;

    *frame = (frame_state){.begun = true, .number = pinfo->num};
    frame->packet.frame = pinfo->num;
    frame->packet.time_ns = observation_clamp_time_ns(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs);
    frame->packet.length_bytes = pinfo->fd->pkt_len;
    frame->packet.captured_bytes = pinfo->fd->cap_len;
}

/* Whether the IP header is that of a fragment. */
static bool
is_fragment(const observer *o, tvbuff_t *tvb, packet_info *pinfo, const void *ip, ip_header *header)
{
    const ws_ip4 *ip4 = WS_IP4_PTR(ip);
    const ws_ip6 *ip6 = WS_IP6_PTR(ip);

    if (ip4)
        return (ip4->ip_off & IPV4_FRAGMENT_MASK) != 0 &&
               ip_header_find(pinfo, &ip4->ip_src, &ip4->ip_dst, o->frame.before, header);
    return !ip_header_is_plain_v6(tvb, ip6) &&
           ip_header_find(pinfo, &ip6->ip6_src, &ip6->ip6_dst, o->frame.before, header) && header->is_fragment;
}

/* Notes the packet. If its transport header cannot be decoded, the frame has no packet: falling back to the outer
 * packet of a tunnel would pick a header that the settings did not choose. */
static void
note_packet(observer *o, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    observation packet = {
        .time_ns = o->frame.packet.time_ns,
        .frame = o->frame.packet.frame,
        .length_bytes = pinfo->fd->pkt_len,
        .captured_bytes = pinfo->fd->cap_len,
        .ip_version = *(const guint8 *)ip,
        .protocol = protocol,
        .ttl = WS_IP4_PTR(ip) ? WS_IP4_PTR(ip)->ip_ttl : WS_IP6_PTR(ip)->ip6_hop,
    };

    guint captured = tvb_captured_length(tvb);

    o->frame.has_transport = true;
    o->frame.has_packet = captured > 0 && transport_header_read(tvb_get_ptr(tvb, 0, (gint)captured), captured,
                                                                tvb_reported_length(tvb), &packet);
    if (!o->frame.has_packet)
        return;
    packet.src = flow_address_of(&pinfo->src);
    packet.dst = flow_address_of(&pinfo->dst);
    packet.vlans = vlan_tags_combined(pinfo);
    packet.ip_header_bytes = ip_header_bytes(tvb, pinfo, ip, o->frame.before);
    o->frame.packet = packet;
    o->frame.depth = wmem_list_count(pinfo->layers);
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

/* Keeps the fragment that the frame brings, unless the outer packet is the one that counts. */
static void
keep_piece(observer *o, packet_info *pinfo, const ip_header *header, const address *src, const address *dst,
           bool is_whole)
{
    frame_state *frame = &o->frame;

    if (frame->piece_count == FRAME_PIECES_MAX || (o->tunnel == TUNNEL_OUTER && frame->has_packet))
        return;
    datagram_piece *piece = &frame->pieces[frame->piece_count++];
    *piece = ip_header_piece(header, src, dst, (guint16)pinfo->vlan_id);
    piece->is_whole = is_whole;
    piece->packet.src = flow_address_of(&pinfo->src);
    piece->packet.dst = flow_address_of(&pinfo->dst);
    piece->packet.vlans = vlan_tags_combined(pinfo);
}

static bool
is_security(guint8 protocol)
{
    return protocol == IP_PROTO_AH || protocol == IP_PROTO_ESP || protocol == IP_PROTO_IPCOMP;
}

/* The dissectors of IPsec and IPComp call the inner dissector without the IP header, so it is kept for that. */
static void
keep_secured(frame_state *frame, guint8 protocol, const void *ip)
{
    frame->in_security = is_security(protocol);
    if (!frame->in_security)
        return;
    if (WS_IP4_PTR(ip))
        frame->secured.v4 = *WS_IP4_PTR(ip);
    else
        frame->secured.v6 = *WS_IP6_PTR(ip);
}

static bool
is_ip_layer(const observer *o, wmem_list_frame_t *layer)
{
    int protocol = GPOINTER_TO_INT(wmem_list_frame_data(layer));
    return protocol == o->proto_ip || protocol == o->proto_ipv6;
}

/* Whether epan passed an IP header after that many layers. */
static bool
has_ip_behind(const observer *o, packet_info *pinfo, guint layers)
{
    guint left = wmem_list_count(pinfo->layers);

    for (wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers); left > layers; left--) {
        if (is_ip_layer(o, layer))
            return true;
        layer = wmem_list_frame_prev(layer);
    }
    return false;
}

/* Number of layers before the protocol visited. For IP in IP, epan's list already includes the inner header. */
static guint
layers_before(const observer *o, packet_info *pinfo)
{
    guint layers = wmem_list_count(pinfo->layers);
    return layers > 0 && is_ip_layer(o, wmem_list_tail(pinfo->layers)) ? layers - 1 : layers;
}

/* The IP header before IPsec, if the inner protocol is called without one or with the same one again; else NULL. */
static const void *
header_outside_security(const frame_state *frame, const void *ip)
{
    return frame->in_security && (!ip || ip == frame->header) ? &frame->secured : NULL;
}

/* Notes an IP header not seen before. False in a fragment that epan does not reassemble. */
static bool
begin_header(observer *o, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    frame_state *frame = &o->frame;
    ip_header header;

    frame->header = ip;
    frame->before = frame->reached;
    keep_secured(frame, protocol, ip);
    if (!is_fragment(o, tvb, pinfo, ip, &header))
        return true;
    frame->in_fragment = pinfo->fragmented;
    keep_piece(o, pinfo, &header, ip_address(ip, true), ip_address(ip, false), !frame->in_fragment);
    return !frame->in_fragment;
}

void
observer_visit(observer *o, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    frame_state *frame = &o->frame;

    if (!frame->begun || frame->number != pinfo->num)
        begin_frame(o, pinfo);
    const void *outside = header_outside_security(frame, ip);
    if (outside)
        ip = outside;
    if (frame->in_fragment || !ip || (!WS_IP4_PTR(ip) && !WS_IP6_PTR(ip)))
        return;
    if (!outside && !begin_header(o, protocol, tvb, pinfo, ip))
        return;
    if (transport_is_known(protocol) && (o->tunnel == TUNNEL_INNER || !frame->has_packet))
        note_packet(o, protocol, tvb, pinfo, ip);
    frame->reached = ip_position_of(tvb);
    frame->layers = layers_before(o, pinfo);
}

void
observer_note_plain(observer *o, const frame_facts *facts)
{
    o->frame = (frame_state){.begun = true, .number = (guint32)facts->packet.frame, .is_plain = true};
    o->plain = *facts;
}

/* Finds the innermost IP header if nothing on top of it was visited. */
static bool
find_unvisited(const observer *o, packet_info *pinfo, ip_header *header)
{
    return has_ip_behind(o, pinfo, o->frame.layers) &&
           ip_header_find(pinfo, &pinfo->net_src, &pinfo->net_dst, o->frame.reached, header);
}

/* Why the frame has no packet. */
static frame_fate
fate_of_other(observer *o, packet_info *pinfo)
{
    ip_header header;

    if (!has_ip_behind(o, pinfo, 0))
        return FRAME_NO_IP;
    if (o->frame.in_fragment)
        return FRAME_FRAGMENT;
    if (!find_unvisited(o, pinfo, &header)) {
        bool was_visited = o->frame.layers > 0 && !has_ip_behind(o, pinfo, o->frame.layers);
        return was_visited && !o->frame.has_transport ? FRAME_OTHER_TRANSPORT : FRAME_UNDECODABLE;
    }
    if (header.is_fragment) {
        keep_piece(o, pinfo, &header, &pinfo->net_src, &pinfo->net_dst, false);
        return FRAME_FRAGMENT;
    }
    return transport_is_known(header.protocol) || ip_header_is_cut(&header) ? FRAME_UNDECODABLE : FRAME_OTHER_TRANSPORT;
}

/* The fate of a frame with a packet. If the packet is that of a tunnel, the inner IP header decides, provided that its
 * protocol makes flows. Packets quoted by ICMP errors are not inner packets. */
static frame_fate
fate_of_packet(observer *o, packet_info *pinfo)
{
    ip_header header;

    if (o->tunnel == TUNNEL_OUTER || observation_is_icmp(&o->frame.packet))
        return FRAME_USED;
    if (o->frame.in_fragment)
        return FRAME_FRAGMENT;
    if (!find_unvisited(o, pinfo, &header))
        return FRAME_USED;
    if (header.is_fragment) {
        keep_piece(o, pinfo, &header, &pinfo->net_src, &pinfo->net_dst, false);
        return FRAME_FRAGMENT;
    }
    return transport_is_known(header.protocol) ? FRAME_UNDECODABLE : FRAME_USED;
}

frame_facts
observer_take(observer *o, packet_info *pinfo)
{
    if (!o->frame.begun || o->frame.number != pinfo->num)
        begin_frame(o, pinfo);
    if (o->frame.is_plain) {
        o->frame.begun = false;
        return o->plain;
    }
    frame_facts facts = {.packet = o->frame.packet, .depth = o->frame.depth};
    facts.fate = o->frame.has_packet ? fate_of_packet(o, pinfo) : fate_of_other(o, pinfo);
    facts.pieces = o->frame.pieces;
    facts.piece_count = o->frame.piece_count;
    o->frame.begun = false;
    return facts;
}
