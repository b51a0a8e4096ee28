/*
 * flow_extras.h - optional data of a flow besides its measures: its label, user-defined columns, and columns that come
 * from protocols other than its transport.
 *
 * The decoder of a packet fills in packet_notes, and a flow's extras collect them. Without such columns flows have no
 * extras, and use no memory for them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "community_id.h"
#include "feature.h"
#include "measure.h"

/* No labelling rule. */
#define RULE_NONE UINT32_MAX

enum { SERVER_NAME_BYTES = 256, LAYER_TEXT_BYTES = 64 };

/* What is noted of one packet. Strings are empty where nothing is known, and always safe to write. */
typedef struct {
    uint32_t rule;           /* first labelling rule that the packet matches, or RULE_NONE */
    const char *label;       /* label in the packet's comment, NULL: none; owned by whoever sets it */
    int64_t stream;          /* number of the TCP or UDP stream; -1: unknown */
    const char *application; /* name of the highest protocol (static); NULL: unknown */
    unsigned height;         /* height of that protocol above the transport */
    bool is_retransmission;
    char server_name[SERVER_NAME_BYTES];
    char vlan[LAYER_TEXT_BYTES];
    char tunnel[LAYER_TEXT_BYTES];
} packet_notes;

/* The extras of one flow. */
struct flow_extras {
    uint32_t rule;                  /* lowest rule that any packet matches, or RULE_NONE */
    const char *label;              /* of the first packet with a label; final when the flow has ended */
    int64_t tcp_stream, udp_stream; /* of the flow's first packet of that protocol; -1: none */
    const char *application;        /* highest protocol of all packets; NULL: unknown */
    unsigned height;
    uint64_t retransmissions[DIRECTIONS];
    char *server_name; /* these three: of the first packet that has one; NULL: none */
    char *vlan;
    char *tunnel;
    char community_id[COMMUNITY_ID_BYTES]; /* of the first packet */
    measure_state *measures;               /* NULL: no columns are defined */
    feature_value *defined;                /* values of the defined columns, set when the flow has ended */
};

/* Sets all notes to unknown. */
void packet_notes_init(packet_notes *notes);

/* The extras of many flows, found by flow id. The table owns them. */
typedef struct flow_extras_table flow_extras_table;

/* An empty table, with or without community IDs. The plan of measures is borrowed; NULL: no measures. */
flow_extras_table *flow_extras_table_new(bool wants_community_id, const measure_plan *plan);
void flow_extras_table_free(flow_extras_table *table);

/* Adds a packet to the extras of its flow: its notes (NULL: none) and its measures, by the values from its dissection,
 * or if those are NULL by the facts of the observation. */
void flow_extras_table_add(flow_extras_table *table, const flow *f, const observation *packet,
                           const packet_notes *notes, const packet_values *values);

/* The extras of a flow that has ended, valid until the next call of flow_extras_table_forget(). */
flow_extras *flow_extras_table_end(flow_extras_table *table, const flow *f);

/* Frees the extras of ended flows, unless they are kept. */
void flow_extras_table_forget(flow_extras_table *table);

/* Keeps the extras of ended flows for the lifetime of the table. */
void flow_extras_table_keep(flow_extras_table *table);
