/*
 * raw_observer.c - frames as bytes; see raw_observer.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "raw_observer.h"

#include <epan/frame_data.h>
#include <wiretap/wtap.h>
#include <wsutil/buffer.h>

static link_layer
link_of(const wtap_rec *rec)
{
    switch (rec->rec_header.packet_header.pkt_encap) {
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

void
raw_frame_init(raw_frame *frame, tvbuff_t *tvb, packet_info *pinfo)
{
    /* Where IP comes first its dissector shortens the frame's tvb to the datagram; the bytes behind are still there. */
    bool is_packet = pinfo->rec && pinfo->rec->rec_type == REC_TYPE_PACKET;
    guint left = is_packet ? tvb_captured_length(tvb) : 0;

    *frame = (raw_frame){
        .bytes = left > 0 ? tvb_get_ptr(tvb, 0, (gint)left) : NULL,
        .captured_bytes = left > 0 ? pinfo->fd->cap_len : 0,
        .wire_bytes = pinfo->fd->pkt_len,
        .link = is_packet ? link_of(pinfo->rec) : LINK_OTHER,
        .time_ns = observation_clamp_time_ns(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs),
        .number = pinfo->num,
    };
}

bool
raw_frame_from_record(raw_frame *frame, const wtap_rec *rec, Buffer *bytes)
{
    if (rec->rec_type != REC_TYPE_PACKET)
        return false;
    *frame = (raw_frame){
        .bytes = ws_buffer_start_ptr(bytes),
        .captured_bytes = rec->rec_header.packet_header.caplen,
        .wire_bytes = rec->rec_header.packet_header.len,
        .link = link_of(rec),
        .time_ns = observation_clamp_time_ns(rec->ts.secs, rec->ts.nsecs),
    };
    return true;
}

void
raw_observe(const flow_rules *rules, tvbuff_t *tvb, packet_info *pinfo, frame_facts *facts)
{
    observation packet;
    raw_frame frame;

    if (!rules->decode)
        return;
    raw_frame_init(&frame, tvb, pinfo);
    facts->joined_fragments = 0;
    if (frame.captured_bytes > 0 && rules->decode(&frame, &packet)) {
        facts->packet = packet;
        facts->fate = FRAME_USED;
    } else if (facts->fate == FRAME_USED) {
        facts->fate = FRAME_NOT_IN_DIALECT;
    }
}
