/*
 * record_text.c - flow records as text; see record_text.h.
 *
 * Room for a row is reserved in advance: a record has many short values, and growing the buffer for each would cost
 * more than writing it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_text.h"

#include <math.h>
#include <string.h>

#include "address_text.h"
#include "json_text.h"
#include "number.h"

/* Room for any value except texts and lists. */
enum { VALUE_BYTES_MAX = 64 };
_Static_assert((int)NUMBER_BYTES_MAX < (int)VALUE_BYTES_MAX, "numbers fit");
_Static_assert((int)TIMESTAMP_BYTES_MAX < (int)VALUE_BYTES_MAX, "timestamps fit");
_Static_assert((int)ADDRESS_TEXT_BYTES_MAX < (int)VALUE_BYTES_MAX, "addresses fit");

/* Copying a constant number of bytes needs no function call. */
enum { LEAD_BYTES = 32 };

/* A value and the text before it: a comma, and in JSON also the key. */
typedef struct {
    feature_getter *get;
    feature_id feature;
    size_t index; /* index in the layout */
    size_t lead_count;
    char *lead; /* at least LEAD_BYTES bytes long */
} cell;

struct record_text {
    record_format format;
    const record_layout *layout;
    cell *cells; /* in JSON without repeated names */
    size_t cell_count;
    size_t row_bytes; /* size of a row without its texts */
};

void
text_append_quoted(GString *block, const char *text, char quote)
{
    g_string_append_c(block, quote);
    for (const char *c = text; *c; c++) {
        if (*c == quote)
            g_string_append_c(block, quote);
        g_string_append_c(block, *c);
    }
    g_string_append_c(block, quote);
}

static bool
needs_quotes(const char *text)
{
    return strpbrk(text, ",\"\r\n") != NULL;
}

static void
append_csv_text(GString *block, const char *text)
{
    if (!needs_quotes(text)) {
        g_string_append(block, text);
        return;
    }
    text_append_quoted(block, text, '"');
}

/* Writes a missing value: an empty cell in CSV. */
static char *
put_missing(const record_text *text, char *out)
{
    if (text->format == RECORD_CSV)
        return out;
    memcpy(out, "null", 4); /* NOLINT(bugprone-not-null-terminated-result): the caller goes by the size */
    return out + 4;
}

/* JSON cannot represent infinity or NaN. */
static inline char *
put_real(const record_text *text, double value, number_memory *memory, char *out)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits == 0) {
        memcpy(out, "0.0", sizeof "0.0");
        return out + 3;
    }
    if (text->format == RECORD_JSON_LINES && !isfinite(value))
        return put_missing(text, out);
    return out + number_write_repeated(out, value, text->layout->dialect->numbers, memory);
}

/* Writes text that needs no escapes. */
static char *
put_plain(const record_text *text, const feature_value *value, char *out)
{
    bool quoted = text->format == RECORD_JSON_LINES;

    if (quoted)
        *out++ = '"';
    out += value->type == VALUE_TIME ? timestamp_write(out, value->time_ns, text->layout->timestamp)
                                     : address_text_write(out, value);
    if (quoted)
        *out++ = '"';
    return out;
}

/* Writes an integer or real number. Fast for 0 and single digits, which are common. */
static inline char *
put_number(const record_text *text, const feature_value *value, number_memory *memory, char *out)
{
    if (value->type == VALUE_INTEGER) {
        *out = (char)('0' + value->integer);
        return (uint64_t)value->integer < 10 ? out + 1 : out + number_write_integer(out, value->integer);
    }
    return put_real(text, value->real, memory, out);
}

/* The value of the label's column, which the layout has. */
static feature_value
get_nothing(const flow *f G_GNUC_UNUSED, feature_id feature G_GNUC_UNUSED)
{
    return (feature_value){.type = VALUE_MISSING};
}

static void
add_cell(record_text *text, size_t index)
{
    const record_layout *layout = text->layout;
    GString *lead = g_string_new(text->cell_count > 0 ? "," : "");
    cell *c = &text->cells[text->cell_count++];

    if (text->format == RECORD_JSON_LINES) {
        json_append_text(lead, record_layout_header(layout, index));
        g_string_append_c(lead, ':');
    }
    c->index = index;
    c->get = get_nothing;
    if (index != layout->label_column) {
        c->get = dialect_column_getter(&layout->columns[index]);
        c->feature = layout->columns[index].feature;
    }
    c->lead_count = lead->len;
    g_string_set_size(lead, MAX(lead->len, LEAD_BYTES));
    c->lead = g_string_free(lead, FALSE);
    text->row_bytes += c->lead_count + LEAD_BYTES + VALUE_BYTES_MAX;
}

