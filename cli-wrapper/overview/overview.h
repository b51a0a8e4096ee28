/*
 * overview.h - --summary, --plot, --label-report and --annotate, for the captures of a run whose records were written.
 *
 * Each capture is read by a process of its own, which summarises its flows (overview_part.h). The summary is added here
 * only when the capture's records are kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "options.h"

struct overview;

/* Whether the options ask for any of it. */
gboolean overview_is_wanted(const struct options *options);

/* work is a folder for what does not fit into memory; borrowed. NULL with an error when gnuplot is missing or a file
 * cannot be created. */
struct overview *overview_new(const struct options *options, const char *work, GError **error);
/* Frees without printing or drawing anything. */
void overview_free(struct overview *overview);

gboolean overview_draws(const struct overview *overview);
/* The descriptor to write the annotated capture to; -1: none. */
int overview_annotated(const struct overview *overview);

/* What a reader sent; a member that is NULL: nothing. */
struct overview_news {
    guint number; /* of the reader */
    GBytes *summary, *plot, *labels;
    int plot_values;       /* descriptor of its values for the plot; -1: none */
    gboolean is_annotated; /* the annotated capture is written */
};

/* From any thread. */
gboolean overview_take(struct overview *overview, const struct overview_news *news, GError **error);

/* Prints the summary, draws the plot, writes the report and completes the capture with comments; frees. FALSE when one
 * of them could not be written, which is told; the others are written. */
gboolean overview_finish(struct overview *overview);
