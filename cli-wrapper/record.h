/* record.h - the few values of a written record that the summary and the plot need, whatever the format and dialect. */
#ifndef CICFLOWMETER_RECORD_H
#define CICFLOWMETER_RECORD_H

#include "options.h"

struct record {
    const char *source, *destination;
    int source_port, destination_port, protocol;
    double start;    /* seconds since 1970; NAN when the timestamp cannot be read */
    double duration; /* seconds */
    guint64 packets, bytes;
};

struct record_reader;

/* One for each stream of records: it learns the columns from the stream's first line. */
struct record_reader *record_reader_new(const struct options *options);
void record_reader_free(struct record_reader *reader);

/* Whether the line (without its end) is a record; its texts live until the next call. */
gboolean record_reader_line(struct record_reader *reader, const char *line, gsize length, struct record *record);

/* The first needed column that the stream does not have, or NULL. */
const char *record_reader_missing(const struct record_reader *reader);

#endif
