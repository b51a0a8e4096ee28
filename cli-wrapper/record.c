/* record.c - finds the needed columns in CSV or JSON lines by name. */
#define _GNU_SOURCE
#include "record.h"

#include "json.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum needed {
    SOURCE, DESTINATION, SOURCE_PORT, DESTINATION_PORT, PROTOCOL, TIMESTAMP, DURATION, FORWARD_PACKETS, BACKWARD_PACKETS,
    FORWARD_BYTES, BACKWARD_BYTES, NEEDED_COUNT
};

/* What the dialects with the fork's columns, and those with the Java tool's, call them. */
static const struct { const char *fork, *java; } names[NEEDED_COUNT] = {
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
};

#define JAVA_SECONDS_PER_UNIT 1e-6

static const char *const time_forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %I:%M:%S %p"};

struct record_reader {
    gboolean is_csv, is_java, is_utc;
    gboolean has_columns;
    int column[NEEDED_COUNT]; /* CSV: position; JSON: 0 when there; -1: not there */
    GPtrArray *cells;
    GHashTable *object;
};

struct record_reader *record_reader_new(const struct options *options)
{
    struct record_reader *reader = g_new0(struct record_reader, 1);
    reader->is_csv = options_given(options, OPT_CSV) > 0;
    reader->is_java = g_str_has_prefix(options_text(options, OPT_DIALECT), "java");
    reader->is_utc = strcmp(options_text(options, OPT_TIMESTAMP), "local") != 0;
    reader->cells = g_ptr_array_new_with_free_func(g_free);
    return reader;
}

void record_reader_free(struct record_reader *reader)
{
    if (!reader)
        return;
    g_ptr_array_unref(reader->cells);
    if (reader->object)
        g_hash_table_unref(reader->object);
    g_free(reader);
}

static const char *name_of(const struct record_reader *reader, int needed)
{
    return reader->is_java ? names[needed].java : names[needed].fork;
}

const char *record_reader_missing(const struct record_reader *reader)
{
    for (int i = 0; reader->has_columns && i < NEEDED_COUNT; i++)
        if (reader->column[i] < 0)
            return name_of(reader, i);
    return NULL;
}

/* One cell from at; a doubled quote inside quotes is a quote. */
static const char *split_cell(const char *at, const char *end, GString *cell)
{
    gboolean quoted = FALSE;
    for (; at < end && (quoted || *at != ','); at++) {
        if (*at == '"' && quoted && at + 1 < end && at[1] == '"')
            g_string_append_c(cell, *at++);
        else if (*at == '"')
            quoted = !quoted;
        else
            g_string_append_c(cell, *at);
    }
    return at;
}

static void split_csv(struct record_reader *reader, const char *line, gsize length)
{
    const char *end = line + length;
    g_ptr_array_set_size(reader->cells, 0);
    for (const char *at = line; at <= end; at++) {
        GString *cell = g_string_new(NULL);
        at = split_cell(at, end, cell);
        g_ptr_array_add(reader->cells, g_string_free(cell, FALSE));
    }
}

static void learn_csv(struct record_reader *reader)
{
    for (int i = 0; i < NEEDED_COUNT; i++) {
        guint position;
        gboolean found = g_ptr_array_find_with_equal_func(reader->cells, name_of(reader, i), g_str_equal, &position);
        reader->column[i] = found ? (int)position : -1;
    }
    reader->has_columns = TRUE;
}

static void learn_json(struct record_reader *reader)
{
    for (int i = 0; i < NEEDED_COUNT; i++)
        reader->column[i] = g_hash_table_contains(reader->object, name_of(reader, i)) ? 0 : -1;
    reader->has_columns = TRUE;
}

static const char *value(const struct record_reader *reader, enum needed needed)
{
    if (!reader->is_csv)
        return g_hash_table_lookup(reader->object, name_of(reader, needed));
    return (guint)reader->column[needed] < reader->cells->len ? g_ptr_array_index(reader->cells, reader->column[needed]) : NULL;
}

static double number(const struct record_reader *reader, enum needed needed)
{
    const char *text = value(reader, needed);
    return text ? g_ascii_strtod(text, NULL) : 0;
}

static double read_time(const struct record_reader *reader)
{
    const char *text = value(reader, TIMESTAMP);
    for (guint i = 0; text && i < G_N_ELEMENTS(time_forms); i++) {
        struct tm parts = {.tm_isdst = -1};
        const char *rest = strptime(text, time_forms[i], &parts);
        if (rest)
            return (double)(reader->is_utc ? timegm(&parts) : mktime(&parts)) + (*rest == '.' ? g_ascii_strtod(rest, NULL) : 0);
    }
    char *end = NULL;
    double epoch = text ? g_ascii_strtod(text, &end) : NAN;
    return text && end > text && !*end ? epoch : NAN;
}

static void fill(const struct record_reader *reader, struct record *record)
{
    record->source = value(reader, SOURCE);
    record->destination = value(reader, DESTINATION);
    record->source_port = (int)number(reader, SOURCE_PORT);
    record->destination_port = (int)number(reader, DESTINATION_PORT);
    record->protocol = (int)number(reader, PROTOCOL);
    record->start = read_time(reader);
    record->duration = number(reader, DURATION) * (reader->is_java ? JAVA_SECONDS_PER_UNIT : 1);
    record->packets = (guint64)(number(reader, FORWARD_PACKETS) + number(reader, BACKWARD_PACKETS));
    record->bytes = (guint64)(number(reader, FORWARD_BYTES) + number(reader, BACKWARD_BYTES));
}

static gboolean read_json(struct record_reader *reader, const char *line, gsize length)
{
    if (reader->object)
        g_hash_table_unref(reader->object);
    reader->object = json_flat(line, length);
    if (reader->object && !reader->has_columns)
        learn_json(reader);
    return reader->object != NULL;
}

static gboolean read_csv(struct record_reader *reader, const char *line, gsize length)
{
    if (length && line[length - 1] == '\r')
        length--;
    split_csv(reader, line, length);
    if (reader->has_columns)
        return TRUE;
    learn_csv(reader);
    return FALSE;
}

gboolean record_reader_line(struct record_reader *reader, const char *line, gsize length, struct record *record)
{
    gboolean is_record = reader->is_csv ? read_csv(reader, line, length) : read_json(reader, line, length);
    if (!is_record || record_reader_missing(reader))
        return FALSE;
    fill(reader, record);
    return TRUE;
}
