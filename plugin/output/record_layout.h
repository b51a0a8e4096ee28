/*
 * record_layout.h - the layout of a record: which columns in what order, and a label.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "../flow/dialect.h"
#include "timestamp.h"

/* Output formats. */
typedef enum { RECORD_CSV, RECORD_JSON_LINES, RECORD_PARQUET } record_format;

/* The layout of records. Free with record_layout_clear(). */
typedef struct {
    dialect_column *columns;
    size_t column_count;
    char *label;         /* default label of flows without their own; NULL: no labels */
    size_t label_column; /* column_count: the label, if any, is an additional last column */
    const dialect *dialect;
    timestamp_form timestamp;
} record_layout;

/* Lays out the dialect's columns, or those in the comma-separated list `fields`, then those in `extra`, which may also
 * name groups, or "all" for all groups except the sequence. Empty lists are the same as NULL. An unknown name is an
 * error that suggests the nearest names. */
gboolean record_layout_init(record_layout *layout, const dialect *d, const char *fields, const char *extra,
                            const char *label, timestamp_form timestamp, GError **error);

/* Appends the columns (dialect_column) in a comma-separated list: columns of the dialect, or further ones. An unknown
 * name is an error that names the preference and suggests the nearest names. */
gboolean record_columns_append(GArray *columns, const dialect *d, const char *list, const char *preference,
                               GError **error);

/* Appends the columns of a group, unless some of them are already there. */
void record_layout_append(record_layout *layout, column_group group);

/* The groups that have columns in the layout, as bits 1 << column_group. */
unsigned record_layout_groups(const record_layout *layout);

/* Whether the feature is one of the columns. */
gboolean record_layout_has(const record_layout *layout, feature_id id);

/* Number of columns, including the label if it is an additional one. The functions below take an index below that. */
size_t record_layout_width(const record_layout *layout);
const char *record_layout_header(const record_layout *layout, size_t index);
value_type record_layout_type(const record_layout *layout, size_t index);

/* Whether an earlier column has the same header: published headers repeat, and users may choose a column twice. */
bool record_layout_repeats(const record_layout *layout, size_t index);

/* The value of a flow in any column of the dialect; in the dialect's own column for labels, its label if it has one. */
feature_value record_layout_column(const record_layout *layout, const dialect_column *column, const flow *f);

/* The value of a flow in a column, or its label. */
feature_value record_layout_get(const record_layout *layout, size_t index, const flow *f);

void record_layout_clear(record_layout *layout);
