/*
 * flow_rules.h - what a dialect decides about flows: which frames are packets, which packets make a flow, what is
 * measured, and when a flow ends.
 *
 * A set of rules is a table of functions over a flow_table; one file has one set. Everything else (writers, Wireshark)
 * goes through flow_table.h and never knows whose rules are at work.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FLOW_RULES_H
#define CICFLOW_FLOW_RULES_H

#include "flow_table.h"
#include "raw_frame.h"

typedef struct flow_rules flow_rules;

/* The part that every table has; rules put their own after it. */
struct flow_table {
    flow_settings settings;
    uint64_t last_id;
    flow_counts counts;
    GPtrArray *ended; /* of flow, for the caller to take: those from the index taken on are still to be */
    guint taken;
};

struct flow_rules {
    /* What the dialect's tool makes of a frame's bytes; false: it ignores the frame. NULL: packets are what
     * epan decodes. */
    bool (*decode)(const raw_frame *frame, observation *packet);

    size_t flow_bytes;       /* of a flow with what the rules put after it */
    bool can_stop_measuring; /* flows end by what is seen, whatever is measured: optional_settings.first_packets */

    flow_table *(*create)(const flow_settings *settings);
    void (*advance)(flow_table *table, int64_t now_ns);
    flow *(*add)(flow_table *table, const observation *packet, flow_direction *direction);
    void (*finish)(flow_table *table);
    void (*destroy)(flow_table *table);
};

extern const flow_rules standard_rules;
extern const flow_rules python_rules;
extern const flow_rules java_rules;
extern const flow_rules java_fixed_rules;

/* Counts a flow that was begun. */
void flow_table_count_begun(flow_table *table);

/* Counts a flow that has ended, which is out of the rules' hands, and leaves it to the caller. */
void flow_table_hand_over(flow_table *table, flow *ended, flow_end_reason reason);

#endif
