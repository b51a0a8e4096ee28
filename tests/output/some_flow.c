/*
 * some_flow.c - see some_flow.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "some_flow.h"

#include "dialect_named.h"
#include "flow/flow_table.h"
#include "packet_text.h"

gboolean
write_some_flow(record_writer *writer, int times, GError **error)
{
    observation packet;
    packet_text_kind kind;
    flow_direction direction;

    if (!packet_text_parse("1700000000.5 udp 10.0.0.1:1000 > 10.0.0.2:53 len=60 payload=18", &packet, &kind, error))
        return FALSE;
    flow_table *table = flow_table_new(&flow_settings_default);
    flow_table_add(table, &packet, &direction);
    flow_table_finish(table);
    flow *f = flow_table_take_ended(table);
    gboolean ok = TRUE;
    for (int i = 0; ok && i < times; i++)
        ok = record_writer_add(writer, f, error);
    g_free(f);
    flow_table_free(table);
    return ok;
}

record_layout
some_layout(const char *fields, const char *label)
{
    record_layout layout;
    GError *error = NULL;

    if (!record_layout_init(&layout, dialect_named("standard"), fields, NULL, label, TIMESTAMP_UTC, &error))
        g_error("%s", error->message);
    return layout;
}
