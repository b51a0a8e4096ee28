/*
 * record.c - finds the needed columns in CSV or JSON lines by name; see record.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "record.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "json.h"

enum column {
    SOURCE,
    DESTINATION,
    SOURCE_PORT,
    DESTINATION_PORT,
    PROTOCOL,
    TIMESTAMP,
    DURATION,
    FORWARD_PACKETS,
    BACKWARD_PACKETS,
    FORWARD_BYTES,
    BACKWARD_BYTES,
    NEEDED_COLUMNS,
    LABEL = NEEDED_COLUMNS,
    COLUMNS
};

/* What the dialects with the Python fork's columns, and those with the Java tool's, call them. */
static const struct {
    const char *python, *java;
} names[COLUMNS] = {
    [SOURCE] = {"src_ip", "Src IP"},
    [DESTINATION] = {"dst_ip", "Dst IP"},
    [SOURCE_PORT] = {"src_port", "Src Port"},
    [DESTINATION_PORT] = {"dst_port", "Dst Port"},
    [PROTOCOL] = {"protocol", "Protocol"},
    [TIMESTAMP] = {"timestamp", "Timestamp"},
    [DURATION] = {"flow_duration", "Flow Duration"},
    [FORWARD_PACKETS] = {"tot_fwd_pkts", "Total Fwd Packet"},
    [BACKWARD_PACKETS] = {"tot_bwd_pkts", "Total Bwd packets"},
    [FORWARD_BYTES] = {"totlen_fwd_pkts", "Total Length of Fwd Packet"},
    [BACKWARD_BYTES] = {"totlen_bwd_pkts", "Total Length of Bwd Packet"},
    [LABEL] = {"label", "label"},
};

#define JAVA_SECONDS_PER_UNIT 1e-6

static const char *const time_forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %I:%M:%S %p"};

struct record_reader {
    gboolean is_csv, is_java, is_utc;
    gboolean has_columns;    /* CSV: the line with the names was read */
    guint position[COLUMNS]; /* CSV: G_MAXUINT when the column is not there */
    GPtrArray *cells;        /* of the last line, CSV */
    GHashTable *object;      /* of the last line, JSON */
};

static gboolean
is_java(const struct options *options)
{
    return g_str_has_prefix(options_text(options, OPT_DIALECT), "java");
}

static const char *
name_of(enum column column, gboolean of_java)
{
    return of_java ? names[column].java : names[column].python;
}

gboolean
record_fields_suffice(const struct options *options, GError **error)
{
    if (*options_text(options, OPT_FIELDS) == '\0')
        return TRUE;
    for (int i = 0; i < NEEDED_COLUMNS; i++) {
        const char *name = name_of(i, is_java(options));
        if (options_has_word(options, OPT_FIELDS, name))
            continue;
        g_set_error(error, options_error_quark(), 0, "--%s needs the column '%s', which --fields leaves out",
                    options_given(options, OPT_SUMMARY) ? "summary" : "plot", name);
        return FALSE;
    }
    return TRUE;
}

struct record_reader *
record_reader_new(const struct options *options)
{
    struct record_reader *reader = g_new0(struct record_reader, 1);
    reader->is_csv = options_given(options, OPT_CSV) > 0;
    reader->is_java = is_java(options);
    reader->is_utc = strcmp(options_text(options, OPT_TIMESTAMP), "local") != 0;
    reader->cells = g_ptr_array_new_with_free_func(g_free);
    return reader;
}

void
record_reader_free(struct record_reader *reader)
{
    if (!reader)
        return;
    g_ptr_array_unref(reader->cells);
    if (reader->object)
        g_hash_table_unref(reader->object);
    g_free(reader);
}

/* One cell from at, up to the comma behind it; a doubled quote inside quotes is a quote. */
static const char *
split_cell(const char *at, const char *end, GString *cell)
{
    gboolean is_quoted = FALSE;
    for (; at < end && (is_quoted || *at != ','); at++) {
        if (*at == '"' && is_quoted && at + 1 < end && at[1] == '"')
            g_string_append_c(cell, *at++);
        else if (*at == '"')
            is_quoted = !is_quoted;
        else
            g_string_append_c(cell, *at);
    }
    return at;
}

