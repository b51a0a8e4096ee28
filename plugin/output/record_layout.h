/*
 * record_layout.h - what a record consists of: which columns, in what order, and a label.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RECORD_LAYOUT_H
#define CICFLOW_RECORD_LAYOUT_H

#include <glib.h>

#include "../flow/dialect.h"
#include "timestamp.h"

/* How records are written. */
typedef enum { RECORD_CSV, RECORD_JSON_LINES, RECORD_PARQUET } record_format;

/* What a record consists of. Free with record_layout_clear(). */
typedef struct {
    dialect_column *columns;
    size_t column_count;
    char *label;         /* of every flow that has none of its own; NULL: no labels */
    size_t label_column; /* index of the label; column_count: in a further column, if there is a label */
    const dialect *dialect;
    timestamp_form timestamp;
} record_layout;

/* Lays out the dialect's columns, or those that `fields` lists by comma, then those of `extra`, which may also name
 * groups, or "all" for those of all groups but the sequence; for either, empty text is as NULL. An unknown name is an
 * error that tells the nearest names. */
gboolean record_layout_init(record_layout *layout, const dialect *d, const char *fields, const char *extra,
                            const char *label, timestamp_form timestamp, GError **error);

/* Appends (dialect_column) those that the list names by comma: columns of the dialect, or further ones. An unknown name
 * is an error of the preference that tells the nearest names. */
gboolean record_columns_append(GArray *columns, const dialect *d, const char *list, const char *preference,
                               GError **error);

/* Appends the columns of a group, unless some of them are there. */
void record_layout_append(record_layout *layout, column_group group);

/* The groups of which there are columns, as bits 1 << column_group. */
unsigned record_layout_groups(const record_layout *layout);

/* Whether the feature is one of the columns. */
gboolean record_layout_has(const record_layout *layout, feature_id id);

/* Columns and, where it is a further one, the label. These are indexed by the functions below. */
size_t record_layout_width(const record_layout *layout);
const char *record_layout_header(const record_layout *layout, size_t index);
value_type record_layout_type(const record_layout *layout, size_t index);

/* Whether an earlier column has the same header: published names are not all different, and users may choose a column
 * twice. */
bool record_layout_repeats(const record_layout *layout, size_t index);

/* The value of a flow in a column, or its label. */
feature_value record_layout_get(const record_layout *layout, size_t index, const flow *f);

void record_layout_clear(record_layout *layout);

#endif
