/*
 * distribution.c - how flows are distributed; see distribution.h.
 *
 * A flow is counted in one range of each kind. Where it is still growing (a capture read in one pass, or live) it moves
 * to the range it belongs to with every packet. Wireshark hands no context of ours to the callbacks, so what is known
 * of the counted flows is found by the statistics' tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "distribution.h"

#include <epan/ipproto.h>

#include "../compat.h"
#include "flow_tap.h"

#include <epan/stats_tree.h>

#define TITLE "CIC Flow: Distribution"

typedef struct {
    const char *title;
    double below; /* values from the range before up to this one */
} value_range;

typedef struct {
    const char *title;
    double (*measure)(const flow *f);
    const value_range *ranges; /* the last has no end */
} measured_kind;

static double
duration(const flow *f)
{
    return (double)(f->last_ns - f->first_ns) / NS_PER_SECOND;
}

static double
packets(const flow *f)
{
    return (double)f->packets;
}

static double
bytes(const flow *f)
{
    return (double)f->length[FORWARD].sum + (double)f->length[BACKWARD].sum;
}

static double
directions(const flow *f)
{
    return (f->length[FORWARD].count > 0) + (f->length[BACKWARD].count > 0);
}

static const value_range duration_ranges[] = {{"below 1 ms", 0.001}, {"1 ms to 100 ms", 0.1}, {"100 ms to 1 s", 1},
                                              {"1 s to 10 s", 10},   {"10 s to 60 s", 60},    {"60 s to 600 s", 600},
                                              {"600 s and more", 0}};
static const value_range packet_ranges[] = {
    {"1 packet", 2},           {"2 to 3 packets", 4},        {"4 to 9 packets", 10},
    {"10 to 99 packets", 100}, {"100 to 999 packets", 1000}, {"1000 packets and more", 0}};
static const value_range byte_ranges[] = {{"below 100 bytes", 1e2}, {"100 to 999 bytes", 1e3}, {"1 to 10 kB", 1e4},
                                          {"10 to 100 kB", 1e5},    {"100 kB to 1 MB", 1e6},   {"1 MB and more", 0}};
static const value_range direction_ranges[] = {{"One direction only", 2}, {"Both directions", 0}};

static const measured_kind kinds[] = {
    {"Flows by duration", duration, duration_ranges},
    {"Flows by packets", packets, packet_ranges},
    {"Flows by bytes", bytes, byte_ranges},
    {"Flows by direction", directions, direction_ranges},
};

enum { KINDS = G_N_ELEMENTS(kinds) };

#define PROTOCOLS "Flows by protocol"

/* Where a flow was counted: the number of its range of each kind. */
typedef struct {
    guint8 range[KINDS];
} counted_flow;

static GHashTable *counted; /* of (counted_flow by flow id), by stats_tree */

static guint8
find_range(const measured_kind *kind, double value)
{
    guint8 i = 0;
    while (kind->ranges[i].below > 0 && value >= kind->ranges[i].below)
        i++;
    return i;
}

static void
create_nodes(const measured_kind *kind, stats_tree *tree)
{
    int parent = stats_tree_create_node(tree, kind->title, 0, STAT_DT_INT, TRUE);
    const value_range *range = kind->ranges;

    do
        stats_tree_create_node(tree, range->title, parent, STAT_DT_INT, FALSE);
    while ((range++)->below > 0);
}

static void
init(stats_tree *tree)
{
    if (!counted)
        counted = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_destroy);
    g_hash_table_replace(counted, tree, g_hash_table_new_full(NULL, NULL, NULL, g_free));
    stats_tree_create_node(tree, PROTOCOLS, 0, STAT_DT_INT, TRUE);
    for (int i = 0; i < KINDS; i++)
        create_nodes(&kinds[i], tree);
}

static void
cleanup(stats_tree *tree)
{
    g_hash_table_remove(counted, tree);
}

static void
count(stats_tree *tree, const char *kind, const char *range, int change)
{
    int parent = stats_tree_parent_id_by_name(tree, kind);
    increase_stat_node(tree, range, parent, FALSE, change);
    increase_stat_node(tree, kind, 0, TRUE, change);
}

static counted_flow *
begin_flow(stats_tree *tree, GHashTable *flows, const flow *f)
{
    counted_flow *place = g_new(counted_flow, 1);

    g_hash_table_insert(flows, GUINT_TO_POINTER(f->id), place);
    count(tree, PROTOCOLS, ipprotostr(f->protocol), 1);
    for (int i = 0; i < KINDS; i++) {
        place->range[i] = find_range(&kinds[i], kinds[i].measure(f));
        count(tree, kinds[i].title, kinds[i].ranges[place->range[i]].title, 1);
    }
    return place;
}

static tap_packet_status
take_packet(stats_tree *tree, packet_info *pinfo, epan_dissect_t *edt, const void *data, tap_flags_t flags)
{
    const flow_tap_data *tapped = data;
    GHashTable *flows = g_hash_table_lookup(counted, tree);

    (void)pinfo;
    (void)edt;
    (void)flags;
    if (!tapped->is_flow_packet)
        return TAP_PACKET_DONT_REDRAW;
    const flow *f = tapped->position.flow;
    counted_flow *place = g_hash_table_lookup(flows, GUINT_TO_POINTER(f->id));
    if (!place)
        place = begin_flow(tree, flows, f);
    for (int i = 0; i < KINDS; i++) {
        guint8 range = find_range(&kinds[i], kinds[i].measure(f));
        if (range == place->range[i])
            continue;
        count(tree, kinds[i].title, kinds[i].ranges[place->range[i]].title, -1);
        count(tree, kinds[i].title, kinds[i].ranges[range].title, 1);
        place->range[i] = range;
    }
    return TAP_PACKET_REDRAW;
}

void
distribution_register(void)
{
    stats_tree_register_plugin(FLOW_TAP_NAME, "cicflow", TITLE, 0, take_packet, init, cleanup);
}