static void
split_line(struct record_reader *reader, const char *line, gsize length)
{
    const char *end = line + length;
    g_ptr_array_set_size(reader->cells, 0);
    for (const char *at = line; at <= end; at++) {
        GString *cell = g_string_new(NULL);
        at = split_cell(at, end, cell);
        g_ptr_array_add(reader->cells, g_string_free(cell, FALSE));
    }
}

static void
learn_columns(struct record_reader *reader)
{
    for (int i = 0; i < COLUMNS; i++) {
        const char *name = name_of(i, reader->is_java);
        if (!g_ptr_array_find_with_equal_func(reader->cells, name, g_str_equal, &reader->position[i]))
            reader->position[i] = G_MAXUINT;
    }
    reader->has_columns = TRUE;
}

static const char *
value(const struct record_reader *reader, enum column column)
{
    if (!reader->is_csv)
        return g_hash_table_lookup(reader->object, name_of(column, reader->is_java));
    guint position = reader->position[column];
    return position < reader->cells->len ? g_ptr_array_index(reader->cells, position) : NULL;
}

static double
number(const struct record_reader *reader, enum column column)
{
    return g_ascii_strtod(value(reader, column), NULL);
}

static double
read_time(const struct record_reader *reader)
{
    const char *text = value(reader, TIMESTAMP);
    for (guint i = 0; i < G_N_ELEMENTS(time_forms); i++) {
        struct tm parts = {.tm_isdst = -1};
        const char *rest = strptime(text, time_forms[i], &parts);
        if (!rest)
            continue;
        time_t seconds = reader->is_utc ? timegm(&parts) : mktime(&parts);
        return (double)seconds + (*rest == '.' ? g_ascii_strtod(rest, NULL) : 0);
    }
    char *end;
    double epoch = g_ascii_strtod(text, &end);
    return end > text && *end == '\0' ? epoch : NAN;
}

static gboolean
has_needed(const struct record_reader *reader)
{
    for (int i = 0; i < NEEDED_COLUMNS; i++)
        if (!value(reader, i))
            return FALSE;
    return TRUE;
}

static void
fill(const struct record_reader *reader, struct record *record)
{
    record->source = value(reader, SOURCE);
    record->destination = value(reader, DESTINATION);
    record->label = value(reader, LABEL);
    record->source_port = (int)number(reader, SOURCE_PORT);
    record->destination_port = (int)number(reader, DESTINATION_PORT);
    record->protocol = (int)number(reader, PROTOCOL);
    record->start = read_time(reader);
    record->duration = number(reader, DURATION) * (reader->is_java ? JAVA_SECONDS_PER_UNIT : 1);
    record->packets = (guint64)(number(reader, FORWARD_PACKETS) + number(reader, BACKWARD_PACKETS));
    record->bytes = (guint64)(number(reader, FORWARD_BYTES) + number(reader, BACKWARD_BYTES));
}

static gboolean
read_json(struct record_reader *reader, const char *line, gsize length)
{
    if (reader->object)
        g_hash_table_unref(reader->object);
    reader->object = json_flat(line, length);
    return reader->object != NULL;
}

static gboolean
read_csv(struct record_reader *reader, const char *line, gsize length)
{
    if (length > 0 && line[length - 1] == '\r')
        length--;
    split_line(reader, line, length);
    if (reader->has_columns)
        return TRUE;
    learn_columns(reader);
    return FALSE;
}

gboolean
record_reader_line(struct record_reader *reader, const char *line, gsize length, struct record *record)
{
    gboolean is_row = reader->is_csv ? read_csv(reader, line, length) : read_json(reader, line, length);
    if (!is_row || !has_needed(reader))
        return FALSE;
    fill(reader, record);
    return TRUE;
}
