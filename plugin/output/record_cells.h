/*
 * record_cells.h - flow records as typed cells in memory, column by column: made by one thread, and added to a file's
 * columns by another.
 *
 * A repeated column name is left out, as in JSON. Several threads may use one record_cells, which is immutable.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

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

/* The most flows in a block. */
enum { CELL_BLOCK_ROWS = 64 };

/* Appends the cells of flows, which are flow_bytes apart in memory, to a block, which has to be empty at first. */
void record_cells_append(const record_cells *cells, const flow *flows, size_t count, size_t flow_bytes, GString *block);

/* The cells of a column. */
typedef struct {
    size_t count;
    uint64_t *numbers; /* the bits of an int64_t or double; for a text or list a cell_place; undefined if missing */
    guint8 *presence;  /* 0 if missing, else 1 */
    const char *more;  /* NUL-terminated texts and the unaligned numbers of lists, of all columns */
} column_cells;

/* Offset and length in bytes of a text or list. */
typedef struct {
    uint32_t at, bytes;
} cell_place;

static inline cell_place
cell_place_of(uint64_t number)
{
    return (cell_place){(uint32_t)(number >> 32), (uint32_t)number};
}

/* The cells of a column in a block that is not empty, and the texts and lists of all columns. */
column_cells record_cells_of(const record_cells *cells, const GString *block, size_t index);

/* The number of flows in a block; the number of bytes of texts and lists. */
size_t record_cells_rows(const GString *block);
size_t record_cells_more_bytes(const record_cells *cells, const GString *block);
