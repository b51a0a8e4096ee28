/*
 * java_flow.c - one flow of the Java tools; see java_flow.h.
 *
 * The order of the steps matters, and is that of the tools: bulks, subflows, flags, then the rest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "java_flow.h"

#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(gpointer) >= sizeof(uint64_t), "a hash fits into a set of pointers");

/* Identifies a segment seen before. Has no padding, since its bytes are hashed. */
typedef struct {
    uint8_t source[4];
    uint32_t sequence, acknowledgement, payload;
    uint32_t window;
} segment;

static void
write_name(java_flow *f)
{
    const uint8_t *a = f->flow.src.bytes, *b = f->flow.dst.bytes;

    snprintf(f->name, sizeof f->name, "%u.%u.%u.%u-%u.%u.%u.%u-%u-%u-%u", a[0], a[1], a[2], a[3], b[0], b[1], b[2],
             b[3], f->flow.src_port, f->flow.dst_port, f->flow.protocol);
}

java_flow *
java_flow_new(const flow_key *key, const observation *packet, bool turned, const java_context *context)
{
    java_flow *f = g_malloc0(sizeof *f + optional_measures_bytes(&context->optional));
    bool is_icmp = packet->protocol == TRANSPORT_ICMP;

    flow_init(&f->flow, key, packet);
    optional_measures_init(&f->flow, sizeof *f, &context->optional);
    if (turned)
        flow_swap_ends(&f->flow);
    write_name(f);
    f->icmp_type = (int16_t)(is_icmp ? packet->icmp_type : -1);
    f->icmp_code = (int16_t)(is_icmp ? packet->icmp_code : -1);
    return f;
}

void
java_flow_succeed(java_flow *f, const java_flow *before)
{
    memcpy(f->name, before->name, sizeof f->name);
}

void
java_flow_continue(java_flow *f, java_flow *before)
{
    java_flow_succeed(f, before);
    f->flow.src = before->flow.src;
    f->flow.dst = before->flow.dst;
    f->flow.src_port = before->flow.src_port;
    f->flow.dst_port = before->flow.dst_port;
    f->segments = before->segments;
    before->segments = NULL;
}

void
java_flow_free(java_flow *f)
{
    g_clear_pointer(&f->segments, g_hash_table_destroy);
    g_free(f);
}

flow_direction
java_flow_direction_of(const java_flow *f, const observation *packet)
{
    return memcmp(&f->flow.src, &packet->src, sizeof packet->src) == 0 ? FORWARD : BACKWARD;
}

static double
microseconds(int64_t ns)
{
    const int64_t whole = ns / NS_PER_MICROSECOND;
    return (double)whole;
}

/* A start of 0 means that there is no run. Whether the other direction has interrupted it is checked with every packet.
 */
static void
add_to_bulk(java_flow *f, const observation *packet, flow_direction direction, int64_t gap_ns)
{
    bulk_run *run = &f->flow.run[direction];

    if (f->flow.run[!direction].last_ns > run->first_ns)
        run->first_ns = 0;
    if (packet->payload_bytes == 0)
        return;
    if (run->first_ns == 0 || packet->time_ns - run->last_ns > gap_ns)
        *run = (bulk_run){.first_ns = packet->time_ns, .last_ns = packet->time_ns};
    flow_extend_bulk(&f->flow, packet->time_ns, packet->payload_bytes, direction);
}

static void
add_flags(java_flow *f, uint8_t flags, flow_direction direction)
{
    for (unsigned i = 0; i < TCP_FLAGS; i++)
        f->flow.flags[direction][i] += flags >> i & 1;
}

/* The tools remember the segments themselves; a keyed 64-bit hash is equivalent. */
static void
count_retransmission(java_flow *f, const observation *packet, flow_direction direction, const java_context *context)
{
    segment s = {
        .sequence = packet->tcp_sequence,
        .acknowledgement = packet->tcp_acknowledgement,
        .payload = packet->payload_bytes,
        .window = packet->tcp_window,
    };

    if (!context->rules->counts_retransmissions || packet->protocol != TRANSPORT_TCP)
        return;
    memcpy(s.source, packet->src.bytes, sizeof s.source);
    if (!f->segments)
        f->segments = g_hash_table_new(NULL, NULL);
    f->retransmissions[direction] +=
        !g_hash_table_add(f->segments, GSIZE_TO_POINTER(siphash(&context->secret, &s, sizeof s)));
}

