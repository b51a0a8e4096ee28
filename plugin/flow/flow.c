/*
 * flow.c - measures the packets of one flow; see flow.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow.h"

#include <string.h>

#include "optional_measures.h"

void
flow_init(flow *f, const flow_key *key, const observation *packet)
{
    memset(f, 0, sizeof *f);
    f->key = *key;
    f->src = packet->src;
    f->dst = packet->dst;
    f->src_port = packet->src_port;
    f->dst_port = packet->dst_port;
    f->protocol = packet->protocol;
    f->ip_version = packet->ip_version;
    f->first_frame = packet->frame;
    f->first_ns = packet->time_ns;
}

void
flow_swap_ends(flow *f)
{
    flow_address address = f->src;
    uint16_t port = f->src_port;
    f->src = f->dst;
    f->src_port = f->dst_port;
    f->dst = address;
    f->dst_port = port;
}

flow_direction
flow_direction_of(const flow *f, const observation *packet)
{
    bool forward = f->src_port == packet->src_port && memcmp(&f->src, &packet->src, sizeof f->src) == 0;
    return forward ? FORWARD : BACKWARD;
}

static void
add_flow_gap(flow *f, int64_t now_ns, const flow_gaps *gaps)
{
    int64_t gap_ns = now_ns - f->last_ns;

    series_add(&f->flow_gap, gap_ns);
    if (gap_ns > gaps->subflow_gap_ns)
        f->subflow_gaps++;
    if (gap_ns > gaps->activity_timeout_ns) {
        if (f->last_ns > f->active_since_ns)
            series_add(&f->active, f->last_ns - f->active_since_ns);
        series_add(&f->idle, gap_ns);
        f->active_since_ns = now_ns;
    }
}

/* A run counts as a bulk from its fourth packet on, including the packets before. */
void
flow_extend_bulk(flow *f, int64_t now_ns, uint64_t bytes, flow_direction direction)
{
    bulk_run *run = &f->run[direction];
    bulk_totals *totals = &f->bulk[direction];
    int64_t step_ns = now_ns - run->last_ns;

    run->packets++;
    run->bytes += bytes;
    run->last_ns = now_ns;
    if (run->packets == BULK_PACKETS_MIN) {
        totals->bulks++;
        totals->packets += run->packets;
        totals->bytes += run->bytes;
        totals->duration_ns += now_ns - run->first_ns;
    } else if (run->packets > BULK_PACKETS_MIN) {
        totals->packets++;
        totals->bytes += bytes;
        totals->duration_ns += step_ns;
    }
}

/* A packet with payload ends the other direction's run. */
static void
add_payload(flow *f, int64_t now_ns, uint64_t bytes, flow_direction direction, const flow_gaps *gaps)
{
    bulk_run *run = &f->run[direction];

    f->run[!direction].packets = 0;
    if (run->packets == 0 || now_ns - run->last_ns > gaps->subflow_gap_ns)
        *run = (bulk_run){.first_ns = now_ns, .last_ns = now_ns};
    flow_extend_bulk(f, now_ns, bytes, direction);
}

void
flow_measure(flow *f, const observation *packet, flow_direction direction)
{
    bool first = f->length[direction].count == 0;

    if (first || packet->ip_header_bytes < f->least_ip_header_bytes[direction])
        f->least_ip_header_bytes[direction] = packet->ip_header_bytes;
    series_add(&f->length[direction], (int64_t)packet->length_bytes);
    f->ip_header_bytes[direction] += packet->ip_header_bytes;
    f->payload_packets[direction] += packet->payload_bytes > 0;
    f->flags_seen[direction] |= packet->tcp_flags;
    for (unsigned i = 0; i < TCP_FLAGS; i++)
        f->flags[direction][i] += packet->tcp_flags >> i & 1;
}

void
flow_count(flow *f, const observation *packet, flow_direction direction)
{
    optional_measures *optional = optional_measures_of(f);

    if (optional)
        optional_measures_add(optional, f, packet, direction);
    f->last_frame = packet->frame;
    f->packets++;
}

void
flow_add(flow *f, const observation *packet, flow_direction direction, const flow_gaps *gaps)
{
    optional_measures *optional = optional_measures_of(f);
    bool first = f->packets == 0;
    int64_t now_ns = first || packet->time_ns > f->last_ns ? packet->time_ns : f->last_ns;

    if (optional && optional_measures_are_complete(optional, f)) {
        optional_measures_see(optional, packet->time_ns);
        f->flags_seen[direction] |= packet->tcp_flags;
        f->packets++;
        return;
    }
    if (first)
        f->first_ns = f->active_since_ns = now_ns;
    else
        add_flow_gap(f, now_ns, gaps);
    if (f->length[direction].count > 0)
        series_add(&f->gap[direction], now_ns - f->direction_last_ns[direction]);
    else
        f->first_window[direction] = packet->tcp_window;
    f->direction_last_ns[direction] = now_ns;
    flow_measure(f, packet, direction);
    if (packet->payload_bytes > 0)
        add_payload(f, now_ns, packet->payload_bytes, direction, gaps);
    f->last_ns = now_ns;
    flow_count(f, packet, direction);
}
