/*
 * overview_part.h - what one capture has to say for the overview, summed up in the process that reads it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_OVERVIEW_PART_H
#define CICFLOWMETER_OVERVIEW_PART_H

#include "flow/flow_table.h"
#include "options.h"
#include "output/capture_counts.h"
#include "overview.h"
#include "run/labeller.h"

struct overview_part;

/* NULL when nothing is wanted. The values of the plot go to the descriptor; the rest is borrowed. */
struct overview_part *overview_part_new(const struct options *options, const run_settings *settings,
                                        const char *capture, int plot_values);

/* An ended flow; the listener of a run. data: the struct overview_part. */
void overview_part_take(const flow *ended, void *data);

/* What was counted of the capture beside its flows. */
void overview_part_take_counts(struct overview_part *part, const capture_counts *counts, const flow_counts *flows);

/* What was taken, and what the labeller of the run found; frees. FALSE with an error when values could not be written.
 */
gboolean overview_part_finish(struct overview_part *part, const labeller *labels, struct overview_news *news,
                              GError **error);

#endif
