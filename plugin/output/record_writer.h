/*
 * record_writer.h - flow records as CSV, JSON lines or Parquet, into a file or standard output.
 *
 * A writer collects rows in memory and hands them to the system in blocks; Parquet has its own (parquet_writer.h), and
 * is readable when it is complete. The first error sticks: it is returned once, nothing more is written, and later
 * calls do nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RECORD_WRITER_H
#define CICFLOW_RECORD_WRITER_H

#include <glib.h>

#include "output_file.h"
#include "record_cells.h"

typedef struct record_writer record_writer;

/* Creates the file (output_file_open()) and begins it, CSV with the header line. The layout is borrowed and must
 * outlive the writer. NULL with an error that names path and reason. */
record_writer *record_writer_new(const char *path, output_kind kind, record_format format, const record_layout *layout,
                                 GError **error);

/* The same with a file that is open, which is the writer's from now on. */
record_writer *record_writer_new_on(output_file *file, record_format format, const record_layout *layout);

/* Adds a flow's record. */
gboolean record_writer_add(record_writer *writer, const flow *f, GError **error);

/* The same in three steps: rows are made, in any thread, of so many flows, which lie in memory so many bytes apart;
 * they are added, one thread at a time; what that leaves to do is done, in any thread. */
enum { RECORD_WRITER_ROWS_MAX = CELL_BLOCK_ROWS };
void record_writer_append(const record_writer *writer, const flow *flows, size_t count, size_t flow_bytes,
                          GString *rows);
gboolean record_writer_add_rows(record_writer *writer, GString *rows, GError **error);
gboolean record_writer_settle(record_writer *writer, GError **error);

/* Has the file say, if it can say something of itself, what the name means. */
void record_writer_note(record_writer *writer, const char *name, const char *value);

/* Hands all to the system; but Parquet only what is ready. */
gboolean record_writer_flush(record_writer *writer, GError **error);

/* Whether somebody may be waiting for the rows: the output is not a regular file. */
bool record_writer_is_stream(const record_writer *writer);

/* Like flush, but only then. */
gboolean record_writer_flush_if_stream(record_writer *writer, GError **error);

/* Writes all that the file has to have before it is complete. */
gboolean record_writer_finish(record_writer *writer, GError **error);

/* Finishes, and gives a whole file its name; not after an error. The writer can go on. */
gboolean record_writer_complete(record_writer *writer, GError **error);

/* output_file_partial() */
const char *record_writer_partial(const record_writer *writer);

/* The names, in quotes, of where the records of those that are not complete are, to be freed; NULL: of none. Writers
 * may be NULL. */
char *record_writers_partial(record_writer *const *writers, size_t count);

/* Adds these names to the message of an error. */
void record_writers_explain(record_writer *const *writers, size_t count, GError **error);

/* Flushes and closes, and frees the writer. */
gboolean record_writer_close(record_writer *writer, GError **error);

#endif
