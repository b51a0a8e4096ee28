/*
 * label_report.h - what is wrong with rules and tables of labels: rules or rows that match no flow, and flows that
 * match rows with different labels. Counted and, for --label-report, listed as CSV.
 *
 * Each reader notes what its capture matched, and the command combines the notes: a row is reported only when it
 * matches no flow in any capture. The number of conflicts listed per capture is bounded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdio.h>

#include "options.h"
#include "run/labeller.h"

/* In a reader. */
struct label_report_part;

/* The name of the capture and the table, NULL for rules, are borrowed. */
struct label_report_part *label_report_part_new(const char *capture, ground_truth *truth);
/* The notes, to be sent to the command; free with g_bytes_unref(). Frees the part. */
GBytes *label_report_part_finish(struct label_report_part *part, const labeller *labels);

/* In the command. */
struct label_report;

/* path NULL: only counts, no list. NULL with an error when the file cannot be created. */
struct label_report *label_report_new(const char *path, GError **error);
/* Adds the notes of the reader with that number; FALSE when they are malformed. */
gboolean label_report_merge(struct label_report *report, guint number, GBytes *bytes);
/* Writes the list, unless no reader sent any notes; the rules or rows are those of the settings. */
gboolean label_report_write(struct label_report *report, const run_settings *settings, GError **error);
/* Prints the counts. */
void label_report_print(const struct label_report *report, FILE *out);
/* A list that was not written is abandoned. */
void label_report_free(struct label_report *report);
