/*
 * dialect.h - a dialect: which columns a record has, in what order and under which names, and how they are written.
 *
 * Dialects are data (plugin/dialects); the engine and the writers ask them, and never which one they are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DIALECT_H
#define CICFLOW_DIALECT_H

#include "feature.h"

typedef struct {
    feature_id feature;
    const char *header;
} dialect_column;

typedef struct {
    const char *name;
    const dialect_column *columns;
    size_t column_count;
    const char *line_end;
} dialect;

/* The dialect of this name; NULL when there is none. */
const dialect *dialect_find(const char *name);

/* The index-th dialect, from 0; NULL after the last. The first is the default. */
const dialect *dialect_at(size_t index);

/* Index of the column with this header; column_count when there is none. */
size_t dialect_find_column(const dialect *d, const char *header);

#endif
