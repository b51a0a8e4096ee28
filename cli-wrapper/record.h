/*
 * record.h - the few values of a written record that the summary and the plot need, whatever the format and dialect.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_RECORD_H
#define CICFLOWMETER_RECORD_H

#include "options.h"

struct record {
    const char *source, *destination;
    const char *label; /* NULL: the records have no label column */
    int source_port, destination_port, protocol;
    double start;    /* seconds since 1970; NAN when the timestamp cannot be read */
    double duration; /* seconds */
    guint64 packets, bytes;
};

/* Whether the columns that --fields asks for are enough; else one line that names the first one missing. */
gboolean record_fields_suffice(const struct options *options, GError **error);

struct record_reader;

/* One for each stream of records: a CSV stream begins with the names of its columns. */
struct record_reader *record_reader_new(const struct options *options);
void record_reader_free(struct record_reader *reader);

/* Whether the line (without its end) is a record; its texts live until the next call. */
gboolean record_reader_line(struct record_reader *reader, const char *line, gsize length, struct record *record);

#endif
