/*
 * scenario.h - runs packets given as text through a flow table, and collects the records.
 *
 * The text has a packet a line (packet_text.h), numbered as frames from 1; "set NAME VALUE" lines before them change
 * the table's settings: idle_timeout, icmp_idle_timeout, active_timeout, closed_timeout, activity_timeout, subflow_gap
 * (seconds), max_flows, vlan_flows (on), rules (the name of a dialect), first_packets, sequence (packets), capture (its
 * name) and measure (names of groups with commas between them: optional measures). Empty lines and "#" comments are
 * skipped. After the last line the table is finished.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "flow/feature.h"
#include "flow/flow_table.h"

/* An ended flow: it, its values, and the frame that was being added when it was emitted; 0 at the finish. */
typedef struct {
    flow *flow;
    feature_value value[FEATURES]; /* lists and texts are the flow's */
    uint64_t emitted_at;
} record;

typedef struct {
    GArray *records;     /* of record, in the order of emission */
    GString *directions; /* 'F' or 'B' for each flow packet */
    flow_counts counts;  /* after the finish */
} scenario;

/* Runs the text. NULL with an error that tells line and reason. Free with scenario_free(). */
scenario *scenario_run(const char *text, GError **error);

void scenario_free(scenario *s);

static inline const record *
scenario_record(const scenario *s, guint index)
{
    return &g_array_index(s->records, record, index);
}

/* A line for each record: "SOURCE>DESTINATION FORWARD+BACKWARD REASON @FRAME", ports after the addresses of TCP and
 * UDP; free with g_free(). */
char *scenario_summary(const scenario *s);

/* The value as text: numbers in decimal, reals with 17 digits, times in ns, addresses as usual, lists in brackets with
 * commas, "missing"; free with g_free(). */
char *value_text(const feature_value *value);
