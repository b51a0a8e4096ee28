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

/* What a record consists of. Free with record_layout_clear(). */
typedef struct {
    dialect_column *columns;
    size_t column_count;
    char *label;         /* of every flow that has none of its own; NULL: no labels */
    size_t label_column; /* where the label stands; column_count: in a further column, if there is a label */
    const dialect *dialect;
    timestamp_form timestamp;
} record_layout;

/* Lays out the dialect's columns, or those that `fields` lists by comma, then those of `extra`; for either, empty text
 * is as NULL. An unknown name is an error that tells the nearest names. */
gboolean record_layout_init(record_layout *layout, const dialect *d, const char *fields, const char *extra,
                            const char *label, timestamp_form timestamp, GError **error);

/* Whether the feature is one of the columns. */
gboolean record_layout_has(const record_layout *layout, feature_id id);

void record_layout_clear(record_layout *layout);

#endif
