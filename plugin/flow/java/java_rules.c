/*
 * java_rules.c - the rules of the original Java tool, CICFlowMeter V4 (flow_rules.h).
 *
 * A flow ends with the first packet after the timeout, which runs from its first packet, with a backward FIN, or with a
 * RST. The tool's own conditions are longer, but equivalent. Flows of one packet are never written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "java_frame.h"
#include "java_table.h"

enum { LEAST_PACKETS = 2 };

/* States of java_flow.closing. */
enum { OPEN, FORWARD_FIN_SEEN };

static const java_measures measures = {
    .first_is_forward = true,
    .first_length_counts_twice = true,
};

static flow_table *
create(const flow_settings *settings)
{
    return &java_table_new(settings, &measures, LEAST_PACKETS)->base;
}

/* A forward FIN does not end the flow, even if it also has RST. */
static bool
ends(const observation *packet, flow_direction direction)
{
    if (packet->tcp_flags & TCP_FIN)
        return direction == BACKWARD;
    return packet->tcp_flags & TCP_RST;
}

/* The next flow keeps the orientation of the one that timed out. */
static java_flow *
cut(java_table *table, java_flow *f, const observation *packet)
{
    java_flow *next = java_flow_new(&f->flow.key, packet, false, &table->context);

    java_flow_continue(next, f);
    java_table_end(table, f, END_ACTIVE);
    java_table_begin(table, next, packet);
    return next;
}

static flow *
add(flow_table *base, const observation *packet, flow_direction *direction)
{
    java_table *table = (java_table *)base;
    flow_key key;
    java_flow *f = java_table_find(table, packet, &key);

    *direction = f ? java_flow_direction_of(f, packet) : FORWARD;
    if (!f) {
        f = java_flow_new(&key, packet, false, &table->context);
        java_table_begin(table, f, packet);
        return &f->flow;
    }
    if (packet->time_ns - f->flow.first_ns > table->timeout_ns) {
        *direction = FORWARD;
        return &cut(table, f, packet)->flow;
    }
    if (ends(packet, *direction)) {
        java_table_add(table, f, packet);
        java_table_end(table, f, END_TCP);
        return &f->flow;
    }
    if (packet->tcp_flags & TCP_FIN) {
        if (f->closing == FORWARD_FIN_SEEN)
            return NULL;
        f->closing = FORWARD_FIN_SEEN;
    }
    java_flow_update_activity(f, packet->time_ns, &table->context);
    java_table_add(table, f, packet);
    return &f->flow;
}

const flow_rules java_rules = JAVA_RULES(java_frame_decode, create, add);
