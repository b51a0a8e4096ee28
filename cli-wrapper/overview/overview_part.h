/*
 * overview_part.h - what one capture has to say for the overview, summed up in the process that reads it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_OVERVIEW_PART_H
#define CICFLOWMETER_OVERVIEW_PART_H

#include "flow/flow_table.h"
#include "options.h"
#include "run/capture_run.h"

struct overview_part;

/* NULL when nothing is wanted. The values of the plot go to the descriptor; the rest is borrowed. */
struct overview_part *overview_part_new(const struct options *options, const run_settings *settings,
                                        const char *capture, int plot_values);

/* An ended flow; the listener of a run. data: the struct overview_part. */
void overview_part_take(const flow *ended, void *data);

/* Sends what was taken, and what the run has counted beside its flows, to the command; frees. FALSE with an error when
 * values could not be written. */
gboolean overview_part_send(struct overview_part *part, const capture_run *run, int fd, GError **error);

#endif
