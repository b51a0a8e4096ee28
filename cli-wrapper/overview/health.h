/*
 * health.h - what is wrong with the captures of a run, a line for each fault, and what helps against it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_HEALTH_H
#define CICFLOWMETER_HEALTH_H

#include <stdio.h>

#include "flow/capture_health.h"
#include "flow/flow_table.h"

/* Of all captures together; all 0: nothing is wrong. */
struct health {
    capture_health_counts frames;
    guint64 captures_out_of_order; /* of which `frames` has frames that are older than the one before */
    guint64 flows_without_syn, flows_from_syn_ack;
};

/* Adds what was counted of one capture. */
void health_add(struct health *health, const capture_health_counts *frames, const flow_counts *flows);

/* The health of several captures together, as bytes of another process. */
GVariant *health_variant(const struct health *health);
#define HEALTH_FORMAT "(tttxttttt)"
void health_merge(struct health *health, GVariant *variant);

/* Nothing when nothing is wrong. */
void health_print(const struct health *health, FILE *out);

#endif
