/*
 * summary.h - the overview of --summary: flows by protocol and by label, top talkers, longest flows, defined columns,
 * and the health of the captures.
 *
 * Memory grows with the number of addresses, not of flows, and only up to a bound.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_SUMMARY_H
#define CICFLOWMETER_SUMMARY_H

#include <stdio.h>

#include "column_ranges.h"
#include "health.h"
#include "label_report.h"
#include "output/label_balance.h"
#include "record.h"

struct summary;

struct summary *summary_new(void);
void summary_add(struct summary *summary, const struct record *record);
/* What was counted of one capture beside its flows. */
void summary_add_health(struct summary *summary, const capture_health_counts *frames, const flow_counts *flows);
/* Which labels there are, used or not, and how many of their flows continue others. */
void summary_add_labels(struct summary *summary, const label_balance *labels);
/* Its defined columns, to be added to. */
struct column_ranges *summary_defined(struct summary *summary);
/* All that was added, for another summary, to be freed with g_bytes_unref(). */
GBytes *summary_bytes(const struct summary *summary);
/* Adds what was added to the one that the bytes are of; FALSE when they are of none. */
gboolean summary_merge(struct summary *summary, GBytes *bytes);

/* labels: what is to be said of rules and rows below those of labels; NULL: nothing. */
void summary_print(const struct summary *summary, const struct label_report *labels, FILE *out);
void summary_free(struct summary *summary);

#endif
