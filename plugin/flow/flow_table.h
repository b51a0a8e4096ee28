/*
 * flow_table.h - the open flows, and when they end, by the rules of a dialect.
 *
 * Packets go in, ended flows come out. The table owns its flows while they are open. A flow that has ended waits until
 * the caller takes it and owns it, so memory grows with the open flows only. A flow never moves in memory. What ends a
 * flow is up to the rules (flow_rules.h). The table makes no callbacks, knows only the time of frames that are not
 * packets, and never reads the clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "optional_measures.h"

typedef struct {
    int64_t idle_timeout_ns;      /* TCP, UDP */
    int64_t icmp_idle_timeout_ns; /* ICMP, ICMPv6 */
    int64_t active_timeout_ns;    /* 0: off */
    int64_t closed_timeout_ns;    /* idle timeout of closed TCP connections; 0: as for others */
    bool vlan_flows;              /* packets of different VLANs belong to different flows */
    uint64_t max_flows;           /* limit of open flows; 0: none */
    flow_gaps gaps;
    optional_settings optional;
    const struct flow_rules *rules;
} flow_settings;

/* The default settings, with the rules of the standard dialect. */
extern const flow_settings flow_settings_default;

/* Size of a flow in a table with these settings, with everything after it in the same allocation. */
size_t flow_settings_flow_bytes(const flow_settings *settings);

typedef struct {
    uint64_t open, largest_open;
    uint64_t ended[END_REASONS];
    bool tells_openings; /* the rules count the next two */
    uint64_t begun_in_middle,
        begun_by_answer; /* TCP flows whose first packet has no SYN, or has SYN and ACK; without continuations */
} flow_counts;

typedef struct flow_table flow_table;

/* An empty table; the settings are copied. Free with flow_table_free(). */
flow_table *flow_table_new(const flow_settings *settings);

/* Ends the flows that have timed out at the time of a frame. To be called for every frame, flow packet or not, but
 * flow_table_add() already does it for its packet. */
void flow_table_advance(flow_table *table, int64_t now_ns);

/* Adds a packet to its flow, or begins a flow with it. Returns the flow, and the packet's direction in it. The flow may
 * have ended with this packet; it is then in the list of flows to take, with a record. NULL if the rules ignore the
 * packet. */
flow *flow_table_add(flow_table *table, const observation *packet, flow_direction *direction);

/* Ends every open flow, as the end of a capture does. */
void flow_table_finish(flow_table *table);

/* The next flow that has ended, in the order of records; NULL if there is none. To be called until NULL after each of
 * the functions above. The caller owns the flow; free it with g_free(). */
flow *flow_table_take_ended(flow_table *table);

const flow_counts *flow_table_counts(const flow_table *table);

/* Frees the table, its open flows, and the ended ones that were not taken. */
void flow_table_free(flow_table *table);
