/*
 * flow_table.h - the open flows, and when they end, by the rules of a dialect.
 *
 * The table owns its flows. A flow that ends is passed to the emit callback, which borrows it for the call, and is
 * freed; so memory grows with the open flows only. What ends a flow is up to the rules (flow_rules.h).
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

/* Bytes of a flow of a table with these settings, with all that stands behind it. */
size_t flow_settings_flow_bytes(const flow_settings *settings);

typedef struct {
    uint64_t open, largest_open;
    uint64_t ended[END_REASONS];
    bool tells_openings; /* whether the rules count the next two */
    uint64_t begun_in_middle,
        begun_by_answer; /* TCP flows whose first packet has no SYN, or SYN with ACK; no continuations */
} flow_counts;

/* Called with each ended flow, in the order in which records are to be written. */
typedef void (*flow_emit)(const flow *ended, void *user);

typedef struct flow_table flow_table;

/* An empty table; the settings are copied. Free with flow_table_free(). */
flow_table *flow_table_new(const flow_settings *settings, flow_emit emit, void *user);

/* Ends what a frame at this time ends. To be called for every frame, flow packet or not; flow_table_add() does it for
 * its packet. */
void flow_table_advance(flow_table *table, int64_t now_ns);

/* Adds a packet to its flow, beginning one when there is none. The flow returned is the table's, valid until the next
 * call, as it stands with the packet; *direction is the packet's in it. NULL when the rules leave the packet out or
 * the flow ended with it. */
const flow *flow_table_add(flow_table *table, const observation *packet, flow_direction *direction);

/* Ends every open flow, as the end of a capture does. */
void flow_table_finish(flow_table *table);

/* A copy of an ended flow that outlives the table, with all that columns ask for. Free with g_free(). */
flow *flow_table_copy(const flow_table *table, const flow *ended);

const flow_counts *flow_table_counts(const flow_table *table);

/* Frees the table and its open flows without emitting them. */
void flow_table_free(flow_table *table);

#endif
