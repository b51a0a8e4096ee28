/*
 * ground_truth.h - labels flows by a table of who talked to whom and when, as published with data sets.
 *
 * The table is CSV. Its header has the column label and any of start, end, src, dst, src_port, dst_port, protocol,
 * direction, in any order. An empty cell restricts nothing. A flow gets the label of the first row that it matches by
 * its endpoints and overlaps in time. Rows with the same kind of restriction on addresses are hashed by the addresses
 * (tuple space search: Srinivasan, Suri and Varghese, 1999), and rows with the same addresses are in an implicit
 * interval tree by time (as in H. Li's cgranges). So the time of a look-up grows with the number of rows that overlap
 * the flow, not with the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "../flow/flow.h"
#include "label_file.h"

typedef struct ground_truth ground_truth;

/* Whether the text of a file of labels is such a table: its first line is a header with a column "label". */
bool ground_truth_is_table(const char *text);

/* Parses the text of a table; path is used in messages. Flows that match no row get the default label. NULL with an
 * error that names the line, the cell and what is allowed. Free with ground_truth_free(). */
ground_truth *ground_truth_parse(const char *path, const char *text, const char *default_label, GError **error);
void ground_truth_free(ground_truth *truth);

/* The distinct labels of the rows in the order of the table, then the default label. Owned by the table. */
const label_names *ground_truth_labels(const ground_truth *truth);

/* Index of the label of the first row that the flow matches, or of the default label. Records which rows have matched.
 */
guint ground_truth_match(ground_truth *truth, const flow *f);

/* How many flows matched rows with different labels. */
uint64_t ground_truth_conflicting_flows(const ground_truth *truth);

/* The number of rows, and for each, in the order of the file, whether a flow has matched it. */
guint ground_truth_rows(const ground_truth *truth);
label_row ground_truth_row(const ground_truth *truth, guint number);
const bool *ground_truth_matched(const ground_truth *truth);

/* Called with each flow that matches rows with different labels: the first matching row, and the first one with another
 * label. NULL: no callback. */
typedef void (*ground_truth_conflict)(const flow *f, const label_row *row, const label_row *other, void *user);
void ground_truth_on_conflict(ground_truth *truth, ground_truth_conflict report, void *user);
