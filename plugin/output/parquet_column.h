/*
 * parquet_column.h - a column of a row group of a Parquet file, from cells to bytes: pages, dictionary, statistics.
 *
 * Texts are dictionary-encoded. So are numbers while few of them are distinct; after that they are PLAIN.
 * Specification: https://github.com/apache/parquet-format (Encodings.md; LogicalTypes.md for lists; parquet.thrift).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "record_cells.h"
#include "thrift.h"

typedef struct parquet_column parquet_column;

/* Buffers of a thread that makes pages, for any column. */
typedef struct parquet_workshop parquet_workshop;
parquet_workshop *parquet_workshop_new(void);
void parquet_workshop_free(parquet_workshop *workshop);

/* An empty column of that type (record_cells_type()). The name is borrowed. */
parquet_column *parquet_column_new(const char *name, value_type type);
void parquet_column_free(parquet_column *column);

/* Adds a page of these cells; their numbers have to be aligned. */
void parquet_column_add_page(parquet_column *column, const column_cells *cells, parquet_workshop *workshop);

/* Number of bytes that wait to be written. */
size_t parquet_column_bytes(const parquet_column *column);

/* Appends everything added to `out`, which will be at that file offset, writes its ColumnChunk to t, and empties the
 * column. Returns the size without compression. */
uint64_t parquet_column_end(parquet_column *column, uint64_t offset, parquet_workshop *workshop, GByteArray *out,
                            thrift *t);
