/*
 * some_flow.c - see some_flow.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "some_flow.h"

#include "flow/flow_table.h"
#include "packet_text.h"

typedef struct {
    record_writer *writer;
    int times;
    GError **error;
    gboolean ok;
} writing;

static void
write_flow(const flow *f, void *user)
{
    writing *w = user;

    for (int i = 0; w->ok && i < w->times; i++)
        w->ok = record_writer_add(w->writer, f, w->error);
}

gboolean
write_some_flow(record_writer *writer, int times, GError **error)
{
    writing w = {writer, times, error, TRUE};
    flow_table *table = flow_table_new(&flow_settings_default, write_flow, &w);
    observation packet;
    packet_text_kind kind;
    flow_direction direction;

    if (!packet_text_parse("1700000000.5 udp 10.0.0.1:1000 > 10.0.0.2:53 len=60 payload=18", &packet, &kind, error))
        return FALSE;
    flow_table_add(table, &packet, &direction);
    flow_table_finish(table);
    flow_table_free(table);
    return w.ok;
}

record_layout
some_layout(const char *fields, const char *label)
{
    record_layout layout;
    GError *error = NULL;

    if (!record_layout_init(&layout, dialect_find("standard"), fields, NULL, label, TIMESTAMP_UTC, &error))
        g_error("%s", error->message);
    return layout;
}
