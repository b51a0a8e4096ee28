/*
 * distribution.c - how flows are distributed over the values of columns; see distribution.h.
 *
 * stats_tree callbacks get no user data, so our state is looked up by the stats_tree. Wireshark sorts nodes by count
 * unless they are range nodes, which it only creates for numbers without units; so the members that make a node a range
 * are set here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "distribution.h"

#include <epan/ipproto.h>
#include <math.h>
#include <string.h>

#include "../../output/address_text.h"
#include "../../output/number.h"
#include "../../output/timestamp.h"
#include "../../output/value_range.h"
#include "../assumptions.h"
#include "../program.h"
#include "../record/field_title.h"
#include "flow_tap.h"

#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/stats_tree_priv.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#define TITLE "CIC Flow: Distribution"
#define OPTION "cicflow,distribution"
#define TREE "cicflow"
#define TREE_OPTION TREE ",tree"

/* One row for each text is only useful while there are few. */
enum { TEXTS_MAX = 1000, TEXT_BYTES = 256 };

#define MAIN_COLUMNS "protocol,flow_duration,tot_fwd_pkts,tot_bwd_pkts,totlen_fwd_pkts,totlen_bwd_pkts,end_reason"

/* State of a flow in a tree. */
enum { FLOW_WAITS = 1, FLOW_IS_COUNTED };

typedef struct {
    char *names;       /* of columns; NULL: those of the preference */
    GArray *columns;   /* of dialect_column; NULL until a flow is counted */
    GHashTable *flows; /* what is known of a flow, by its id */
    timestamp_form form;
} distribution;

/* A -z option of the command line whose tree has not been created yet. */
typedef struct {
    char *name, *filter; /* of a column; NULL: no filter */
} asked_column;

static struct {
    GHashTable *trees; /* of distribution, by stats_tree */
    GArray *asked;     /* of asked_column */
    void (*finish)(void);
    const run_settings *settings;
    const char *preference;
} all;

static void
distribution_free(gpointer data)
{
    distribution *d = data;

    g_free(d->names);
    g_clear_pointer(&d->columns, g_array_unref);
    g_hash_table_destroy(d->flows);
    g_free(d);
}

static void
end_flows(void *unused G_GNUC_UNUSED)
{
    all.finish();
}

/* tshark draws the newest listener first, so the open flows are ended when the newest tree is drawn. */
static void
draw_after_the_end(void)
{
    if (!program_reads_once())
        return;
    GString *problem =
        register_tap_listener(FLOW_TAP_NAME, &all, NULL, TL_IS_DISSECTOR_HELPER, NULL, NULL, end_flows, NULL);
    if (problem)
        g_string_free(problem, TRUE);
}

/* The column names of an option with the tree's filter; NULL if no such option is left. */
static char *
take_names(const stats_tree *tree)
{
    for (guint i = 0; i < all.asked->len; i++) {
        asked_column *asked = &g_array_index(all.asked, asked_column, i);
        if (g_strcmp0(asked->filter, tree->filter) != 0)
            continue;
        char *names = asked->name;
        g_free(asked->filter);
        g_array_remove_index(all.asked, i);
        return names;
    }
    return NULL;
}

/* Flows have IDs from the beginning in each run, which may have other columns. */
static void
forget_run(distribution *d)
{
    g_clear_pointer(&d->columns, g_array_unref);
    g_hash_table_remove_all(d->flows);
}

/* The tree is new, or empty again. */
static void
init(stats_tree *tree)
{
    distribution *d = g_hash_table_lookup(all.trees, tree);

    if (d) {
        forget_run(d);
        return;
    }
    draw_after_the_end();
    d = g_new0(distribution, 1);
    d->names = take_names(tree);
    d->flows = g_hash_table_new(NULL, NULL);
    g_hash_table_insert(all.trees, tree, d);
}

static void
cleanup(stats_tree *tree)
{
    g_hash_table_remove(all.trees, tree);
}

/* Appends the main columns, under the names that the dialect has for them. */
static void
append_main_columns(GArray *columns, const dialect *d)
{
    g_auto(GStrv) names = g_strsplit(MAIN_COLUMNS, ",", -1);

    for (char **name = names; *name; name++) {
        const char *here = dialect_name_here(d, *name);
        record_columns_append(columns, d, here ? here : *name, "distribution", NULL);
    }
}

