/*
 * batch.h - reads all inputs of a run, several at a time, and writes each one's records to its own output, or all to
 * one output in a fixed order.
 *
 * SIGINT, SIGTERM and SIGHUP stop a live capture or standard input and keep the records so far; the reading of files is
 * abandoned. A second signal abandons everything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "run.h"

/* Reads all inputs (of struct input), reports on each, and returns the exit status. *is_lost is set when the one output
 * of all inputs could not be written. */
int batch_run(const struct run *run, const GPtrArray *inputs, gboolean *is_lost);
