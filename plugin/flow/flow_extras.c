/*
 * flow_extras.c - optional data of a flow besides its measures; see flow_extras.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_extras.h"

struct flow_extras_table {
    GHashTable *open; /* extras by flow id, which they contain */
    GPtrArray *ended;
    bool keeps_ended;
    bool wants_community_id;
    const measure_plan *plan; /* NULL: no measures */
};

/* The id comes first: it is the hash table's key. */
typedef struct {
    gint64 flow_id;
    flow_extras extras;
    const measure_plan *plan; /* plan of the measures */
} table_entry;

void
packet_notes_init(packet_notes *notes)
{
    *notes = (packet_notes){.rule = RULE_NONE, .stream = -1};
}

static void
entry_free(gpointer data)
{
    table_entry *entry = data;
    g_free(entry->extras.server_name);
    g_free(entry->extras.vlan);
    g_free(entry->extras.tunnel);
    measure_state_free(entry->plan, entry->extras.measures);
    g_free(entry->extras.defined);
    g_free(entry);
}

flow_extras_table *
flow_extras_table_new(bool wants_community_id, const measure_plan *plan)
{
    flow_extras_table *table = g_new0(flow_extras_table, 1);
    table->plan = plan;
    table->wants_community_id = wants_community_id;
    table->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, entry_free);
    table->ended = g_ptr_array_new_with_free_func(entry_free);
    return table;
}

void
flow_extras_table_free(flow_extras_table *table)
{
    if (!table)
        return;
    g_hash_table_destroy(table->open);
    g_ptr_array_free(table->ended, TRUE);
    g_free(table);
}

static table_entry *
entry_of(flow_extras_table *table, const flow *f)
{
    gint64 flow_id = (gint64)f->id;
    table_entry *entry = g_hash_table_lookup(table->open, &flow_id);

    if (entry)
        return entry;
    entry = g_new0(table_entry, 1);
    entry->flow_id = flow_id;
    entry->extras = (flow_extras){.rule = RULE_NONE, .tcp_stream = -1, .udp_stream = -1};
    entry->plan = table->plan;
    entry->extras.measures = table->plan ? measure_state_new(table->plan) : NULL;
    g_hash_table_insert(table->open, &entry->flow_id, entry);
    return entry;
}

static void
set_first_text(char **text, const char *found)
{
    if (!*text && *found)
        *text = g_strdup(found);
}

static void
set_first_stream(int64_t *stream, int64_t found)
{
    if (*stream < 0)
        *stream = found;
}

static void
collect(flow_extras *extras, const packet_notes *notes, const observation *packet, flow_direction direction)
{
    extras->rule = MIN(extras->rule, notes->rule);
    if (!extras->label)
        extras->label = notes->label;
    if (packet->protocol == TRANSPORT_TCP)
        set_first_stream(&extras->tcp_stream, notes->stream);
    else if (packet->protocol == TRANSPORT_UDP)
        set_first_stream(&extras->udp_stream, notes->stream);
    if (notes->application && (!extras->application || notes->height > extras->height)) {
        extras->application = notes->application;
        extras->height = notes->height;
    }
    extras->retransmissions[direction] += notes->is_retransmission;
    set_first_text(&extras->server_name, notes->server_name);
    set_first_text(&extras->vlan, notes->vlan);
    set_first_text(&extras->tunnel, notes->tunnel);
}

void
flow_extras_table_add(flow_extras_table *table, const flow *f, const observation *packet, const packet_notes *notes,
                      const packet_values *values)
{
    flow_extras *extras = &entry_of(table, f)->extras;

    if (table->wants_community_id && !*extras->community_id)
        community_id_write(extras->community_id, packet);
    flow_direction direction = flow_direction_of(f, packet);
    if (notes)
        collect(extras, notes, packet, direction);
    if (table->plan && f->last_frame == packet->frame) /* packets that only keep the flow open are not measured */
        measure_state_add(table->plan, extras->measures, direction, values, packet);
}

flow_extras *
flow_extras_table_end(flow_extras_table *table, const flow *f)
{
    table_entry *entry = entry_of(table, f);

    g_hash_table_steal(table->open, &entry->flow_id);
    g_ptr_array_add(table->ended, entry);
    return &entry->extras;
}

void
flow_extras_table_forget(flow_extras_table *table)
{
    if (!table->keeps_ended)
        g_ptr_array_set_size(table->ended, 0);
}

void
flow_extras_table_keep(flow_extras_table *table)
{
    table->keeps_ended = true;
}
