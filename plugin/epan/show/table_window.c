/*
 * table_window.c - the table of flows in the Statistics menu; see table_window.h.
 *
 * Wireshark fills a table packet by packet and hands no context of ours to its callbacks, so what a table needs beside
 * its rows is found by the table. Rows of a table that is filled anew may still be shown in another window: they are
 * kept until the table goes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "table_window.h"

#include "../compat.h"
#include "flow_tap.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#define TITLE "CIC Flow Features"

/* What is measured only when somebody asks for it, and lists, would be empty columns. */
enum { OPTIONAL_COLUMNS = FEATURE_SEQ_FLAGS - FEATURE_FWD_PAYLOAD_BYTES + 1, COLUMNS = FEATURES - OPTIONAL_COLUMNS };

typedef struct {
    GHashTable *row_of_flow; /* flow id to number of row */
    GPtrArray *replaced;     /* rows that the table had before */
} table_state;

static GHashTable *states; /* of table_state, by stat_tap_table */

/* The order of columns: which flow it is, then the features, then the other further columns. */
static feature_id
feature_at(int column)
{
    if (column == 0)
        return FEATURE_FLOW_ID;
    feature_id id = (feature_id)(column - 1);
    if (id >= FEATURE_FLOW_ID)
        id++;
    return id < FEATURE_FWD_PAYLOAD_BYTES ? id : id + OPTIONAL_COLUMNS;
}

/* Whole numbers of a table have 32 bits. */
static bool
may_be_long(feature_id id)
{
    return id == FEATURE_TOTLEN_FWD_PKTS || id == FEATURE_TOTLEN_BWD_PKTS || id == FEATURE_FWD_HEADER_LEN ||
           id == FEATURE_BWD_HEADER_LEN;
}

static stat_tap_table_item_enum
item_type(feature_id id)
{
    switch (feature_describe(id)->type) {
    case VALUE_INTEGER:
        return may_be_long(id) ? TABLE_ITEM_FLOAT : TABLE_ITEM_INT;
    case VALUE_REAL:
        return TABLE_ITEM_FLOAT;
    default:
        return TABLE_ITEM_STRING;
    }
}

static void
set_item(stat_tap_table_item_type *item, const flow *f, feature_id id, const record_view *view)
{
    char text[RECORD_VIEW_TEXT_BYTES];
    feature_value value;
    bool has_unit;

    *item = (stat_tap_table_item_type){.type = item_type(id)};
    bool is_there = record_view_get(view, f, id, &value, &has_unit);
    if (item->type == TABLE_ITEM_STRING)
        item->value.string_value = g_strdup(is_there ? record_view_text(view, &value, text) : "");
    else if (is_there && item->type == TABLE_ITEM_FLOAT)
        item->value.float_value = record_view_real(&value);
    else if (is_there)
        item->value.int_value = (gint)record_view_real(&value);
}

static void
clear_item(stat_tap_table_item_type *item)
{
    if (item->type == TABLE_ITEM_STRING)
        g_free((char *)item->value.string_value);
    item->type = TABLE_ITEM_NONE;
}

static void
free_row(gpointer row)
{
    stat_tap_table_item_type *items = row;

    for (int i = 0; i < COLUMNS; i++)
        clear_item(&items[i]);
    g_free(items);
}

static void
state_free(gpointer data)
{
    table_state *state = data;
    g_hash_table_destroy(state->row_of_flow);
    g_ptr_array_free(state->replaced, TRUE);
    g_free(state);
}

static table_state *
state_of(stat_tap_table *table)
{
    if (!states)
        states = g_hash_table_new_full(NULL, NULL, NULL, state_free);
    table_state *state = g_hash_table_lookup(states, table);
    if (state)
        return state;
    state = g_new(table_state, 1);
    state->row_of_flow = g_hash_table_new(NULL, NULL);
    state->replaced = g_ptr_array_new_with_free_func(free_row);
    g_hash_table_insert(states, table, state);
    return state;
}

static void
reset(stat_tap_table *table)
{
    table_state *state = state_of(table);

    g_hash_table_remove_all(state->row_of_flow);
    for (guint row = 0; row < table->num_elements; row++)
        g_ptr_array_add(state->replaced, table->elements[row]);
    table->num_elements = 0;
}

static void
init(stat_tap_table_ui *ui)
{
    stat_tap_table *table = stat_tap_find_table(ui, TITLE);

    if (table) {
        reset(table);
        return;
    }
    stat_tap_add_table(ui, stat_tap_init_table(TITLE, COLUMNS, 0, NULL));
}

/* Called for every cell of a table that goes. */
static void
free_item(stat_tap_table *table, guint row, guint column, stat_tap_table_item_type *item)
{
    clear_item(item);
    if (states && row + 1 == table->num_elements && column + 1 == table->num_fields)
        g_hash_table_remove(states, table);
}

static tap_packet_status
take_packet(void *user, packet_info *pinfo, epan_dissect_t *edt, const void *data, tap_flags_t flags)
{
    const stat_data_t *filled = user;
    const flow_tap_data *tapped = data;

    (void)pinfo;
    (void)edt;
    (void)flags;
    if (!tapped->is_flow_packet)
        return TAP_PACKET_DONT_REDRAW;
    stat_tap_table *table = g_array_index(filled->stat_tap_data->tables, stat_tap_table *, 0);
    GHashTable *rows = state_of(table)->row_of_flow;
    const flow *f = tapped->place.flow;
    gpointer known = g_hash_table_lookup(rows, GUINT_TO_POINTER(f->id)); /* counted from 1 */
    if (known && frame_place_has_record(&tapped->place))
        return TAP_PACKET_DONT_REDRAW;

    guint row = known ? GPOINTER_TO_UINT(known) - 1 : table->num_elements;
    stat_tap_table_item_type items[COLUMNS];
    for (int column = 0; column < COLUMNS; column++)
        set_item(&items[column], f, feature_at(column), &tapped->view);
    if (known) {
        for (int column = 0; column < COLUMNS; column++)
            clear_item(&table->elements[row][column]);
    } else {
        g_hash_table_insert(rows, GUINT_TO_POINTER(f->id), GUINT_TO_POINTER(row + 1));
    }
    stat_tap_init_table_row(table, row, COLUMNS, items);
    return TAP_PACKET_REDRAW;
}

void
table_window_register(void)
{
    static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
    static stat_tap_table_item columns[COLUMNS];
    static stat_tap_table_ui ui = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = TITLE,
        .tap_name = FLOW_TAP_NAME,
        .cli_string = "cicflow,table",
        .stat_tap_init_cb = init,
        .packet_func = take_packet,
        .stat_tap_reset_table_cb = reset,
        .stat_tap_free_table_item_cb = free_item,
        .nfields = COLUMNS,
        .fields = columns,
        .nparams = G_N_ELEMENTS(parameters),
        .params = parameters,
    };
    for (int i = 0; i < COLUMNS; i++) {
        feature_id id = feature_at(i);
        stat_tap_table_item_enum type = item_type(id);
        bool is_text = type == TABLE_ITEM_STRING;
        columns[i] = (stat_tap_table_item){
            .type = type,
            .align = is_text ? TAP_ALIGN_LEFT : TAP_ALIGN_RIGHT,
            .column_name = feature_describe(id)->name,
            .field_format = is_text                  ? "%s"
                            : type == TABLE_ITEM_INT ? "%d"
                                                     : "%.15g",
        };
    }
    register_stat_tap_table_ui(&ui);
}
