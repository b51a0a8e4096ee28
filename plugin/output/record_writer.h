/*
 * record_writer.h - flow records as lines of text, CSV or JSON, into a file or standard output.
 *
 * A writer collects rows in memory and hands them to the system in blocks. The first error sticks: it is returned once,
 * nothing more is written, and later calls do nothing. No output depends on the locale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RECORD_WRITER_H
#define CICFLOW_RECORD_WRITER_H

#include <glib.h>

#include "../flow/dialect.h"
#include "timestamp.h"

typedef enum { RECORD_CSV, RECORD_JSON_LINES } record_format;

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

typedef struct record_writer record_writer;

/* Creates (or empties) the file and begins it, CSV with the header line; "-" is standard output. The layout is
 * borrowed and must outlive the writer. NULL with an error that names path and reason. */
record_writer *record_writer_new(const char *path, record_format format, const record_layout *layout, GError **error);

/* Adds a flow's record. */
gboolean record_writer_add(record_writer *writer, const flow *f, GError **error);

/* Hands all to the system. */
gboolean record_writer_flush(record_writer *writer, GError **error);

/* Like flush, but only when somebody may be waiting for the rows: the output is not a regular file. */
gboolean record_writer_flush_if_stream(record_writer *writer, GError **error);

/* Flushes and closes, and frees the writer. */
gboolean record_writer_close(record_writer *writer, GError **error);

#endif
