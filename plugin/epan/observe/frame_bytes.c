/*
 * frame_bytes.c - frames as bytes; see frame_bytes.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frame_bytes.h"

#include <epan/frame_data.h>
#include <string.h>
#include <wiretap/wtap.h>

#include "../assumptions.h"

static link_layer
link_of(int encapsulation)
{
    switch (encapsulation) {
    case WTAP_ENCAP_ETHERNET:
        return LINK_ETHERNET;
    case WTAP_ENCAP_SLL:
        return LINK_LINUX_COOKED;
    case WTAP_ENCAP_SLL2:
        return LINK_LINUX_COOKED_2;
    case WTAP_ENCAP_RAW_IP:
        return LINK_RAW_IP;
    case WTAP_ENCAP_RAW_IP4:
        return LINK_RAW_IPV4;
    case WTAP_ENCAP_NULL:
        return LINK_NULL;
    case WTAP_ENCAP_LOOP:
        return LINK_LOOP;
    default:
        return LINK_OTHER;
    }
}

/* Whether the capture says so; epan then does not count it as part of an IP packet without a length. */
static bool
has_checksum(const wtap_rec *rec)
{
    return rec->rec_header.packet_header.pkt_encap == WTAP_ENCAP_ETHERNET &&
           rec->rec_header.packet_header.pseudo_header.eth.fcs_len > 0;
}

static const char *
layer_name(wmem_list_frame_t *layer)
{
    return layer ? proto_get_protocol_filter_name(GPOINTER_TO_INT(wmem_list_frame_data(layer))) : "";
}

static bool
has_layer(const packet_info *pinfo, const char *name)
{
    wmem_list_frame_t *layer = wmem_list_head(pinfo->layers);
    while (layer && strcmp(layer_name(layer), name) != 0)
        layer = wmem_list_frame_next(layer);
    return layer != NULL;
}

/* For frames that carry captured frames, epan has overwritten the encapsulation in the record with theirs; the first
 * layer still shows the frame's own. */
static link_layer
link_of_dissected(const packet_info *pinfo)
{
    static const struct {
        const char *name;
        int encapsulation;
    } layers[] = {
        {"eth", WTAP_ENCAP_ETHERNET}, {"sll", WTAP_ENCAP_SLL},   {"raw", WTAP_ENCAP_RAW_IP},
        {"ip", WTAP_ENCAP_RAW_IP4},   {"null", WTAP_ENCAP_NULL},
    };
    if (!pinfo->rec || pinfo->rec->rec_type != REC_TYPE_PACKET)
        return LINK_OTHER;
    if (!has_layer(pinfo, "pcap_pktdata"))
        return link_of(pinfo->rec->rec_header.packet_header.pkt_encap);
    const char *first = layer_name(wmem_list_frame_next(wmem_list_head(pinfo->layers)));
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++) {
        if (strcmp(layers[i].name, first) == 0)
            return link_of(layers[i].encapsulation);
    }
    return LINK_OTHER;
}

void
raw_frame_init(raw_frame *frame, tvbuff_t *tvb, packet_info *pinfo)
{
    bool is_packet = pinfo->rec && pinfo->rec->rec_type == REC_TYPE_PACKET;
    guint left = is_packet ? tvb_captured_length(tvb) : 0;
    /* If IP is the first layer, its dissector shortens the frame's tvb to the datagram; the bytes after that are still
     * in memory, up to the captured length of the record. */
    bool is_record = is_packet && pinfo->rec->rec_header.packet_header.caplen == pinfo->fd->cap_len;
    bool is_whole = left > 0 && assumption_check(ASSUMES_FRAME_BUFFER, is_record && left <= pinfo->fd->cap_len);

    *frame = (raw_frame){
        .bytes = left > 0 ? tvb_get_ptr(tvb, 0, (gint)left) : NULL,
        .captured_bytes = is_whole ? pinfo->fd->cap_len : left,
        .wire_bytes = pinfo->fd->pkt_len,
        .link = link_of_dissected(pinfo),
        .has_checksum = is_packet && has_checksum(pinfo->rec),
        .time_ns = observation_clamp_time_ns(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs),
        .number = pinfo->num,
    };
}

bool
raw_frame_from_record(raw_frame *frame, const wtap_rec *rec, const guint8 *bytes)
{
    if (rec->rec_type != REC_TYPE_PACKET)
        return false;
    *frame = (raw_frame){
        .bytes = bytes,
        .captured_bytes = rec->rec_header.packet_header.caplen,
        .wire_bytes = rec->rec_header.packet_header.len,
        .link = link_of(rec->rec_header.packet_header.pkt_encap),
        .has_checksum = has_checksum(rec),
        .time_ns = observation_clamp_time_ns(rec->ts.secs, rec->ts.nsecs),
    };
    return true;
}

void
frame_bytes_decode(const flow_rules *rules, const raw_frame *frame, frame_facts *facts)
{
    observation packet;

    if (!rules->decode)
        return;
    facts->piece_count = 0;
    if (frame->captured_bytes > 0 && rules->decode(frame, &packet)) {
        facts->packet = packet;
        facts->fate = FRAME_USED;
    } else if (facts->fate == FRAME_USED || facts->fate == FRAME_FRAGMENT) {
        /* These tools do not reassemble: a fragment that they ignore is not part of any datagram. */
        facts->fate = FRAME_NOT_IN_DIALECT;
    }
}

void
frame_bytes_decode_dissected(const flow_rules *rules, tvbuff_t *tvb, packet_info *pinfo, frame_facts *facts)
{
    raw_frame frame;

    if (!rules->decode)
        return;
    raw_frame_init(&frame, tvb, pinfo);
    frame_bytes_decode(rules, &frame, facts);
}
