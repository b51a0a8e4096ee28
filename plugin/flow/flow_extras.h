/*
 * flow_extras.h - what is known of a flow beyond its measures, for those who ask for it: its label, and the columns
 * that come from other protocols than the flow's own.
 *
 * Whoever decodes packets fills in packet_notes; a flow's extras collect those of its packets. Flows that nobody wants
 * more of have none, and are no bigger for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FLOW_EXTRAS_H
#define CICFLOW_FLOW_EXTRAS_H

#include <glib.h>

#include "flow.h"

/* No labelling rule. */
#define RULE_NONE UINT32_MAX

/* One packet's. */
typedef struct {
    uint32_t rule; /* the first labelling rule that it matches, or RULE_NONE */
} packet_notes;

/* One flow's. */
struct flow_extras {
    uint32_t rule;     /* the lowest that any packet matches, or RULE_NONE */
    const char *label; /* set when the flow has ended; whoever sets it keeps the text */
};

/* Notes that say nothing. */
void packet_notes_init(packet_notes *notes);

/* The extras of many flows, by the flows' numbers. It owns them. */
typedef struct flow_extras_table flow_extras_table;

flow_extras_table *flow_extras_table_new(void);
void flow_extras_table_free(flow_extras_table *table);

/* Adds what is noted of a packet to the extras of its flow. */
void flow_extras_table_add(flow_extras_table *table, const flow *f, const observation *packet,
                           const packet_notes *notes);

/* The extras of a flow that has ended, valid until the next call of flow_extras_table_forget(). */
flow_extras *flow_extras_table_end(flow_extras_table *table, const flow *f);

/* Frees the extras of ended flows, unless they are to be kept. */
void flow_extras_table_forget(flow_extras_table *table);

/* Keeps extras of ended flows as long as the table. */
void flow_extras_table_keep(flow_extras_table *table);

#endif
