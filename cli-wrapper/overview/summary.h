/*
 * summary.h - the overview of --summary: flows by protocol and by label, top talkers, longest flows, defined columns,
 * and the health of the captures.
 *
 * Memory grows with the number of addresses, not of flows, and only up to a bound.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdio.h>

#include "column_ranges.h"
#include "health.h"
#include "label_report.h"
#include "output/label_balance.h"
#include "record.h"

struct summary;

struct summary *summary_new(void);
void summary_add(struct summary *summary, const struct record *record);
/* Adds one capture's counts for the section on health. */
void summary_add_health(struct summary *summary, const capture_health_counts *frames, const flow_counts *flows);
/* Adds all labels, used or not, and how many of their flows continue others. */
void summary_add_labels(struct summary *summary, const label_balance *labels);
/* The summary's user-defined columns, for the caller to add flows to. */
struct column_ranges *summary_defined(struct summary *summary);
/* Everything added so far, for summary_merge(); free with g_bytes_unref(). */
GBytes *summary_bytes(const struct summary *summary);
/* Adds the contents of another summary, from its summary_bytes(); FALSE when they are malformed. */
gboolean summary_merge(struct summary *summary, GBytes *bytes);

/* labels: the report on rules and rows, which is printed below the labels; NULL: none. */
void summary_print(const struct summary *summary, const struct label_report *labels, FILE *out);
void summary_free(struct summary *summary);
