/*
 * health.h - what is wrong with the captures of a run: a line for each kind of fault, and what to do about it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdio.h>

#include "flow/capture_health.h"
#include "flow/flow_table.h"

/* Sums over all captures; all 0: nothing is wrong. */
struct health {
    capture_health_counts frames;
    guint64 captures_out_of_order; /* captures with a frame older than the one before it */
    guint64 flows_without_syn, flows_from_syn_ack;
};

/* Adds the counts of one capture. */
void health_add_capture(struct health *health, const capture_health_counts *frames, const flow_counts *flows);
/* Adds other sums. */
void health_add(struct health *health, const struct health *more);

/* Prints nothing when nothing is wrong. */
void health_print(const struct health *health, FILE *out);
