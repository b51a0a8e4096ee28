/*
 * batch.h - all inputs of a run, several at a time: each one's records to its own output, or all to one in a fixed
 * order.
 *
 * SIGINT, SIGTERM and SIGHUP end what flows in (a live capture, standard input) with what was recorded, and reading
 * files at once; a further signal ends everything at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_BATCH_H
#define CICFLOWMETER_BATCH_H

#include "run.h"

/* Reads all inputs (of struct input), reports on each, and returns the exit status. *is_lost: the one output of all did
 * not come to be. */
int batch_run(const struct run *run, const GPtrArray *inputs, gboolean *is_lost);

#endif
