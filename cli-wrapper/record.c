/*
 * record.c - finds the needed columns in CSV or JSON lines by the names that the dialect gives them; see record.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "record.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "flow/dialect.h"
#include "json.h"
#include "output/timestamp.h"

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

static const feature_id needed_features[NEEDED_COLUMNS] = {
    [SOURCE] = FEATURE_SRC_IP,
    [DESTINATION] = FEATURE_DST_IP,
    [SOURCE_PORT] = FEATURE_SRC_PORT,
    [DESTINATION_PORT] = FEATURE_DST_PORT,
    [PROTOCOL] = FEATURE_PROTOCOL,
    [TIMESTAMP] = FEATURE_TIMESTAMP,
    [DURATION] = FEATURE_FLOW_DURATION,
    [FORWARD_PACKETS] = FEATURE_TOT_FWD_PKTS,
    [BACKWARD_PACKETS] = FEATURE_TOT_BWD_PKTS,
    [FORWARD_BYTES] = FEATURE_TOTLEN_FWD_PKTS,
    [BACKWARD_BYTES] = FEATURE_TOTLEN_BWD_PKTS,
};

/* The dialects of the Java tool count in microseconds. */
#define JAVA_SECONDS_PER_UNIT 1e-6

/* How times are read back, by timestamp_form; a fraction of the second may follow. */
static const struct {
    const char *pattern; /* NULL: seconds since 1970 */
    gboolean is_utc;
} time_forms[] = {
    [TIMESTAMP_LOCAL] = {"%Y-%m-%d %H:%M:%S", FALSE},
    [TIMESTAMP_UTC] = {"%Y-%m-%d %H:%M:%S", TRUE},
    [TIMESTAMP_ISO8601] = {"%Y-%m-%dT%H:%M:%S", TRUE},
    [TIMESTAMP_EPOCH] = {NULL, TRUE},
    [TIMESTAMP_LOCAL_12_HOURS] = {"%d/%m/%Y %I:%M:%S %p", FALSE},
    [TIMESTAMP_UTC_FRACTION] = {"%Y-%m-%d %H:%M:%S", TRUE},
};

struct record_reader {
    gboolean is_csv;
    const char *names[COLUMNS]; /* as the dialect calls them; NULL: not there */
    timestamp_form form;
    double seconds_per_unit;
    gboolean has_columns;    /* CSV: the line with the names was read */
    guint position[COLUMNS]; /* CSV: G_MAXUINT when the column is not there */
    GPtrArray *cells;        /* of the last line, CSV */
    GHashTable *object;      /* of the last line, JSON */
};

/* What does not go together with the dialect is the plugin's to refuse. */
static const dialect *
dialect_of(const struct options *options)
{
    const dialect *d = dialect_find(options_text(options, OPT_DIALECT));
    const dialect *renamed = dialect_with_columns(d, options_text(options, OPT_COLUMNS));
    return renamed ? renamed : d;
}

static const char *
header_of(const dialect *d, feature_id feature)
{
    for (size_t i = 0; i < d->column_count; i++)
        if (d->columns[i].feature == feature)
            return d->columns[i].header;
    return NULL;
}

static gboolean
has_field(const dialect *d, char **fields, feature_id feature)
{
    for (char **field = fields; *field; field++) {
        size_t column = dialect_find_column(d, g_strstrip(*field));
        if (column < d->column_count && d->columns[column].feature == feature)
            return TRUE;
    }
    return FALSE;
}

gboolean
record_fields_suffice(const struct options *options, GError **error)
{
    const dialect *d = dialect_of(options);
    const char *wanted = options_text(options, OPT_FIELDS);
    char **fields = g_strsplit(wanted, ",", -1);
    const char *missing = NULL;
    for (int i = 0; *wanted && !missing && i < NEEDED_COLUMNS; i++)
        if (!has_field(d, fields, needed_features[i]))
            missing = header_of(d, needed_features[i]);
    if (missing)
        g_set_error(error, options_error_quark(), 0, "--%s needs the column '%s', which --fields leaves out",
                    options_given(options, OPT_SUMMARY) ? "summary" : "plot", missing + strspn(missing, " "));
    g_strfreev(fields);
    return !missing;
}

static timestamp_form
form_of(const dialect *d, const char *name)
{
    timestamp_form form = TIMESTAMP_LOCAL;
    while (form + 1 < TIMESTAMP_CHOICES && strcmp(name, timestamp_form_names[form]) != 0)
        form++;
    return form == TIMESTAMP_LOCAL ? d->local_timestamp : form;
}

struct record_reader *
record_reader_new(const struct options *options)
{
    const dialect *d = dialect_of(options);
    struct record_reader *reader = g_new0(struct record_reader, 1);
    reader->is_csv = options_given(options, OPT_CSV) > 0;
    for (int i = 0; i < NEEDED_COLUMNS; i++)
        reader->names[i] = header_of(d, needed_features[i]);
    if (options_given(options, OPT_LABEL) || options_given(options, OPT_LABELS))
        reader->names[LABEL] = d->label_header ? d->label_header : "label";
    reader->form = form_of(d, options_text(options, OPT_TIMESTAMP));
    reader->seconds_per_unit = g_str_has_prefix(d->name, "java") ? JAVA_SECONDS_PER_UNIT : 1;
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
        const char *name = reader->names[i];
        if (!name || !g_ptr_array_find_with_equal_func(reader->cells, name, g_str_equal, &reader->position[i]))
            reader->position[i] = G_MAXUINT;
    }
    reader->has_columns = TRUE;
}

static const char *
value(const struct record_reader *reader, enum column column)
{
    if (!reader->is_csv)
        return reader->names[column] ? g_hash_table_lookup(reader->object, reader->names[column]) : NULL;
    guint position = reader->position[column];
    return position < reader->cells->len ? g_ptr_array_index(reader->cells, position) : NULL;
}

static double
number(const struct record_reader *reader, enum column column)
{
    return g_ascii_strtod(value(reader, column), NULL);
}

static double
read_epoch(const char *text)
{
    char *end;
    double epoch = g_ascii_strtod(text, &end);
    return end > text && *end == '\0' ? epoch : NAN;
}

static double
read_time(const struct record_reader *reader)
{
    const char *text = value(reader, TIMESTAMP);
    const char *pattern = time_forms[reader->form].pattern;
    if (!pattern)
        return read_epoch(text);
    struct tm parts = {.tm_isdst = -1};
    const char *rest = strptime(text, pattern, &parts);
    if (!rest)
        return NAN;
    time_t seconds = time_forms[reader->form].is_utc ? timegm(&parts) : mktime(&parts);
    return (double)seconds + (*rest == '.' ? g_ascii_strtod(rest, NULL) : 0);
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
    record->duration = number(reader, DURATION) * reader->seconds_per_unit;
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
