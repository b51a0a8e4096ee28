/*
 * java_table.h - the open flows of the Java tools: how they are found, and in what order they are written at the end of
 * a capture.
 *
 * A flow is found by addresses, ports and protocol in either direction. A flow only ends with one of its own packets or
 * at the end of the capture. Which packets end it is up to java_rules.c and java_fixed_rules.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow_queue.h"
#include "../flow_rules.h"
#include "java_flow.h"

typedef struct java_table java_table;
struct java_table {
    flow_table base;
    java_context context;
    int64_t timeout_ns;                                /* counted from a flow's first packet */
    uint64_t least_packets;                            /* shorter flows are not written */
    void (*complete)(java_table *table, java_flow *f); /* called when a flow ends; NULL: nothing to do */

    GHashTable *flows; /* set of java_flow, by key */
    flow_queue queue;  /* in the order of their last packets */
};

/* An empty table. */
java_table *java_table_new(const flow_settings *settings, const java_measures *rules, uint64_t least_packets);

/* Sets the packet's key, and returns the flow with that key; NULL if there is none. */
java_flow *java_table_find(java_table *table, const observation *packet, flow_key *key);

/* Adds a flow and measures its first packet. The table owns the flow. */
void java_table_begin(java_table *table, java_flow *f, const observation *packet);

/* Measures a further packet of a flow. */
void java_table_add(java_table *table, java_flow *f, const observation *packet);

/* Removes a flow and hands it to the table's caller, with a record if it has enough packets. */
void java_table_end(java_table *table, java_flow *f, flow_end_reason reason);

void java_table_finish(flow_table *base);
void java_table_destroy(flow_table *base);

/* Defines rules that use such a table, given the functions of flow_rules in which they differ. */
#define JAVA_RULES(decode_frame, create_table, add_packet)                                                             \
    {                                                                                                                  \
        .decode = decode_frame, .flow_bytes = sizeof(java_flow), .create = create_table, .add = add_packet,            \
        .finish = java_table_finish, .destroy = java_table_destroy,                                                    \
    }
