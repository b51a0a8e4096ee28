/*
 * parquet_writer.h - flow records as an Apache Parquet file.
 *
 * Specification: https://github.com/apache/parquet-format. Integers are INT64, real numbers DOUBLE, times TIMESTAMP
 * (nanoseconds, UTC), addresses and texts UTF-8 with a dictionary, lists LIST; any may be null. Pages are compressed
 * with zstd.
 *
 * Threads share the work: any thread makes cells (record_cells.h); one thread at a time adds them to pages, in their
 * order; when pages are full, each thread encodes some of their columns.
 *
 * Memory is bounded: a page has at most PAGE_ROWS_MAX records, and few pages wait. A row group has at most
 * GROUP_ROWS_MAX records, and is kept in memory, encoded, until it is complete. Both end earlier if their values are
 * large. The metadata of a row group takes about 100 bytes per column until the end of the file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "output_file.h"
#include "record_cells.h"

enum {
    PARQUET_PAGE_ROWS_MAX = 8192,
    PARQUET_PAGE_BYTES_MAX = 8 * 1024 * 1024,
    PARQUET_GROUP_ROWS_MAX = 16 * PARQUET_PAGE_ROWS_MAX,
    PARQUET_GROUP_BYTES_MAX = 32 * 1024 * 1024
};

typedef struct parquet_writer parquet_writer;

/* The file, which nobody else may write to, and the layout are borrowed and must outlive the writer. */
parquet_writer *parquet_writer_new(output_file *file, const record_layout *layout);
void parquet_writer_free(parquet_writer *writer);

/* For making the cells of records. */
const record_cells *parquet_writer_cells(const parquet_writer *writer);

/* Adds a block of cells, which is modified. */
void parquet_writer_add(parquet_writer *writer, GString *block);

/* Encodes and writes full pages; to be called after every addition, in any thread. False with the first error, once;
 * nothing is written afterwards. */
gboolean parquet_writer_settle(parquet_writer *writer, GError **error);

/* Whether there was an error. */
bool parquet_writer_has_failed(parquet_writer *writer);

/* Writes all records and the footer, with these notes as key-value metadata: names and values in turn, then NULL.
 * Records added later overwrite the footer, so another one is needed; if the file is not regular that is an error. */
gboolean parquet_writer_finish(parquet_writer *writer, const char *const *notes, GError **error);
