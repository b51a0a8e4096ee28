/*
 * flow_rules.h - the rules of a dialect: which frames count as packets, which packets belong to a flow, what is
 * measured, and when a flow ends.
 *
 * A set of rules is a table of functions over a flow_table; one file has one set. Everything else (writers, Wireshark)
 * uses flow_table.h and does not depend on the rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "flow_table.h"
#include "raw_frame.h"

typedef struct flow_rules flow_rules;

/* The common part of all tables; rules add their own members after it. */
struct flow_table {
    flow_settings settings;
    uint64_t last_id;
    flow_counts counts;
    GPtrArray *ended; /* of flow, for the caller to take; those before the index `taken` are already taken */
    guint taken;
};

struct flow_rules {
    /* Decodes a frame as the dialect's tool does; false if the tool ignores the frame. NULL: epan's packets are used.
     */
    bool (*decode)(const raw_frame *frame, observation *packet);

    size_t flow_bytes;       /* size of a flow with the rules' own members */
    bool can_stop_measuring; /* flows end by packets seen, measured or not: allows optional_settings.first_packets */

    flow_table *(*create)(const flow_settings *settings);
    void (*advance)(flow_table *table, int64_t now_ns); /* NULL: flows do not time out between packets */
    flow *(*add)(flow_table *table, const observation *packet, flow_direction *direction);
    void (*finish)(flow_table *table);
    void (*destroy)(flow_table *table);
};

extern const flow_rules standard_rules;
extern const flow_rules python_rules;
extern const flow_rules java_rules;
extern const flow_rules java_fixed_rules;

/* Whether as many flows are open as the settings allow. */
static inline bool
flow_table_is_full(const flow_table *table)
{
    return table->settings.max_flows > 0 && table->counts.open >= table->settings.max_flows;
}

/* Numbers and counts a flow that begins. */
void flow_table_begin(flow_table *table, flow *f);

/* Counts a flow that has ended and that the rules have removed, and queues it for the caller. */
void flow_table_hand_over(flow_table *table, flow *ended, flow_end_reason reason);
