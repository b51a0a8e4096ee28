/*
 * table_window.c - the tables of flows in the Statistics menu; see table_window.h.
 *
 * Wireshark fills a table packet by packet and passes no user data to the callbacks, so our state is looked up by the
 * table. Old rows of a table that is refilled may still be shown in another window, so they are kept until the table is
 * freed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "table_window.h"

#include "../compat.h"
#include "../program.h"
#include "flow_tap.h"
#include "menu.h"
#include "table_cells.h"

#include <epan/tap.h>
#include <string.h>

/* A row of all columns takes 22 KiB, nearly all of it in Wireshark's window; so the number of rows is limited. */
enum { ROWS_MAX = 2000 };

/* How many columns are left out: those measured only on request, and lists, would be empty. */
enum { OPTIONAL_COLUMNS = FEATURE_SEQ_FLAGS - FEATURE_FWD_PAYLOAD_BYTES + 1 };

typedef struct {
    const char *title, *entry, *option;
    const int *columns; /* ends with CELLS; NULL: all features */
    guint rows_max;     /* limit for windows; 0: no limit */
} table_kind;

static const int main_columns[] = {
    FEATURE_FLOW_ID,
    CELL_PROTOCOL_NAME,
    CELL_SOURCE,
    CELL_DESTINATION,
    FEATURE_TOT_FWD_PKTS,
    FEATURE_TOT_BWD_PKTS,
    FEATURE_TOTLEN_FWD_PKTS,
    FEATURE_TOTLEN_BWD_PKTS,
    FEATURE_TIMESTAMP,
    FEATURE_FLOW_DURATION,
    FEATURE_END_REASON,
    FEATURE_APP_PROTO,
    FEATURE_SERVER_NAME,
    CELL_FILTER,
    CELLS,
};

enum { KINDS = 2, COLUMNS_MAX = FEATURES - OPTIONAL_COLUMNS };

/* Wireshark stores a window's place under its title, and reads such a line up to its first colon. */
static const table_kind kinds[KINDS] = {
    {"CIC Flow - Flows", "Flows", "cicflow,flows", main_columns, 0},
    {"CIC Flow - Flows, All Columns", "Flows, All Columns", "cicflow,table", NULL, ROWS_MAX},
};

typedef struct {
    const table_kind *kind;
    GHashTable *row_of_flow; /* flow id to number of row */
    GPtrArray *replaced;     /* earlier rows of the table, of row_cells */
    guint left_out;          /* flows beyond the limit */
} table_state;

/* The cells of a row, and how many. */
typedef struct {
    guint count;
    stat_tap_table_item_type *cells;
} row_cells;

static GHashTable *states; /* of table_state, by stat_tap_table */

/* tshark prints tables, Wireshark shows them in windows. */
static bool
is_printed(void)
{
    return program_reads_once();
}

/* All features except the optional ones; those that identify the flow come first. */
static int
column_at(const table_kind *kind, int column)
{
    if (kind->columns)
        return kind->columns[column];
    if (column == 0)
        return FEATURE_FLOW_ID;
    int id = column - 1 < FEATURE_FLOW_ID ? column - 1 : column;
    return id < FEATURE_FWD_PAYLOAD_BYTES ? id : id + OPTIONAL_COLUMNS;
}

static int
column_count(const table_kind *kind)
{
    int count = 0;

    if (!kind->columns)
        return COLUMNS_MAX;
    while (kind->columns[count] != CELLS)
        count++;
    return count;
}

static void
free_row(gpointer data)
{
    row_cells *row = data;

    for (guint i = 0; i < row->count; i++)
        table_cell_clear(&row->cells[i]);
    g_free(row->cells);
    g_free(row);
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
    return states ? g_hash_table_lookup(states, table) : NULL;
}

static void
add_state(stat_tap_table *table, const table_kind *kind)
{
    table_state *state = g_new0(table_state, 1);

    if (!states)
        states = g_hash_table_new_full(NULL, NULL, NULL, state_free);
    state->kind = kind;
    state->row_of_flow = g_hash_table_new(NULL, NULL);
    state->replaced = g_ptr_array_new_with_free_func(free_row);
    g_hash_table_insert(states, table, state);
}

static void
reset(stat_tap_table *table)
{
    table_state *state = state_of(table);

    g_hash_table_remove_all(state->row_of_flow);
    state->left_out = 0;
    for (guint i = 0; i < table->num_elements; i++) {
        row_cells *row = g_new(row_cells, 1);
        *row = (row_cells){table->num_fields, table->elements[i]};
        g_ptr_array_add(state->replaced, row);
    }
    table->num_elements = 0;
}

