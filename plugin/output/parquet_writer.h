/*
 * parquet_writer.h - flow records as an Apache Parquet file.
 *
 * Specification: https://github.com/apache/parquet-format. Integers are INT64, real numbers DOUBLE, times TIMESTAMP
 * (nanoseconds, UTC), addresses and texts UTF-8 with a dictionary, lists LIST; any may be null. Pages are compressed
 * with zstd.
 *
 * Threads share the work: cells are made in any thread (record_cells.h); they are added in their order, one thread at a
 * time, which fills pages; of full pages every thread takes columns and encodes them.
 *
 * Memory is bounded: pages have at most PAGE_ROWS_MAX records, and few wait; a row group, which stays in memory as it
 * will be in the file until it is complete, has at most GROUP_ROWS_MAX. Both end earlier where their values take much
 * room. What is known of a row group at the end of the file takes about 100 bytes a column.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PARQUET_WRITER_H
#define CICFLOW_PARQUET_WRITER_H

#include "output_file.h"
#include "record_cells.h"

enum {
    PARQUET_PAGE_ROWS_MAX = 8192,
    PARQUET_PAGE_BYTES_MAX = 8 * 1024 * 1024,
    PARQUET_GROUP_ROWS_MAX = 16 * PARQUET_PAGE_ROWS_MAX,
    PARQUET_GROUP_BYTES_MAX = 32 * 1024 * 1024
};

typedef struct parquet_writer parquet_writer;

/* The file, to which nobody else writes, and the layout are borrowed and must outlive the writer. */
parquet_writer *parquet_writer_new(output_file *file, const record_layout *layout);
void parquet_writer_free(parquet_writer *writer);

/* What the cells of records are made with. */
const record_cells *parquet_writer_cells(const parquet_writer *writer);

/* Adds a block of them, which is changed. */
void parquet_writer_add(parquet_writer *writer, GString *block);

/* Encodes and writes full pages; to be called after every addition, in any thread. False with the first error, once;
 * nothing is written after it. */
gboolean parquet_writer_settle(parquet_writer *writer, GError **error);

/* Whether there was an error. */
bool parquet_writer_has_failed(parquet_writer *writer);

/* Writes all records and the end of the file, with what is noted: names and values in turn, then NULL. Records that
 * follow take the place of that end, and need another one; on what is no regular file they are an error. */
gboolean parquet_writer_finish(parquet_writer *writer, const char *const *notes, GError **error);

#endif
