/*
 * record_cells.h - flow records as typed cells in memory, column by column: what one thread makes of some flows, and
 * another adds to a file's columns.
 *
 * Names that occur twice are left out, as in JSON. Several threads may append with one record_cells: it does not
 * change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RECORD_CELLS_H
#define CICFLOW_RECORD_CELLS_H

#include <glib.h>

#include "record_layout.h"

typedef struct record_cells record_cells;

/* The layout is borrowed and must outlive it. */
record_cells *record_cells_new(const record_layout *layout);
void record_cells_free(record_cells *cells);

size_t record_cells_count(const record_cells *cells);
const char *record_cells_name(const record_cells *cells, size_t index);

/* VALUE_INTEGER, VALUE_REAL, VALUE_TIME, VALUE_TEXT (addresses are texts), VALUE_INTEGERS or VALUE_REALS. */
value_type record_cells_type(const record_cells *cells, size_t index);

/* The most flows that a block has. */
enum { CELL_BLOCK_ROWS = 64 };

/* Appends the cells of flows, which lie in memory so many bytes apart, to a block, which begins empty. */
void record_cells_append(const record_cells *cells, const flow *flows, size_t count, size_t flow_bytes, GString *block);

/* A column's cells. */
typedef struct {
    size_t count;
    uint64_t *numbers; /* the bits of int64_t or double; of a text or list a cell_place; of what is missing anything */
    guint8 *presence;  /* 0 for what is missing, else 1 */
    const char *more;  /* texts, which end with 0, and the numbers of lists, not aligned; of other columns too */
} column_cells;

/* Where a text or list begins, and how many bytes it has. */
typedef struct {
    uint32_t at, bytes;
} cell_place;

static inline cell_place
cell_place_of(uint64_t number)
{
    return (cell_place){(uint32_t)(number >> 32), (uint32_t)number};
}

/* A column's cells in a block, which is not empty, and where the further bytes of all columns are. */
column_cells record_cells_of(const record_cells *cells, const GString *block, size_t index);

/* How many flows a block has; how many bytes are further ones. */
size_t record_cells_rows(const GString *block);
size_t record_cells_more_bytes(const record_cells *cells, const GString *block);

#endif