static void
init(stat_tap_table_ui *ui)
{
    stat_tap_table *table = stat_tap_find_table(ui, ui->title);

    if (table) {
        reset(table);
        return;
    }
    const table_kind *kind = kinds;
    while (strcmp(kind->title, ui->title) != 0)
        kind++;
    table = stat_tap_init_table(ui->title, (int)ui->nfields, 0, NULL);
    add_state(table, kind);
    stat_tap_add_table(ui, table);
}

/* Called for every cell of a table that is freed. */
static void
free_item(stat_tap_table *table, guint row, guint column, stat_tap_table_item_type *item)
{
    table_cell_clear(item);
    if (states && row + 1 == table->num_elements && column + 1 == table->num_fields)
        g_hash_table_remove(states, table);
}

static void
set_row(stat_tap_table *table, guint row, bool is_new, const stat_tap_table_item_type *cells)
{
    for (guint i = 0; !is_new && i < table->num_fields; i++)
        table_cell_clear(&table->elements[row][i]);
    stat_tap_init_table_row(table, row, table->num_fields, cells);
}

/* A last row after the limit says how many flows are not shown. */
static void
tell_left_out(stat_tap_table *table, table_state *state)
{
    stat_tap_table_item_type cells[COLUMNS_MAX];

    state->left_out++;
    for (guint i = 0; i < table->num_fields; i++)
        cells[i] = table_cell_empty(false);
    for (guint i = 0; i < table->num_fields; i++) {
        if (column_at(state->kind, (int)i) != FEATURE_SRC_IP)
            continue;
        cells[i].type = TABLE_ITEM_STRING;
        cells[i].value.string_value =
            g_strdup_printf("%u more flow%s: use a display filter", state->left_out, state->left_out == 1 ? "" : "s");
    }
    set_row(table, state->kind->rows_max, state->left_out == 1, cells);
}

static tap_packet_status
take_packet(void *user, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
            tap_flags_t flags G_GNUC_UNUSED)
{
    const stat_data_t *filled = user;
    const flow_tap_data *tapped = data;

    if (!tapped->is_flow_packet)
        return TAP_PACKET_DONT_REDRAW;
    stat_tap_table *table = g_array_index(filled->stat_tap_data->tables, stat_tap_table *, 0);
    table_state *state = state_of(table);
    const flow *f = tapped->position.flow;
    gpointer known = g_hash_table_lookup(state->row_of_flow, GUINT_TO_POINTER(f->id)); /* stored plus 1 */
    if (known && frame_position_has_record(&tapped->position))
        return TAP_PACKET_DONT_REDRAW;

    guint row = known ? GPOINTER_TO_UINT(known) - 1 : g_hash_table_size(state->row_of_flow);
    bool has_room = is_printed() || state->kind->rows_max == 0 || row < state->kind->rows_max;
    if (!known)
        g_hash_table_insert(state->row_of_flow, GUINT_TO_POINTER(f->id), GUINT_TO_POINTER(row + 1));
    if (!has_room) {
        if (!known)
            tell_left_out(table, state);
        return TAP_PACKET_REDRAW;
    }
    stat_tap_table_item_type cells[COLUMNS_MAX];
    for (guint i = 0; i < table->num_fields; i++)
        cells[i] = table_cell(column_at(state->kind, (int)i), is_printed(), f, &tapped->view);
    set_row(table, row, !known, cells);
    return TAP_PACKET_REDRAW;
}

static void
register_table(const table_kind *kind, stat_tap_table_ui *ui, stat_tap_table_item *columns)
{
    static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
    int count = column_count(kind);

    for (int i = 0; i < count; i++)
        columns[i] = table_column(column_at(kind, i), is_printed());
    *ui = (stat_tap_table_ui){
        .group = REGISTER_STAT_GROUP_CONVERSATION_LIST, /* a group without a menu */
        .title = kind->title,
        .tap_name = FLOW_TAP_NAME,
        .cli_string = kind->option,
        .stat_tap_init_cb = init,
        .packet_func = take_packet,
        .stat_tap_reset_table_cb = reset,
        .stat_tap_free_table_item_cb = free_item,
        .nfields = (guint)count,
        .fields = columns,
        .nparams = G_N_ELEMENTS(parameters),
        .params = parameters,
    };
    register_stat_tap_table_ui(ui);
    menu_add(kind->entry, kind->option);
}

void
table_window_register(void)
{
    static stat_tap_table_item columns[KINDS][COLUMNS_MAX];
    static stat_tap_table_ui tables[KINDS];

    for (int i = 0; i < KINDS; i++)
        register_table(&kinds[i], &tables[i], columns[i]);
}
