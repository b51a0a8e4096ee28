/*
 * made_file.c - writes a Parquet file with several row groups and values of every type that a column can have.
 *
 * The values of record i, from 0, are simple functions of i, so that a test in another language can compute them anew;
 * readers.py does.
 *
 * usage: parquet-made-file PATH RECORDS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "output/record_writer.h"

enum { LIST_MAX = 6 };

static char text[64];

/* Negative and positive; missing in every fifth record. */
static feature_value
get_integer(const flow *f, feature_id feature G_GNUC_UNUSED)
{
    if (f->id % 5 == 0)
        return (feature_value){.type = VALUE_MISSING};
    return (feature_value){.type = VALUE_INTEGER, .integer = ((int64_t)f->id - 1000) * INT64_C(1000000007)};
}

/* What has no order is among them. */
static feature_value
get_real(const flow *f, feature_id feature G_GNUC_UNUSED)
{
    if (f->id % 7 == 0)
        return (feature_value){.type = VALUE_REAL, .real = NAN};
    if (f->id % 7 == 1)
        return (feature_value){.type = VALUE_INTEGER, .integer = -1};
    return (feature_value){.type = VALUE_REAL, .real = (double)f->id / 8};
}

static feature_value
get_time(const flow *f, feature_id feature G_GNUC_UNUSED)
{
    return (feature_value){.type = VALUE_TIME, .time_ns = INT64_C(1700000000123456789) + (int64_t)f->id};
}

static feature_value
text_of(const char *format, unsigned number)
{
    g_snprintf(text, sizeof text, format, number);
    return (feature_value){.type = VALUE_TEXT, .text = text};
}

static feature_value
get_repeated_text(const flow *f, feature_id feature G_GNUC_UNUSED)
{
    return text_of(f->id % 11 == 0 ? "" : "t\xc3\xa4xt, \"%u\"", (unsigned)(f->id % 300));
}

static feature_value
get_unique_text(const flow *f, feature_id feature G_GNUC_UNUSED)
{
    return text_of("%u", (unsigned)f->id);
}

static feature_value
get_constant_text(const flow *f G_GNUC_UNUSED, feature_id feature G_GNUC_UNUSED)
{
    return (feature_value){.type = VALUE_TEXT, .text = "constant"};
}

static feature_value
get_no_text(const flow *f G_GNUC_UNUSED, feature_id feature G_GNUC_UNUSED)
{
    return (feature_value){.type = VALUE_TEXT, .text = NULL};
}

static feature_value
integer_at(const void *elements, unsigned index)
{
    return (feature_value){.type = VALUE_INTEGER, .integer = (int64_t)((const flow *)elements)->id - index * index};
}

static feature_value
real_at(const void *elements, unsigned index)
{
    return (feature_value){.type = VALUE_REAL, .real = (double)((const flow *)elements)->id / (1U << index)};
}

/* As many as the record's number says, from 0; missing where that would be the most. */
static feature_value
list_of(const flow *f, value_type type, feature_value (*at)(const void *, unsigned))
{
    unsigned count = (unsigned)(f->id % (LIST_MAX + 1));

    if (count == LIST_MAX)
        return (feature_value){.type = VALUE_MISSING};
    return (feature_value){.type = type, .list = {f, count, at}};
}

static feature_value
get_integers(const flow *f, feature_id feature G_GNUC_UNUSED)
{
    return list_of(f, VALUE_INTEGERS, integer_at);
}

static feature_value
get_reals(const flow *f, feature_id feature G_GNUC_UNUSED)
{
    return list_of(f, VALUE_REALS, real_at);
}

static dialect_column columns[] = {
    {FEATURE_NONE, "integer", get_integer, TYPE_INTEGER},
    {FEATURE_NONE, "real", get_real, TYPE_REAL},
    {FEATURE_TIMESTAMP, "time", get_time, TYPE_OF_FEATURE},
    {FEATURE_NONE, "repeated text", get_repeated_text, TYPE_TEXT},
    {FEATURE_NONE, "unique text", get_unique_text, TYPE_TEXT},
    {FEATURE_NONE, "constant text", get_constant_text, TYPE_TEXT},
    {FEATURE_NONE, "no text", get_no_text, TYPE_TEXT},
    {FEATURE_NONE, "integers", get_integers, TYPE_INTEGERS},
    {FEATURE_NONE, "reals", get_reals, TYPE_REALS},
};

int
main(int argc, char **argv)
{
    const record_layout layout = {.columns = columns,
                                  .column_count = G_N_ELEMENTS(columns),
                                  .label_column = G_N_ELEMENTS(columns),
                                  .dialect = dialect_at(0)};
    GError *error = NULL;
    flow f = {.id = 0};

    if (argc != 3) {
        fputs("usage: parquet-made-file PATH RECORDS\n", stderr);
        return 2;
    }
    record_writer *writer = record_writer_new(argv[1], OUTPUT_WHOLE, RECORD_PARQUET, &layout, &error);
    bool ok = writer != NULL;
    uint64_t records = strtoull(argv[2], NULL, 10);

    for (f.id = 0; ok && f.id < records; f.id++)
        ok = record_writer_add(writer, &f, &error);
    if (ok)
        record_writer_note(writer, "made by", "made_file.c");
    ok = ok && record_writer_complete(writer, &error);
    if (writer && !record_writer_close(writer, ok ? &error : NULL))
        ok = false;
    if (!ok)
        fprintf(stderr, "parquet-made-file: %s\n", error->message);
    return ok ? 0 : 1;
}
