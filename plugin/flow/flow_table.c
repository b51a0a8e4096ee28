/*
 * flow_table.c - the open flows, whatever the rules; see flow_table.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_table.h"

#include "flow_rules.h"

const flow_settings flow_settings_default = {
    .idle_timeout_ns = 240 * NS_PER_SECOND,
    .icmp_idle_timeout_ns = 60 * NS_PER_SECOND,
    .gaps = {.activity_timeout_ns = 5 * NS_PER_SECOND, .subflow_gap_ns = 1 * NS_PER_SECOND},
    .rules = &standard_rules,
};

size_t
flow_settings_flow_bytes(const flow_settings *settings)
{
    return settings->rules->flow_bytes + optional_measures_bytes(&settings->optional);
}

flow_table *
flow_table_new(const flow_settings *settings)
{
    flow_table *table = settings->rules->create(settings);

    table->settings = *settings;
    table->ended = g_ptr_array_new();
    return table;
}

void
flow_table_advance(flow_table *table, int64_t now_ns)
{
    if (table->settings.rules->advance)
        table->settings.rules->advance(table, now_ns);
}

flow *
flow_table_add(flow_table *table, const observation *packet, flow_direction *direction)
{
    return table->settings.rules->add(table, packet, direction);
}

void
flow_table_finish(flow_table *table)
{
    table->settings.rules->finish(table);
}

flow *
flow_table_take_ended(flow_table *table)
{
    if (table->ended->len == 0)
        return NULL;
    if (table->taken < table->ended->len)
        return table->ended->pdata[table->taken++];
    table->taken = 0;
    g_ptr_array_set_size(table->ended, 0);
    return NULL;
}

const flow_counts *
flow_table_counts(const flow_table *table)
{
    return &table->counts;
}

void
flow_table_free(flow_table *table)
{
    flow *ended;

    if (!table)
        return;
    while ((ended = flow_table_take_ended(table)))
        g_free(ended);
    g_ptr_array_free(table->ended, TRUE);
    table->settings.rules->destroy(table);
}

void
flow_table_begin(flow_table *table, flow *f)
{
    f->id = ++table->last_id;
    table->counts.open++;
    if (table->counts.open > table->counts.largest_open)
        table->counts.largest_open = table->counts.open;
}

void
flow_table_hand_over(flow_table *table, flow *ended, flow_end_reason reason)
{
    ended->end_reason = (uint8_t)reason;
    table->counts.open--;
    table->counts.ended[reason]++;
    g_ptr_array_add(table->ended, ended);
}
