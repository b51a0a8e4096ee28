/*
 * java_fixed_rules.c - the rules of the corrected Java tool of Engelen et al. and Liu et al. (flow_rules.h).
 *
 * A TCP flow whose connection was closed continues until a SYN reopens it. A flow that lasts too long is continued in
 * another flow of the same name, which inherits the connection's duration and the segments seen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "java_frame.h"
#include "java_table.h"

enum { LEAST_PACKETS = 1 };

/* States of java_flow.closing. */
enum { OPEN, ONE_FIN, BOTH_FINS, READY };

static const java_measures measures = {
    .first_can_have_data = true,
    .bulks_have_directions = true,
    .keeps_window = true,
    .counts_retransmissions = true,
};

static bool
has_connection(uint8_t protocol)
{
    return protocol == TRANSPORT_TCP || protocol == TRANSPORT_UDP;
}

/* Times that jump back and forth by centuries can overflow 64 bits: the sum then saturates. */
static int64_t
longer_by(int64_t duration_ns, int64_t step_ns)
{
    int64_t sum_ns;

    if (__builtin_add_overflow(duration_ns, step_ns, &sum_ns))
        return step_ns > 0 ? INT64_MAX : INT64_MIN;
    return sum_ns;
}

static void
complete(java_table *table G_GNUC_UNUSED, java_flow *f)
{
    if (has_connection(f->flow.protocol))
        f->connection_ns = longer_by(f->connection_ns, f->flow.last_ns - f->flow.first_ns);
}

static flow_table *
create(const flow_settings *settings)
{
    java_table *table = java_table_new(settings, &measures, LEAST_PACKETS);

    table->complete = complete;
    return &table->base;
}

static bool
is_other_message(const java_flow *f, const observation *packet)
{
    return f->flow.protocol == TRANSPORT_ICMP && f->icmp_type != packet->icmp_type && f->icmp_code != packet->icmp_code;
}

/* State of the connection's close after the packet has been added. */
static uint8_t
next_state(const java_flow *f, uint8_t flags)
{
    const unsigned fin = __builtin_ctz(TCP_FIN);

    if (flags & TCP_FIN) {
        if (f->closing == OPEN)
            return ONE_FIN;
        bool both = f->flow.flags[FORWARD][fin] > 0 && f->flow.flags[BACKWARD][fin] > 0;
        return f->closing == ONE_FIN && both ? BOTH_FINS : f->closing;
    }
    if (flags & TCP_RST)
        return READY;
    return flags & TCP_ACK && f->closing == BOTH_FINS ? READY : f->closing;
}

static bool
was_silent(const java_table *table, const java_flow *f, const observation *packet)
{
    return f->flow.protocol == TRANSPORT_UDP && packet->time_ns - f->flow.last_ns > table->timeout_ns;
}

/* Ends a flow and begins the next one under its name: as a new one, or as its continuation. */
static java_flow *
replace(java_table *table, java_flow *f, const observation *packet, flow_end_reason reason)
{
    bool afresh = reason != END_ACTIVE || !has_connection(packet->protocol);
    java_flow *next = java_flow_new(&f->flow.key, packet, afresh && tcp_answers(packet), &table->context);

    if (afresh)
        java_flow_succeed(next, f);
    else
        java_flow_continue(next, f);
    java_table_end(table, f, reason);
    if (!afresh)
        next->connection_ns = longer_by(f->connection_ns, packet->time_ns - f->flow.last_ns);
    java_table_begin(table, next, packet);
    return next;
}

static java_flow *
find_or_begin(java_table *table, const observation *packet, bool *begun)
{
    flow_key key;
    java_flow *f = java_table_find(table, packet, &key);

    *begun = true;
    if (!f) {
        f = java_flow_new(&key, packet, tcp_answers(packet), &table->context);
        java_table_begin(table, f, packet);
        return f;
    }
    if (f->closing == READY && packet->tcp_flags & TCP_SYN)
        return replace(table, f, packet, END_TCP);
    if (packet->time_ns - f->flow.first_ns > table->timeout_ns)
        return replace(table, f, packet, was_silent(table, f, packet) ? END_IDLE : END_ACTIVE);
    if (is_other_message(f, packet))
        return replace(table, f, packet, END_ACTIVE);
    *begun = false;
    return f;
}

static flow *
add(flow_table *base, const observation *packet, flow_direction *direction)
{
    java_table *table = (java_table *)base;
    bool begun;
    java_flow *f = find_or_begin(table, packet, &begun);

    if (!begun) {
        java_flow_update_activity(f, packet->time_ns, &table->context);
        java_table_add(table, f, packet);
        f->closing = next_state(f, packet->tcp_flags);
    }
    *direction = java_flow_direction_of(f, packet);
    return &f->flow;
}

const flow_rules java_fixed_rules = JAVA_RULES(java_fixed_frame_decode, create, add);
