/*
 * record_cells.h - flow records as rows of typed cells in memory: what one thread makes of flows, and another puts into
 * columns.
 *
 * Names that occur twice are left out, as in JSON. Several threads may append with one record_cells: it does not
 * change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RECORD_CELLS_H
#define CICFLOW_RECORD_CELLS_H

#include <glib.h>
#include <string.h>

#include "record_layout.h"

typedef struct record_cells record_cells;

/* The layout is borrowed and must outlive it. */
record_cells *record_cells_new(const record_layout *layout);
void record_cells_free(record_cells *cells);

size_t record_cells_count(const record_cells *cells);
const char *record_cells_name(const record_cells *cells, size_t index);

/* VALUE_INTEGER, VALUE_REAL, VALUE_TIME, VALUE_TEXT (addresses are texts), VALUE_INTEGERS or VALUE_REALS. */
value_type record_cells_type(const record_cells *cells, size_t index);

/* Appends a flow's row. */
void record_cells_append(const record_cells *cells, const flow *f, GString *rows);

/* A row that is read. Its cells are read in their order. */
typedef struct {
    const char *numbers, *presence, *more; /* see record_cells.c */
} record_row;

/* The row that begins there. */
record_row record_row_at(const record_cells *cells, const char *at);

/* How many bytes it has; the next one begins after them. */
size_t record_row_bytes(const char *at);

static inline bool
record_row_has(const record_row *row, size_t index)
{
    return row->presence[index];
}

/* The bits of a number (int64_t or double). */
static inline uint64_t
record_row_bits(const record_row *row, size_t index)
{
    uint64_t bits;
    memcpy(&bits, row->numbers + index * sizeof bits, sizeof bits);
    return bits;
}

/* A text. */
static inline const char *
record_row_text(record_row *row, size_t index)
{
    const char *text = row->more;
    row->more += record_row_bits(row, index);
    return text;
}

/* The bits of a list's numbers, one after the other but not aligned. */
static inline const char *
record_row_list(record_row *row, size_t index, size_t *count)
{
    const char *list = row->more;
    *count = record_row_bits(row, index);
    row->more += *count * sizeof(uint64_t);
    return list;
}

#endif