record_text *
record_text_new(record_format format, const record_layout *layout)
{
    record_text *text = g_new0(record_text, 1);
    size_t width = record_layout_width(layout);

    text->format = format;
    text->layout = layout;
    text->cells = g_new0(cell, width);
    for (size_t i = 0; i < width; i++) {
        if (format == RECORD_CSV || !record_layout_repeats(layout, i))
            add_cell(text, i);
    }
    return text;
}

void
record_text_free(record_text *text)
{
    if (!text)
        return;
    for (size_t i = 0; i < text->cell_count; i++)
        g_free(text->cells[i].lead);
    g_free(text->cells);
    g_free(text);
}

void
record_text_append_header(const record_text *text, GString *block)
{
    if (text->format != RECORD_CSV)
        return;
    for (const cell *c = text->cells; c < text->cells + text->cell_count; c++) {
        g_string_append_len(block, c->lead, (gssize)c->lead_count);
        append_csv_text(block, record_layout_header(text->layout, c->index));
    }
    g_string_append(block, text->layout->dialect->line_end);
}

/* Reserves room for a row at the end of the block, and returns its start. */
static char *
begin_writing(const record_text *text, GString *block)
{
    gsize length = block->len;
    g_string_set_size(block, length + text->row_bytes);
    return block->str + length;
}

static void
end_writing(GString *block, const char *out)
{
    g_string_truncate(block, (gsize)(out - block->str));
}

static char *
put_text(const record_text *text, GString *block, const char *value, char *out)
{
    end_writing(block, out);
    if (text->format == RECORD_CSV)
        append_csv_text(block, value);
    else
        json_append_text(block, value);
    return begin_writing(text, block);
}

/* Both formats write a list as in JSON; in CSV it contains commas, so it is quoted. */
static char *
put_list(const record_text *text, GString *block, const feature_value *list, number_memory *memory, char *out)
{
    const char *quote = text->format == RECORD_CSV ? "\"" : "";
    char element[VALUE_BYTES_MAX];

    end_writing(block, out);
    g_string_append_printf(block, "%s[", quote);
    for (unsigned i = 0; i < list->list.count; i++) {
        feature_value value = feature_value_element(list, i);
        if (i > 0)
            g_string_append_c(block, ',');
        g_string_append_len(block, element, put_number(text, &value, memory, element) - element);
    }
    g_string_append_printf(block, "]%s", quote);
    return begin_writing(text, block);
}

static char *
put_value(const record_text *text, GString *block, const feature_value *value, number_memory *memory, char *out)
{
    switch (value->type) {
    case VALUE_INTEGER:
    case VALUE_REAL:
        return put_number(text, value, memory, out);
    case VALUE_TIME:
    case VALUE_ADDRESS:
        return put_plain(text, value, out);
    case VALUE_TEXT:
        return put_text(text, block, value->text, out);
    case VALUE_INTEGERS:
    case VALUE_REALS:
        return put_list(text, block, value, memory, out);
    case VALUE_MISSING:
        break;
    }
    return put_missing(text, out);
}

/* Writes a row of CSV, where every lead is a comma. */
static char *
put_lead(const cell *c, char *out)
{
    if (c->lead_count == 1) {
        *out = *c->lead;
        return out + 1;
    }
    memcpy(out, c->lead, LEAD_BYTES);
    if (c->lead_count > LEAD_BYTES)
        memcpy(out + LEAD_BYTES, c->lead + LEAD_BYTES, c->lead_count - LEAD_BYTES);
    return out + c->lead_count;
}

void
record_text_append(const record_text *text, const flow *f, GString *block)
{
    number_memory memory;

    for (int i = 0; i < NUMBER_MEMORY; i++)
        memory.values[i] = 0;
    if (text->format == RECORD_JSON_LINES)
        g_string_append_c(block, '{');
    char *out = begin_writing(text, block);
    const cell *end = text->cells + text->cell_count;
    for (const cell *c = text->cells; c < end; c++) {
        out = put_lead(c, out);
        feature_value value = c->get(f, c->feature);
        if (value.type == VALUE_INTEGER || value.type == VALUE_REAL) { /* the most common types */
            out = put_number(text, &value, &memory, out);
            continue;
        }
        if (c->index == text->layout->label_column)
            value = record_layout_get(text->layout, c->index, f);
        out = put_value(text, block, &value, &memory, out);
    }
    end_writing(block, out);
    g_string_append(block, text->format == RECORD_JSON_LINES ? "}\n" : text->layout->dialect->line_end);
}
