/*
 * flow_table.h - the open flows, and when they end, by the rules of a dialect.
 *
 * Packets flow in, ended flows flow out. The table owns its flows while they are open; a flow that has ended waits
 * until the caller takes it, who owns it from then on, so memory grows with the open flows only. A flow stays at its
 * address from its first packet until somebody frees it. What ends a flow is up to the rules (flow_rules.h). The table
 * never calls its caller, knows nothing of frames that are not packets but their times, and never looks at a clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FLOW_TABLE_H
#define CICFLOW_FLOW_TABLE_H

#include "optional_measures.h"

typedef struct {
    int64_t idle_timeout_ns;      /* TCP, UDP */
    int64_t icmp_idle_timeout_ns; /* ICMP, ICMPv6 */
    int64_t active_timeout_ns;    /* 0: off */
    int64_t closed_timeout_ns;    /* idle timeout of TCP connections that were closed; 0: as others */
    bool vlan_flows;              /* packets of different VLANs are of different flows */
    uint64_t max_flows;           /* most open at once; 0: no bound */
    flow_gaps gaps;
    optional_settings optional;
    const struct flow_rules *rules;
} flow_settings;

/* The default of every setting, with the rules of the standard dialect. */
extern const flow_settings flow_settings_default;

/* Bytes of a flow of a table with these settings, with all that follows it in memory. */
size_t flow_settings_flow_bytes(const flow_settings *settings);

typedef struct {
    uint64_t open, largest_open;
    uint64_t ended[END_REASONS];
    bool tells_openings; /* whether the rules count the next two */
    uint64_t begun_in_middle,
        begun_by_answer; /* TCP flows whose first packet has no SYN, or SYN with ACK; no continuations */
} flow_counts;

typedef struct flow_table flow_table;

/* An empty table; the settings are copied. Free with flow_table_free(). */
flow_table *flow_table_new(const flow_settings *settings);

/* Ends what a frame at this time ends. To be called for every frame, flow packet or not; flow_table_add() does it for
 * its packet. */
void flow_table_advance(flow_table *table, int64_t now_ns);

/* Adds a packet to its flow, beginning one when there is none. Returned is the flow with the packet, *direction is the
 * packet's in it; the flow may have ended with the packet, and is then among those to be taken, with a record. NULL
 * when the rules leave the packet out. */
flow *flow_table_add(flow_table *table, const observation *packet, flow_direction *direction);

/* Ends every open flow, as the end of a capture does. */
void flow_table_finish(flow_table *table);

/* The next flow that has ended, in the order of records; NULL when there is none. To be called until then after each of
 * the functions above. The flow is the caller's, to be freed with g_free(). */
flow *flow_table_take_ended(flow_table *table);

const flow_counts *flow_table_counts(const flow_table *table);

/* Frees the table with its open flows and those not taken. */
void flow_table_free(flow_table *table);

#endif
