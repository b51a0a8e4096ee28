/*
 * record_writer.h - flow records as CSV, JSON lines or Parquet, into a file or standard output.
 *
 * A writer buffers rows and writes them in blocks; Parquet does its own buffering (parquet_writer.h), and is only
 * readable when it is complete. The first error is sticky: it is returned once, and later calls do nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "output_file.h"
#include "record_cells.h"

typedef struct record_writer record_writer;

/* Creates the file (output_file_open()), and for CSV writes the header line. The layout is borrowed and must outlive
 * the writer. NULL with an error that names path and reason. */
record_writer *record_writer_new(const char *path, output_kind kind, record_format format, const record_layout *layout,
                                 GError **error);

/* The same with an open file, which the writer takes over. */
record_writer *record_writer_new_on(output_file *file, record_format format, const record_layout *layout);

/* Adds a flow's record. */
gboolean record_writer_add(record_writer *writer, const flow *f, GError **error);

/* The same in three steps: rows are made of several flows, flow_bytes apart in memory, in any thread; they are added,
 * by one thread at a time; remaining work is done, in any thread. */
enum { RECORD_WRITER_ROWS_MAX = CELL_BLOCK_ROWS };
void record_writer_append(const record_writer *writer, const flow *flows, size_t count, size_t flow_bytes,
                          GString *rows);
gboolean record_writer_add_rows(record_writer *writer, GString *rows, GError **error);
gboolean record_writer_settle(record_writer *writer, GError **error);

/* Records a name and value in the file's metadata, if the format has any. */
void record_writer_note(record_writer *writer, const char *name, const char *value);

/* Writes all buffered rows; for Parquet only complete row groups. */
gboolean record_writer_flush(record_writer *writer, GError **error);

/* Whether a reader may be waiting for the rows: the output is not a regular file. */
bool record_writer_is_stream(const record_writer *writer);

/* Flushes if the output is a stream. */
gboolean record_writer_flush_if_stream(record_writer *writer, GError **error);

/* Writes everything that a complete file needs. */
gboolean record_writer_finish(record_writer *writer, GError **error);

/* Finishes, and gives a whole file its name, but not after an error. The writer can be used further. */
gboolean record_writer_complete(record_writer *writer, GError **error);

/* As output_file_partial(). */
const char *record_writer_partial(const record_writer *writer);

/* The quoted names of the partial files with records, to be freed; NULL if there are none. Writers may be NULL. */
char *record_writers_partial(record_writer *const *writers, size_t count);

/* Adds these names to the message of an error. */
void record_writers_explain(record_writer *const *writers, size_t count, GError **error);

/* Flushes and closes, and frees the writer. */
gboolean record_writer_close(record_writer *writer, GError **error);
