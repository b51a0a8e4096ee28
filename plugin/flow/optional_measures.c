/*
 * optional_measures.c - measures that some columns need; see optional_measures.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "optional_measures.h"

#include <string.h>

_Static_assert(sizeof(flow) % _Alignof(optional_measures) == 0, "the measures can follow a flow");

size_t
optional_measures_bytes(const optional_settings *settings)
{
    if (!settings->groups && !settings->first_packets)
        return 0;
    bool has_sequence = settings->groups >> GROUP_SEQUENCE & 1;
    return sizeof(optional_measures) + (has_sequence ? settings->sequence : 0) * sizeof(sequence_packet);
}

void
optional_measures_init(flow *f, size_t flow_bytes, const optional_settings *settings)
{
    size_t bytes = optional_measures_bytes(settings);

    if (bytes == 0)
        return;
    f->optional_at = (uint16_t)flow_bytes;
    optional_measures *measures = optional_measures_of(f);
    memset(measures, 0, bytes);
    measures->seen_ns = INT64_MIN;
    measures->first_packets = settings->first_packets;
    measures->capture_name = settings->capture_name;
    measures->groups = settings->groups;
    measures->sequence_max = (uint16_t)settings->sequence;
}

static void
add_ttl(optional_measures *measures, uint8_t ttl, flow_direction direction)
{
    if (!measures->has_ttl[direction] || ttl < measures->ttl_min[direction])
        measures->ttl_min[direction] = ttl;
    if (ttl > measures->ttl_max[direction])
        measures->ttl_max[direction] = ttl;
    measures->has_ttl[direction] = true;
}

static void
add_window(optional_measures *measures, const observation *packet, flow_direction direction)
{
    if (packet->protocol != TRANSPORT_TCP)
        return;
    if (packet->tcp_window > measures->window_max[direction])
        measures->window_max[direction] = packet->tcp_window;
    measures->zero_windows[direction] += packet->tcp_window == 0 && !(packet->tcp_flags & TCP_RST);
}

/* Distance from one sequence number to another; negative if it comes before. */
static int32_t
sequence_distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}

/* A SYN counts for one sequence number, in addition to its data. */
static bool
acknowledges_syn(const tcp_course *course, const observation *packet)
{
    int32_t data = sequence_distance(course->syn_sequence + 1, packet->tcp_acknowledgement);
    return data >= 0 && (uint32_t)data <= course->syn_payload_bytes;
}

static void
follow_handshake(tcp_course *course, const observation *packet, flow_direction direction, int64_t now_ns)
{
    unsigned kind = packet->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST);
    bool is_from_opener = course->syn_direction == direction;

    if (course->stage == HANDSHAKE_NOTHING && kind == TCP_SYN) {
        course->stage = HANDSHAKE_SYN;
        course->syn_ns = now_ns;
        course->syn_sequence = packet->tcp_sequence;
        course->syn_payload_bytes = packet->payload_bytes;
        course->syn_direction = (uint8_t)direction;
    } else if (course->stage == HANDSHAKE_SYN && kind == (TCP_SYN | TCP_ACK) && !is_from_opener &&
               acknowledges_syn(course, packet)) {
        course->stage = HANDSHAKE_SYNACK;
        course->synack_ns = now_ns;
        course->synack_sequence = packet->tcp_sequence;
    } else if (course->stage == HANDSHAKE_SYNACK && kind == TCP_ACK && is_from_opener &&
               sequence_distance(course->synack_sequence + 1, packet->tcp_acknowledgement) >= 0) {
        course->stage = HANDSHAKE_ACK;
        course->ack_ns = now_ns;
    }
}

/* A RST ends a connection at once, FINs when both directions have sent one; later packets change nothing. */
static void
follow_close(tcp_course *course, uint8_t flags, flow_direction direction)
{
    bool is_closed = course->close >= CLOSE_FIN_BOTH;

    if (is_closed || !(flags & (TCP_RST | TCP_FIN)))
        return;
    if (flags & TCP_RST)
        course->close = direction == FORWARD ? CLOSE_RST_FWD : CLOSE_RST_BWD;
    else if (course->close == (direction == FORWARD ? CLOSE_FIN_BWD : CLOSE_FIN_FWD))
        course->close = CLOSE_FIN_BOTH;
    else
        course->close = direction == FORWARD ? CLOSE_FIN_FWD : CLOSE_FIN_BWD;
}

static opened_way
way_opened(uint8_t flags)
{
    if (!(flags & TCP_SYN))
        return OPENED_MIDDLE;
    return flags & TCP_ACK ? OPENED_SYNACK : OPENED_SYN;
}

static void
follow_course(optional_measures *measures, const observation *packet, flow_direction direction, bool first)
{
    tcp_course *course = &measures->course;

    if (packet->protocol != TRANSPORT_TCP)
        return;
    if (first)
        course->opened = (uint8_t)way_opened(packet->tcp_flags);
    follow_handshake(course, packet, direction, measures->seen_ns);
    follow_close(course, packet->tcp_flags, direction);
}

static void
extend_sequence(optional_measures *measures, const observation *packet, flow_direction direction, int64_t gap_ns)
{
    if (measures->sequence_count == measures->sequence_max)
        return;
    measures->sequence[measures->sequence_count++] = (sequence_packet){
        .gap_ns = gap_ns,
        .length_bytes = packet->length_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)packet->length_bytes,
        .payload_bytes = packet->payload_bytes,
        .tcp_flags = packet->tcp_flags,
        .direction = (uint8_t)direction,
    };
}

void
optional_measures_see(optional_measures *measures, int64_t time_ns)
{
    if (time_ns > measures->seen_ns)
        measures->seen_ns = time_ns;
}

void
optional_measures_add(optional_measures *measures, const flow *f, const observation *packet, flow_direction direction)
{
    bool first = f->packets == 0;
    int64_t before_ns = first ? packet->time_ns : measures->seen_ns;
    unsigned groups = measures->groups;

    optional_measures_see(measures, packet->time_ns);
    if (groups >> GROUP_PAYLOAD & 1) {
        series_add(&measures->payload[direction], packet->payload_bytes);
        measures->transport_header_bytes[direction] += packet->transport_header_bytes;
    }
    if (groups >> GROUP_TTL & 1)
        add_ttl(measures, packet->ttl, direction);
    if (groups >> GROUP_WINDOW & 1)
        add_window(measures, packet, direction);
    if (groups >> GROUP_TCP & 1)
        follow_course(measures, packet, direction, first);
    if (groups >> GROUP_SEQUENCE & 1)
        extend_sequence(measures, packet, direction, measures->seen_ns - before_ns);
}
