/*
 * flow_extras.h - what is known of a flow beyond its measures, for those who ask for it: its label, and the columns
 * that come from other protocols than the flow's own.
 *
 * The decoder of a packet fills in packet_notes; a flow's extras collect those of its packets. Flows that nobody wants
 * more of have none, and are no bigger for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FLOW_EXTRAS_H
#define CICFLOW_FLOW_EXTRAS_H

#include <glib.h>

#include "community_id.h"
#include "feature.h"
#include "measure.h"

/* No labelling rule. */
#define RULE_NONE UINT32_MAX

enum { SERVER_NAME_BYTES = 256, LAYER_TEXT_BYTES = 64 };

/* One packet's. Texts are empty where nothing is known, and always fit to be written anywhere. */
typedef struct {
    uint32_t rule;           /* the first labelling rule that it matches, or RULE_NONE */
    const char *label;       /* that its comment gives it, NULL: none; whoever sets it keeps the text */
    int64_t stream;          /* number of the TCP or UDP stream; -1: unknown */
    const char *application; /* name of the highest protocol, static; NULL: unknown */
    unsigned height;         /* of that protocol above the transport */
    bool is_retransmission;
    char server_name[SERVER_NAME_BYTES];
    char vlan[LAYER_TEXT_BYTES];
    char tunnel[LAYER_TEXT_BYTES];
} packet_notes;

/* One flow's. */
struct flow_extras {
    uint32_t rule;                  /* the lowest that any packet matches, or RULE_NONE */
    const char *label;              /* of the first packet with one, and that which counts when the flow has ended */
    int64_t tcp_stream, udp_stream; /* of the first packet of that protocol; -1: none */
    const char *application;        /* the highest of all packets; NULL: unknown */
    unsigned height;
    uint64_t retransmissions[DIRECTIONS];
    char *server_name; /* these three: of the first packet that has any, NULL: none */
    char *vlan;
    char *tunnel;
    char community_id[COMMUNITY_ID_BYTES]; /* of the first packet */
    measure_state *measures;               /* NULL: nothing is defined */
    feature_value *defined;                /* values of defined columns, set when the flow has ended */
};

/* Notes that say nothing. */
void packet_notes_init(packet_notes *notes);

/* The extras of many flows, by the flows' numbers. It owns them. */
typedef struct flow_extras_table flow_extras_table;

/* An empty table, with or without community IDs; flows are measured by the plan, which is borrowed, unless it is NULL.
 */
flow_extras_table *flow_extras_table_new(bool wants_community_id, const measure_plan *plan);
void flow_extras_table_free(flow_extras_table *table);

/* Adds what is noted of a packet (NULL: nothing) to the extras of its flow, and measures it: by the values of its
 * dissection, or with NULL by what the observation tells. */
void flow_extras_table_add(flow_extras_table *table, const flow *f, const observation *packet,
                           const packet_notes *notes, const packet_values *values);

/* The extras of a flow that has ended, valid until the next call of flow_extras_table_forget(). */
flow_extras *flow_extras_table_end(flow_extras_table *table, const flow *f);

/* Frees the extras of ended flows, unless they are to be kept. */
void flow_extras_table_forget(flow_extras_table *table);

/* Keeps extras of ended flows as long as the table. */
void flow_extras_table_keep(flow_extras_table *table);

#endif