static void
find_columns(distribution *d)
{
    const char *names = d->names ? d->names : all.preference;
    const dialect *named = all.settings->dialect;

    d->form = all.settings->layout.timestamp;
    d->columns = g_array_new(FALSE, FALSE, sizeof(dialect_column));
    if (*names)
        record_columns_append(d->columns, named, names, "distribution", NULL);
    else
        append_main_columns(d->columns, named);
}

/* Columns of the standard dialect have units; those of other dialects have names of their own instead. */
static value_unit
unit_of(const dialect_column *column)
{
    feature_id id = feature_find(column->header, FEATURES);
    return id < FEATURES ? feature_describe(id)->unit : UNIT_NONE;
}

/* Seconds are shown in ms, since Wireshark shows two decimals only. */
static const char *
unit_name(value_unit unit)
{
    return unit == UNIT_SECONDS ? "ms" : value_unit_name(unit);
}

/* Up to 4.2 Wireshark shows what is after the last "/" of a name. */
static char *
title_of(const dialect_column *column)
{
    value_unit unit = unit_of(column);
    const char *name = dialect_column_type(column) == VALUE_TIME ? "minute of the hour" : unit_name(unit);
    g_autofree char *words = field_title(column->header);

    g_autofree char *title = *name && unit != UNIT_PACKETS ? g_strdup_printf("%s (%s)", words, name) : g_strdup(words);
    g_auto(GStrv) parts = g_strsplit(title, "/", -1);
    return g_strjoinv(" per ", parts);
}

static stat_node *
find_node(const stats_tree *tree, int parent, const char *name)
{
    const stat_node *above = g_ptr_array_index(tree->parents, parent);
    stat_node *node = above->hash ? g_hash_table_lookup(above->hash, name) : above->children;

    while (node && strcmp(node->name, name) != 0)
        node = node->next;
    return node;
}

/* The node with this name below the parent, created if it is missing; NULL if this Wireshark keeps it elsewhere. */
static stat_node *
node_at(stats_tree *tree, int parent, const char *name, stat_node_datatype type, bool is_parent)
{
    stat_node *node = find_node(tree, parent, name);

    if (node)
        return node;
    stats_tree_create_node(tree, name, parent, type, is_parent);
    node = find_node(tree, parent, name);
    assumption_check(ASSUMES_STATISTICS_NODES, node != NULL);
    return node;
}

static void
set_rank(stat_node *node, int rank)
{
    if (!node)
        return;
    if (!node->rng)
        node->rng = g_new(range_pair_t, 1);
    *node->rng = (range_pair_t){rank, rank};
}

/* A column, and its node above all values. */
typedef struct {
    stats_tree *tree;
    const dialect_column *column;
    char *title;
    int id;
    bool is_whole; /* Wireshark counts integers in 32 bits */
} column_node;

/* Counts a value in its range, and for the mean. */
static void
count_in(const column_node *at, const value_range *range, double value)
{
    set_rank(node_at(at->tree, at->id, range->text, at->is_whole ? STAT_DT_INT : STAT_DT_FLOAT, false), range->rank);
    if (at->is_whole) {
        int number = (int)CLAMP(value, G_MININT, G_MAXINT);
        avg_stat_node_add_value_int(at->tree, at->title, 0, TRUE, number);
        avg_stat_node_add_value_int(at->tree, range->text, at->id, FALSE, number);
    } else {
        avg_stat_node_add_value_float(at->tree, at->title, 0, TRUE, (float)value);
        avg_stat_node_add_value_float(at->tree, range->text, at->id, FALSE, (float)value);
    }
}

static void
count_time(const column_node *at, int64_t time_ns, timestamp_form form)
{
    enum { HOUR = 3600 };
    value_range hour = value_range_of_time(time_ns, form);
    int64_t second = timestamp_seconds(time_ns, form) % HOUR;
    int64_t minute = (second < 0 ? second + HOUR : second) / 60;

    count_in(at, &hour, (double)minute);
}

