/*
 * table_cells.c - cells of flow tables; see table_cells.h.
 *
 * Wireshark sorts a column by the type of its cells, text by its bytes. Integers in tables have 32 bits, and
 * Wireshark 4.0 shows six decimals of every real number, so other numbers than small integers are text of a fixed
 * width. So are numbers that may be missing: an empty number would be left out of a saved table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "table_cells.h"

#include <arpa/inet.h>
#include <epan/ipproto.h>
#include <string.h>

#include "../../output/number.h"
#include "../record/field_title.h"

enum { END_BYTES = INET6_ADDRSTRLEN + 8, PADDED_WIDTH = 18 };

static const struct {
    const char *name, *title;
} own_columns[] = {
    [CELL_SOURCE - FEATURES] = {"source", "Source"},
    [CELL_DESTINATION - FEATURES] = {"destination", "Destination"},
    [CELL_PROTOCOL_NAME - FEATURES] = {"protocol_name", "Protocol"},
    [CELL_FILTER - FEATURES] = {"filter", "Filter of its packets"},
};

/* How many decimals are useful. */
static const char *const real_formats[UNITS] = {
    [UNIT_NONE] = "%.3f",
    [UNIT_SECONDS] = "%.6f",
    [UNIT_BYTES] = "%.1f",
    [UNIT_BYTES_SQUARED] = "%.1f",
    [UNIT_PACKETS] = "%.2f",
    [UNIT_BYTES_PER_SECOND] = "%.1f",
    [UNIT_PACKETS_PER_SECOND] = "%.3f",
};

static bool
is_number(int cell)
{
    value_type type = cell < FEATURES ? feature_describe((feature_id)cell)->type : VALUE_TEXT;
    return type == VALUE_INTEGER || type == VALUE_REAL;
}

/* Whether flows may lack the value: never a feature, nor a further column that identifies the flow. */
static bool
may_be_missing(int cell)
{
    return cell >= CIC_FEATURES && cell != FEATURE_FLOW_ID && cell != FEATURE_FIRST_FRAME && cell != FEATURE_LAST_FRAME;
}

static stat_tap_table_item_enum
type_of(int cell, bool is_printed)
{
    if (is_printed || !is_number(cell) || may_be_missing(cell))
        return TABLE_ITEM_STRING;
    const feature_info *info = feature_describe((feature_id)cell);
    bool is_small = info->type == VALUE_INTEGER && info->unit != UNIT_BYTES;
    return is_small ? TABLE_ITEM_INT : TABLE_ITEM_STRING;
}

static char *
title_of(int cell, bool is_printed)
{
    if (cell >= FEATURES)
        return g_strdup(is_printed ? own_columns[cell - FEATURES].name : own_columns[cell - FEATURES].title);
    const feature_info *info = feature_describe((feature_id)cell);
    if (is_printed)
        return g_strdup(info->name);
    if (cell == FEATURE_FLOW_ID)
        return g_strdup("     Flow"); /* the spaces leave room for the sort arrow */
    g_autofree char *words = field_title(info->name);
    bool shows_unit = info->unit != UNIT_NONE && info->unit != UNIT_PACKETS;
    return shows_unit ? g_strdup_printf("%s (%s)", words, value_unit_name(info->unit)) : g_strdup(words);
}

stat_tap_table_item
table_column(int cell, bool is_printed)
{
    stat_tap_table_item_enum type = type_of(cell, is_printed);

    return (stat_tap_table_item){
        .type = type,
        .align = is_number(cell) ? TAP_ALIGN_RIGHT : TAP_ALIGN_LEFT,
        .column_name = title_of(cell, is_printed),
        .field_format = type == TABLE_ITEM_INT ? "%d" : "%s",
    };
}

