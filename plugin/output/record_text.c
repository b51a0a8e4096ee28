/*
 * record_text.c - flow records as text; see record_text.h.
 *
 * A row is written into room made for it beforehand: a record has many short values, and making room for each costs
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

/* Room that any value but text and lists needs. */
enum { VALUE_BYTES_MAX = 64 };
_Static_assert((int)NUMBER_BYTES_MAX < (int)VALUE_BYTES_MAX, "numbers fit");
_Static_assert((int)TIMESTAMP_BYTES_MAX < (int)VALUE_BYTES_MAX, "timestamps fit");
_Static_assert((int)ADDRESS_TEXT_BYTES_MAX < (int)VALUE_BYTES_MAX, "addresses fit");

/* What stands before a value: a comma, in JSON also the key. Without bytes the value is left out, because JSON has each
 * key once. */
typedef struct {
    char *bytes;
    size_t count;
} value_lead;

struct record_text {
    record_format format;
    const record_layout *layout;
    value_lead *leads; /* one a column, and the label's */
    size_t row_bytes;  /* room for a row without its texts */
};

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
    g_string_append_c(block, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            g_string_append_c(block, '"');
        g_string_append_c(block, *c);
    }
    g_string_append_c(block, '"');
}

static void
append_text(const record_text *text, GString *block, const char *value)
{
    if (text->format == RECORD_CSV)
        append_csv_text(block, value);
    else
        json_append_text(block, value);
}

/* No value: an empty cell in CSV. */
static size_t
write_missing(const record_text *text, char *out)
{
    if (text->format == RECORD_CSV)
        return 0;
    memcpy(out, "null", 4); /* NOLINT(bugprone-not-null-terminated-result): the caller goes by the size */
    return 4;
}

/* JSON has no word for a number that is not finite. */
static size_t
write_real(const record_text *text, double value, char *out)
{
    if (text->format == RECORD_JSON_LINES && !isfinite(value))
        return write_missing(text, out);
    return number_write_real(out, value, text->layout->dialect->numbers);
}

static size_t
write_value(const record_text *text, const feature_value *value, char *out)
{
    switch (value->type) {
    case VALUE_INTEGER:
        return number_write_integer(out, value->integer);
    case VALUE_REAL:
        return write_real(text, value->real, out);
    case VALUE_TIME:
        return timestamp_write(out, value->time_ns, text->layout->timestamp);
    case VALUE_ADDRESS:
        return address_text_write(out, value);
    case VALUE_MISSING:
        return write_missing(text, out);
    case VALUE_TEXT:
    case VALUE_INTEGERS:
    case VALUE_REALS:
        break;
    }
    return 0;
}

static char *
put_value(const record_text *text, const feature_value *value, char *out)
{
    bool quoted = text->format == RECORD_JSON_LINES && (value->type == VALUE_TIME || value->type == VALUE_ADDRESS);

    if (quoted)
        *out++ = '"';
    out += write_value(text, value, out);
    if (quoted)
        *out++ = '"';
    return out;
}

static value_lead
lead_of(record_format format, size_t index, const char *header)
{
    GString *lead = g_string_new(index > 0 ? "," : "");

    if (format == RECORD_JSON_LINES) {
        json_append_text(lead, header);
        g_string_append_c(lead, ':');
    }
    size_t count = lead->len;
    return (value_lead){g_string_free(lead, FALSE), count};
}

static value_lead
lead_of_column(const record_text *text, size_t index)
{
    const record_layout *layout = text->layout;

    if (index == layout->column_count)
        return lead_of(text->format, index, record_layout_header(layout, layout->column_count));
    if (text->format == RECORD_JSON_LINES && record_layout_repeats(layout, index))
        return (value_lead){0};
    return lead_of(text->format, index, layout->columns[index].header);
}

record_text *
record_text_new(record_format format, const record_layout *layout)
{
    record_text *text = g_new0(record_text, 1);

    text->format = format;
    text->layout = layout;
    text->leads = g_new0(value_lead, layout->column_count + 1);
    for (size_t i = 0; i <= layout->column_count; i++) {
        text->leads[i] = lead_of_column(text, i);
        text->row_bytes += text->leads[i].count + VALUE_BYTES_MAX;
    }
    return text;
}

void
record_text_free(record_text *text)
{
    if (!text)
        return;
    for (size_t i = 0; i <= text->layout->column_count; i++)
        g_free(text->leads[i].bytes);
    g_free(text->leads);
    g_free(text);
}

void
record_text_append_header(const record_text *text, GString *block)
{
    const record_layout *layout = text->layout;

    if (text->format != RECORD_CSV)
        return;
    for (size_t i = 0; i < layout->column_count; i++) {
        g_string_append_len(block, text->leads[i].bytes, (gssize)text->leads[i].count);
        append_csv_text(block, layout->columns[i].header);
    }
    if (record_layout_width(layout) > layout->column_count) {
        g_string_append(block, text->leads[layout->column_count].bytes);
        append_csv_text(block, record_layout_header(layout, layout->column_count));
    }
    g_string_append(block, layout->dialect->line_end);
}

/* Makes room for a row behind what the block has, and returns where it begins. */
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
    append_text(text, block, value);
    return begin_writing(text, block);
}

/* Both formats write a list as JSON does; in CSV it has commas, and so quotes. */
static char *
put_list(const record_text *text, GString *block, const feature_value *list, char *out)
{
    const char *quote = text->format == RECORD_CSV ? "\"" : "";
    char element[VALUE_BYTES_MAX];

    end_writing(block, out);
    g_string_append_printf(block, "%s[", quote);
    for (unsigned i = 0; i < list->list.count; i++) {
        feature_value value = feature_value_element(list, i);
        if (i > 0)
            g_string_append_c(block, ',');
        g_string_append_len(block, element, (gssize)write_value(text, &value, element));
    }
    g_string_append_printf(block, "]%s", quote);
    return begin_writing(text, block);
}

/* In CSV a lead is a comma. */
static char *
put_lead(const value_lead *lead, char *out)
{
    if (lead->count == 1) {
        *out = *lead->bytes;
        return out + 1;
    }
    memcpy(out, lead->bytes, lead->count);
    return out + lead->count;
}

void
record_text_append(const record_text *text, const flow *f, GString *block)
{
    const record_layout *layout = text->layout;
    const char *label = record_layout_label(layout, f);

    if (text->format == RECORD_JSON_LINES)
        g_string_append_c(block, '{');
    char *out = begin_writing(text, block);
    for (size_t i = 0; i < layout->column_count; i++) {
        if (!text->leads[i].bytes)
            continue;
        out = put_lead(&text->leads[i], out);
        if (label && *label && i == layout->label_column) {
            out = put_text(text, block, label, out);
            continue;
        }
        feature_value value = dialect_column_get(&layout->columns[i], f);
        if (value.type == VALUE_TEXT)
            out = put_text(text, block, value.text, out);
        else if (value_type_is_list(value.type))
            out = put_list(text, block, &value, out);
        else
            out = put_value(text, &value, out);
    }
    if (record_layout_width(layout) > layout->column_count)
        out = put_text(text, block, label, put_lead(&text->leads[layout->column_count], out));
    end_writing(block, out);
    g_string_append(block, text->format == RECORD_JSON_LINES ? "}\n" : layout->dialect->line_end);
}