static void
count_text(const column_node *at, const char *text)
{
    const stat_node *above = g_ptr_array_index(at->tree->parents, at->id);

    text = *text ? text : "(empty)";
    bool is_known = g_hash_table_contains(above->hash, text);

    if (!is_known && g_hash_table_size(above->hash) >= TEXTS_MAX)
        text = "(further values)";
    increase_stat_node(at->tree, text, at->id, FALSE, 1);
    increase_stat_node(at->tree, at->title, 0, TRUE, 1);
}

/* Wireshark divides by all that were counted: what has no number, and so no rank, gets the mean of the others. */
static void
keep_mean(const column_node *at)
{
    stat_node *node = g_ptr_array_index(at->tree->parents, at->id);
    double total = 0;
    int numbers = 0;

    for (const stat_node *child = node->children; child; child = child->next) {
        if (!child->rng)
            continue;
        numbers += child->counter;
        total += at->is_whole ? (double)child->total.int_total : child->total.float_total;
    }
    if (numbers == 0 || numbers == node->counter)
        return;
    total *= (double)node->counter / numbers;
    if (at->is_whole)
        node->total.int_total = llround(total);
    else
        node->total.float_total = total;
}

static void
count_number(const column_node *at, const feature_value *value)
{
    value_unit unit = unit_of(at->column);
    bool is_integer = value->type == VALUE_INTEGER;
    double number = is_integer ? (double)value->integer : value->real;
    value_range range = value_range_of(number, unit, is_integer);

    if (!isfinite(number))
        count_text(at, range.text);
    else
        count_in(at, &range, unit == UNIT_SECONDS ? number * 1000 : number);
    keep_mean(at);
}

static void
count_port(const column_node *at, int64_t port)
{
    char text[NUMBER_BYTES_MAX + 1];

    text[number_write_integer(text, port)] = '\0';
    count_text(at, port < 0 ? "(no value)" : text);
}

static void
count_value(const column_node *at, const feature_value *value, timestamp_form form)
{
    char text[TEXT_BYTES] = "";

    if (value->type == VALUE_TIME) {
        count_time(at, value->time_ns, form);
    } else if (value->type == VALUE_ADDRESS) {
        text[address_text_write(text, value)] = '\0';
        count_text(at, text);
    } else if (value->type == VALUE_TEXT) {
        g_autofree char *valid = g_utf8_make_valid(value->text ? value->text : "", -1); /* a label may be anything */
        g_utf8_strncpy(text, valid, TEXT_BYTES / 4 - 1);
        count_text(at, text);
    } else if (value->type == VALUE_MISSING) {
        count_text(at, "(no value)");
        keep_mean(at);
    } else if (at->column->feature == FEATURE_PROTOCOL) {
        count_text(at, ipprotostr((int)value->integer));
    } else if (at->column->feature == FEATURE_SRC_PORT || at->column->feature == FEATURE_DST_PORT) {
        count_port(at, value->integer);
    } else {
        count_number(at, value);
    }
}

/* Whether all values fit in 32 bits: not bytes, nor microseconds and sums of dialects and definitions. */
static bool
is_small_integer(const dialect_column *column)
{
    if (dialect_column_type(column) == VALUE_TIME)
        return true; /* minutes */
    if (dialect_column_type(column) != VALUE_INTEGER || column->feature >= FEATURES)
        return false;
    const feature_info *info = feature_describe(column->feature);
    return info->type == VALUE_INTEGER && info->unit != UNIT_BYTES && column->feature != FEATURE_FLOW_GROUP;
}

static void
count_column(stats_tree *tree, const distribution *d, guint index, const flow *f)
{
    const dialect_column *column = &g_array_index(d->columns, dialect_column, index);
    bool is_whole = is_small_integer(column);
    column_node at = {.tree = tree, .column = column, .title = title_of(column), .is_whole = is_whole};
    stat_node *node = node_at(tree, 0, at.title, is_whole ? STAT_DT_INT : STAT_DT_FLOAT, true);
    feature_value value = record_layout_column(&all.settings->layout, column, f);
    bool is_list = value_type_is_list(value.type);

    if (node)
        at.id = node->id;
    for (unsigned i = 0; node && is_list && i < value.list.count; i++) {
        feature_value element = feature_value_element(&value, i);
        count_value(&at, &element, d->form);
    }
    if (node && !is_list)
        count_value(&at, &value, d->form);
    g_free(at.title);
}

