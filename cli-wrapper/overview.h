/*
 * overview.h - what --summary and --plot are told of the records of a run.
 *
 * Inputs are read in threads of their own: each has a stream, which learns the columns from its first line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_OVERVIEW_H
#define CICFLOWMETER_OVERVIEW_H

#include "options.h"

struct overview;
struct overview_stream;

/* work is a folder for what does not fit into memory; borrowed. NULL with error when a column
 * they need is left out, or a plot cannot be drawn here. */
struct overview *overview_new(const struct options *options, const char *work, GError **error);
/* Without printing or drawing anything. */
void overview_free(struct overview *overview);
/* Prints the summary and draws the plot; frees. */
gboolean overview_finish(struct overview *overview, GError **error);

struct overview_stream *overview_stream_new(struct overview *overview);
/* Whole lines. */
void overview_take(struct overview_stream *stream, const char *lines, gsize length);
void overview_stream_free(struct overview_stream *stream);

#endif
