/*
 * plot.h - the pictures of --plot, drawn by gnuplot: flow durations, bytes against packets, flows over time.
 *
 * The values go to a file in the run's folder as records come, so memory does not grow with the flows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "record.h"

struct plot;

/* Fails at once, before any capture is read, if there is no gnuplot or the picture cannot be created. work is a folder
 * for the values. */
struct plot *plot_new(const char *picture, const char *work, GError **error);
void plot_add(struct plot *plot, const struct record *record);

/* One capture's part of a plot. Its values are written to the descriptor, which the part then owns. */
struct plot *plot_part_new(int values);
/* A part's totals, once all flows are added; NULL with an error when its values could not be
 * written. */
GBytes *plot_part_bytes(struct plot *part, GError **error);
/* Adds a part: its values from the descriptor, and its totals. */
gboolean plot_merge(struct plot *plot, int values, GBytes *bytes, GError **error);

/* Draws; the picture appears only when it is complete. Fails when there was no flow. */
gboolean plot_finish(struct plot *plot, GError **error);

/* Frees, and removes what is left in the folder. */
void plot_free(struct plot *plot);