static void
count_flow(stats_tree *tree, distribution *d, const flow *f)
{
    if (!d->columns)
        find_columns(d);
    g_hash_table_insert(d->flows, GUINT_TO_POINTER(f->id), GINT_TO_POINTER(FLOW_IS_COUNTED));
    for (guint i = 0; i < d->columns->len; i++)
        count_column(tree, d, i, f);
}

static tap_packet_status
take_packet(stats_tree *tree, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
            tap_flags_t flags G_GNUC_UNUSED)
{
    const flow_tap_data *tapped = data;
    distribution *d = g_hash_table_lookup(all.trees, tree);

    if (!tapped->is_flow_packet)
        return TAP_PACKET_DONT_REDRAW;
    const flow *f = tapped->position.flow;
    if (g_hash_table_lookup(d->flows, GUINT_TO_POINTER(f->id)) == GINT_TO_POINTER(FLOW_IS_COUNTED))
        return TAP_PACKET_DONT_REDRAW;
    if (frame_position_has_record(&tapped->position))
        count_flow(tree, d, f);
    else
        g_hash_table_insert(d->flows, GUINT_TO_POINTER(f->id), GINT_TO_POINTER(FLOW_WAITS));
    return TAP_PACKET_REDRAW;
}

void
distribution_take(const flow *ended)
{
    GHashTableIter trees;
    gpointer tree, data;

    g_hash_table_iter_init(&trees, all.trees);
    while (g_hash_table_iter_next(&trees, &tree, &data)) {
        distribution *d = data;
        if (g_hash_table_lookup(d->flows, GUINT_TO_POINTER(ended->id)) == GINT_TO_POINTER(FLOW_WAITS))
            count_flow(tree, d, ended);
    }
}

/* OPTION[,COLUMN[,FILTER]]: like Wireshark's own stats_tree options, but the tree learns its column when it is created.
 */
static void
ask_for_column(const char *option, void *unused G_GNUC_UNUSED)
{
    g_auto(GStrv) parts = g_strsplit(option + strlen(OPTION), ",", 3);
    guint count = g_strv_length(parts);

    if ((count > 0 && *parts[0]) || (count > 1 && !*parts[1])) {
        report_failure("-z %s: did you mean \"-z " OPTION ",COLUMN\" or \"-z " OPTION ",COLUMN,FILTER\"?", option);
        exit(1);
    }
    const char *filter = count > 2 ? parts[2] : NULL;
    g_autofree char *statistics = g_strconcat(TREE_OPTION, filter ? "," : NULL, filter, NULL);
    if (count > 1) {
        asked_column asked = {g_strdup(parts[1]), g_strdup(filter)};
        g_array_append_val(all.asked, asked);
    }
    process_stat_cmd_arg(statistics);
}

COMPAT_STAT_TAP_INIT(begin_request, ask_for_column)

/* A run begins before -z options are handled, but has to measure their columns. */
char *
distribution_columns(const char *preference)
{
    GString *names = g_string_new(preference);
    g_autoptr(GPtrArray) options = program_statistics(OPTION ",");

    for (guint i = 0; i < options->len; i++) {
        const char *column = options->pdata[i];
        g_string_append_printf(names, "%s%.*s", names->len > 0 ? "," : "", (int)strcspn(column, ","), column);
    }
    return g_string_free(names, FALSE);
}

void
distribution_begin(const run_settings *settings, const char *preference)
{
    GHashTableIter trees;
    gpointer data;

    all.settings = settings;
    all.preference = preference;
    g_hash_table_iter_init(&trees, all.trees);
    while (g_hash_table_iter_next(&trees, NULL, &data))
        forget_run(data);
}

void
distribution_register(void (*finish)(void))
{
    static stat_tap_ui option = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .cli_string = OPTION,
        .tap_init_cb = begin_request,
    };

    all.trees = g_hash_table_new_full(NULL, NULL, NULL, distribution_free);
    all.asked = g_array_new(FALSE, FALSE, sizeof(asked_column));
    all.finish = finish;
    register_stat_tap_ui(&option, NULL);
    stats_tree_register_plugin(FLOW_TAP_NAME, TREE, TITLE, 0, take_packet, init, cleanup);
}
