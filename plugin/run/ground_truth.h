/*
 * ground_truth.h - labels of flows by a table of who talked to whom and when, as data sets publish them.
 *
 * The table is CSV with a header of any of label, start, end, src, dst, src_port, dst_port, protocol, direction, in any
 * order; label has to be there. An empty cell restricts nothing. A flow gets the label of the first row that it matches
 * by its ends and overlaps in time. Rows are found through an index: those with the same kind of restriction
 * on addresses are hashed by the addresses (tuple space search: Srinivasan, Suri and Varghese, 1999), and those with
 * the same addresses are in an implicit interval tree by time (as in H. Li's cgranges). So the time of a look-up grows
 * with the rows that overlap the flow, not with the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_GROUND_TRUTH_H
#define CICFLOW_GROUND_TRUTH_H

#include <glib.h>

#include "../flow/flow.h"
#include "label_file.h"

typedef struct ground_truth ground_truth;

/* Whether the text, that of a file of labels, is such a table: its first line is a header with a column "label". */
bool ground_truth_is_table(const char *text);

/* Reads the text of a table; path is its name in messages. Flows that match no row get the default label. NULL with an
 * error that names the line, the cell and what is allowed. Free with ground_truth_free(). */
ground_truth *ground_truth_parse(const char *path, const char *text, const char *default_label, GError **error);
void ground_truth_free(ground_truth *truth);

/* The labels of the rows, each once, in the order of the table, then the default one. The table's. */
const label_names *ground_truth_labels(const ground_truth *truth);

/* Index among the labels of that of the first row that the flow matches, or of the default one. Notes the rows that
 * matched for the report. */
guint ground_truth_match(ground_truth *truth, const flow *f);

/* How many flows matched rows with different labels. */
uint64_t ground_truth_conflicting_flows(const ground_truth *truth);

/* The rows in the order of the file, and of each whether a flow matched it. */
guint ground_truth_rows(const ground_truth *truth);
label_row ground_truth_row(const ground_truth *truth, guint number);
const bool *ground_truth_matched(const ground_truth *truth);

/* Called with each flow that matches rows with different labels: its first row, and the first row with another label.
 * NULL: nobody. */
typedef void (*ground_truth_conflict)(const flow *f, const label_row *row, const label_row *other, void *user);
void ground_truth_on_conflict(ground_truth *truth, ground_truth_conflict report, void *user);

#endif
