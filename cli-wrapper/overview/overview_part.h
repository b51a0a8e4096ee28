/*
 * overview_part.h - one capture's part of the overview, collected in the process that reads the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "flow/flow_table.h"
#include "options.h"
#include "run/capture_run.h"

struct overview_part;

/* NULL when nothing is wanted. The values for the plot are written to the descriptor; the other arguments are
 * borrowed. */
struct overview_part *overview_part_new(const struct options *options, const run_settings *settings,
                                        const char *capture, int plot_values);

/* Adds an ended flow: a run's listener, whose data is the struct overview_part. */
void overview_part_take(const flow *ended, void *data);

/* Sends what was collected, and the run's other counts, to the command, and frees the part. FALSE with an error when
 * values could not be written. */
gboolean overview_part_send(struct overview_part *part, const capture_run *run, int fd, GError **error);
