/*
 * label_report.h - what rules and tables of labels did not match: rules or rows without a flow, and flows that rows
 * with different labels claim, counted and, for --label-report, listed as CSV.
 *
 * Each reader notes what its capture has to say; the command puts that together, since a row is only without a flow
 * when no capture has one. A capture's conflicts are listed up to a bound.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_LABEL_REPORT_H
#define CICFLOWMETER_LABEL_REPORT_H

#include <stdio.h>

#include "options.h"
#include "run/labeller.h"

/* In a reader. */
struct label_report_part;

/* The name of the capture and the table, NULL for rules, are borrowed. */
struct label_report_part *label_report_part_new(const char *capture, ground_truth *truth);
/* What was noted, for the command, to be freed with g_bytes_unref(); frees the part. */
GBytes *label_report_part_finish(struct label_report_part *part, const labeller *labels);

/* In the command. */
struct label_report;

/* path NULL: nothing is listed. NULL with an error when the file cannot be created. */
struct label_report *label_report_new(const char *path, GError **error);
/* Takes what the reader of that number said; FALSE when it is nothing of a reader. */
gboolean label_report_merge(struct label_report *report, guint number, GBytes *bytes);
/* Writes the list, unless no reader said anything; the rules or rows are those of the settings. */
gboolean label_report_write(struct label_report *report, const run_settings *settings, GError **error);
/* Prints the counts. */
void label_report_print(const struct label_report *report, FILE *out);
/* Without a list where it was not written. */
void label_report_free(struct label_report *report);

#endif