static char *
end_text(const flow *f, const flow_address *address, feature_id port_of)
{
    char text[INET6_ADDRSTRLEN];
    int64_t port = feature_get(f, port_of).integer;

    inet_ntop(f->ip_version == 6 ? AF_INET6 : AF_INET, address->bytes, text, sizeof text);
    if (port < 0)
        return g_strdup(text);
    return g_strdup_printf(f->ip_version == 6 ? "[%s]:%d" : "%s:%d", text, (int)port);
}

static char *
own_text(int cell, const flow *f)
{
    switch (cell) {
    case CELL_SOURCE:
        return end_text(f, &f->src, FEATURE_SRC_PORT);
    case CELL_DESTINATION:
        return end_text(f, &f->dst, FEATURE_DST_PORT);
    case CELL_PROTOCOL_NAME:
        return g_strdup(ipprotostr(f->protocol));
    default:
        return g_strdup_printf("cicflow.flow_id == %" PRIu64, f->id);
    }
}

/* A number as in the CSV file. */
static char *
exact_text(const feature_value *value, const record_view *view)
{
    char text[NUMBER_BYTES_MAX + 1];

    if (value->type == VALUE_INTEGER)
        text[number_write_integer(text, value->integer)] = '\0';
    else
        text[number_write_real(text, value->real, view->dialect->numbers)] = '\0';
    return g_strdup(text);
}

static char *
padded_text(int cell, const feature_value *value)
{
    const feature_info *info = feature_describe((feature_id)cell);
    const char *format = info->type == VALUE_REAL ? real_formats[info->unit] : "%.0f";
    g_autofree char *number = g_strdup_printf(format, record_view_real(value));
    return g_strdup_printf("%*s", PADDED_WIDTH, number);
}

/* A window shows more digits of a time than a record has. */
static char *
time_text(const feature_value *value, const record_view *view)
{
    char text[RECORD_VIEW_TEXT_BYTES];

    record_view_text(view, value, text);
    if (view->timestamp != TIMESTAMP_LOCAL && view->timestamp != TIMESTAMP_UTC)
        return g_strdup(text);
    int64_t fraction_ns = value->time_ns % NS_PER_SECOND;
    if (fraction_ns < 0)
        fraction_ns += NS_PER_SECOND;
    return g_strdup_printf("%s.%06d", text, (int)(fraction_ns / 1000));
}

static char *
text_of(int cell, bool is_printed, const feature_value *value, const record_view *view)
{
    char text[RECORD_VIEW_TEXT_BYTES];

    if (value_type_is_list(value->type))
        return g_strdup("");
    if (value->type == VALUE_TIME && !is_printed)
        return time_text(value, view);
    if (!is_number(cell))
        return g_strdup(record_view_text(view, value, text));
    return is_printed ? exact_text(value, view) : padded_text(cell, value);
}

stat_tap_table_item_type
table_cell_empty(bool is_printed)
{
    stat_tap_table_item_type item = {.type = is_printed ? TABLE_ITEM_STRING : TABLE_ITEM_NONE};

    if (is_printed)
        item.value.string_value = g_strdup("");
    return item;
}

stat_tap_table_item_type
table_cell(int cell, bool is_printed, const flow *f, const record_view *view)
{
    stat_tap_table_item_type item = {.type = type_of(cell, is_printed)};
    feature_value value;
    bool has_unit;

    if (cell >= FEATURES) {
        item.value.string_value = own_text(cell, f);
        return item;
    }
    bool is_there = record_view_get(view, f, (feature_id)cell, &value, &has_unit);
    if (item.type == TABLE_ITEM_STRING)
        item.value.string_value = is_there ? text_of(cell, is_printed, &value, view) : g_strdup("");
    else if (!is_there)
        return table_cell_empty(is_printed);
    else
        item.value.int_value = (gint)record_view_real(&value);
    return item;
}

void
table_cell_clear(stat_tap_table_item_type *item)
{
    if (item->type == TABLE_ITEM_STRING)
        g_free((char *)item->value.string_value);
    item->type = TABLE_ITEM_NONE;
}
