/*
 * registered_tunnels.c - tunnels by what epan has registered; see registered_tunnels.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "registered_tunnels.h"

#include "../compat.h"

/* State while a table of ports or heuristics is walked. */
typedef struct {
    tunnels *found;
    tunnel_transport transport;
} table_visit;

static bool
may_carry(dissector_handle_t handle)
{
    int protocol = dissector_handle_get_protocol_index(handle);

    if (protocol < 0)
        return true;
    return proto_is_protocol_enabled(find_protocol_by_id(protocol)) &&
           !tunnels_is_plain_protocol(proto_get_protocol_filter_name(protocol));
}

static void
add_port(const gchar *table G_GNUC_UNUSED, ftenum_t type G_GNUC_UNUSED, gpointer key, gpointer entry, gpointer user)
{
    const table_visit *visit = user;
    guint port = GPOINTER_TO_UINT(key);
    dissector_handle_t handle = dtbl_entry_get_handle(entry);

    /* epan never looks up port 0, which protocols use to be available for Decode As. */
    if (handle && port > 0 && port <= G_MAXUINT16 && may_carry(handle))
        tunnels_add_port(visit->found, visit->transport, (guint16)port);
}

static void
add_heuristic(const gchar *table G_GNUC_UNUSED, struct heur_dtbl_entry *entry, gpointer user)
{
    const table_visit *visit = user;

    if (entry->enabled && proto_is_protocol_enabled(entry->protocol))
        tunnels_add_heuristic(visit->found, visit->transport, entry->short_name);
}

/* These protocols check ports themselves and are not in the table of ports. */
static const guint16 hidden_ports[] = {3225 /* FCIP */, 6633, 6634, 6653 /* OpenFlow */, 7471 /* STT */};

tunnels *
registered_tunnels_new(void)
{
    tunnels *found = tunnels_new();
    table_visit tcp = {found, TUNNEL_IN_TCP}, udp = {found, TUNNEL_IN_UDP};

    dissector_table_foreach("tcp.port", add_port, &tcp);
    dissector_table_foreach("udp.port", add_port, &udp);
    for (size_t i = 0; i < G_N_ELEMENTS(hidden_ports); i++)
        tunnels_add_port(found, TUNNEL_IN_TCP, hidden_ports[i]);
    heur_dissector_table_foreach("tcp", add_heuristic, &tcp);
    heur_dissector_table_foreach("udp", add_heuristic, &udp);
    return found;
}