static void
add_length(java_flow *f, const observation *packet, flow_direction direction)
{
    series_add(&f->flow.length[direction], packet->payload_bytes);
    java_series_add(&f->series[SERIES_LENGTH_FWD + direction], packet->payload_bytes);
    f->header_bytes[direction] += packet->transport_header_bytes;
}

static void
note_packet(java_flow *f, const observation *packet, flow_direction direction)
{
    f->flow.direction_last_ns[direction] = packet->time_ns;
    f->flow.last_ns = packet->time_ns;
    flow_count(&f->flow, packet, direction);
}

static flow_direction
bulk_direction(const java_flow *f, const observation *packet, const java_measures *rules)
{
    return rules->bulks_have_directions ? java_flow_direction_of(f, packet) : BACKWARD;
}

void
java_flow_add_first(java_flow *f, const observation *packet, const java_context *context)
{
    const java_measures *rules = context->rules;
    flow_direction direction = rules->first_is_forward ? FORWARD : java_flow_direction_of(f, packet);

    f->flow.active_since_ns = f->active_until_ns = packet->time_ns;
    add_to_bulk(f, packet, bulk_direction(f, packet, rules), context->gaps.subflow_gap_ns);
    for (int times = rules->first_length_counts_twice ? 2 : 1; times > 0; times--)
        java_series_add(&f->series[SERIES_LENGTH_FLOW], packet->payload_bytes);
    count_retransmission(f, packet, direction, context);
    f->flow.payload_packets[direction] += rules->first_can_have_data && packet->payload_bytes > 0;
    f->first_flags = packet->tcp_flags;
    add_flags(f, packet->tcp_flags, direction);
    add_length(f, packet, direction);
    f->least_header_bytes[direction] = packet->transport_header_bytes;
    f->window[direction] = packet->tcp_window;
    note_packet(f, packet, direction);
}

void
java_flow_update_activity(java_flow *f, int64_t now_ns, const java_context *context)
{
    int64_t silence_ns = now_ns - f->active_until_ns;

    if (silence_ns > context->gaps.activity_timeout_ns) {
        if (f->active_until_ns > f->flow.active_since_ns)
            java_series_add(&f->series[SERIES_ACTIVE], microseconds(f->active_until_ns - f->flow.active_since_ns));
        java_series_add(&f->series[SERIES_IDLE], microseconds(silence_ns));
        f->flow.active_since_ns = now_ns;
    }
    f->active_until_ns = now_ns;
}

static void
count_subflow(java_flow *f, int64_t now_ns, const java_context *context)
{
    if (now_ns - f->flow.last_ns <= context->gaps.subflow_gap_ns)
        return;
    f->flow.subflow_gaps++;
    java_flow_update_activity(f, now_ns, context);
}

void
java_flow_add(java_flow *f, const observation *packet, const java_context *context)
{
    flow_direction direction = java_flow_direction_of(f, packet);
    int64_t now_ns = packet->time_ns;

    add_to_bulk(f, packet, bulk_direction(f, packet, context->rules), context->gaps.subflow_gap_ns);
    count_subflow(f, now_ns, context);
    add_flags(f, packet->tcp_flags, direction);
    count_retransmission(f, packet, direction, context);
    java_series_add(&f->series[SERIES_LENGTH_FLOW], packet->payload_bytes);
    f->flow.payload_packets[direction] += packet->payload_bytes > 0;
    add_length(f, packet, direction);
    if (f->flow.length[direction].count > 1)
        java_series_add(&f->series[SERIES_GAP_FWD + direction],
                        microseconds(now_ns - f->flow.direction_last_ns[direction]));
    if (packet->transport_header_bytes < f->least_header_bytes[direction])
        f->least_header_bytes[direction] = packet->transport_header_bytes;
    if (direction == BACKWARD && (!context->rules->keeps_window || f->window[BACKWARD] == 0))
        f->window[BACKWARD] = packet->tcp_window;
    java_series_add(&f->series[SERIES_GAP_FLOW], microseconds(now_ns - f->flow.last_ns));
    note_packet(f, packet, direction);
}
