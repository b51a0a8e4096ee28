/*
 * tunnel_tables.c - the tables of tunnels (.def files in plugin/flow) against what this Wireshark has registered.
 *
 * Loaded into tshark by a Lua script, without any setting of a user. Prints a line for each difference, then how many
 * entries were compared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "epan/observe/registered_tunnels.h"

#include "epan/compat.h"

#include <stdio.h>
#include <string.h>

enum { MINOR = WIRESHARK_VERSION_MINOR };

typedef struct {
    const char *name;
    int first, last;
} version_range;

static const version_range protocols[] = {
#define PLAIN_PROTOCOL(name, first, last) {name, first, last},
#include "flow/plain_protocols.def"
};

static const struct {
    const char *transport, *name, *test;
    bool on;
    int first, last;
} heuristics[] = {
#define HEURISTIC(transport, name, test, on, first, last) {#transport, name, #test, on, first, last},
#include "flow/payload_heuristics.def"
};

static const struct {
    const char *transport;
    guint port;
} ports[] = {
#define TUNNEL_PORT(transport, port, protocol) {#transport, port},
#include "flow/tunnel_ports.def"
};

static const struct {
    const char *table;
    guint number;
    const char *protocol;
} plain_types[] = {
#define PLAIN_ETHERTYPE(number, name) {"ethertype", number, name},
#define PLAIN_IP_PROTOCOL(number, name) {"ip.proto", number, name},
#include "flow/plain_types.def"
};

static guint compared;

static bool
is_listed_port(const char *transport, guint port)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++) {
        if (ports[i].port == port && g_ascii_strcasecmp(ports[i].transport, transport) == 0)
            return true;
    }
    return false;
}

static void
check_port(const gchar *table G_GNUC_UNUSED, ftenum_t type G_GNUC_UNUSED, gpointer key, gpointer entry, gpointer user)
{
    dissector_handle_t handle = dtbl_entry_get_handle(entry);
    guint port = GPOINTER_TO_UINT(key);

    if (!handle || port == 0)
        return;
    int protocol = dissector_handle_get_protocol_index(handle);
    const char *name = protocol < 0 ? "-" : proto_get_protocol_filter_name(protocol);
    compared++;
    if (!tunnels_is_plain_protocol(name) && !is_listed_port(user, port))
        printf("tunnel_ports.def has no %s port %u, on which %s may carry packets\n", (const char *)user, port, name);
}

static void
check_heuristic(const gchar *table, struct heur_dtbl_entry *entry, gpointer user)
{
    compared++;
    for (size_t i = 0; i < G_N_ELEMENTS(heuristics); i++) {
        if (strcmp(heuristics[i].name, entry->short_name) != 0 || strcmp(heuristics[i].transport, user) != 0)
            continue;
        if (strcmp(heuristics[i].test, "NULL") != 0 && heuristics[i].on != entry->enabled)
            printf("%s: payload_heuristics.def says %s\n", entry->short_name, heuristics[i].on ? "on" : "off");
        if (heuristics[i].first > MINOR || heuristics[i].last < MINOR)
            printf("%s: payload_heuristics.def says 4.%d to 4.%d\n", entry->short_name, heuristics[i].first,
                   heuristics[i].last);
        return;
    }
    printf("payload_heuristics.def has no %s of %s\n", entry->short_name, table);
}

static void
check_names(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        const version_range *p = &protocols[i];
        compared++;
        if (i > 0 && strcmp(p[-1].name, p->name) >= 0)
            printf("plain_protocols.def: %s is not in its place\n", p->name);
        if (p->first <= MINOR && MINOR <= p->last && proto_get_id_by_filter_name(p->name) < 0)
            printf("plain_protocols.def: Wireshark knows no %s\n", p->name);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(heuristics); i++) {
        compared++;
        if (heuristics[i].first <= MINOR && MINOR <= heuristics[i].last &&
            !find_heur_dissector_by_unique_short_name(heuristics[i].name))
            printf("payload_heuristics.def: Wireshark knows no %s\n", heuristics[i].name);
    }
}

static void
check_plain_types(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plain_types); i++) {
        dissector_handle_t handle =
            dissector_get_uint_handle(find_dissector_table(plain_types[i].table), plain_types[i].number);
        int protocol = handle ? dissector_handle_get_protocol_index(handle) : -1;
        const char *name = protocol < 0 ? "nothing" : proto_get_protocol_filter_name(protocol);
        compared++;
        if (strcmp(name, plain_types[i].protocol) != 0)
            printf("plain_types.def: Wireshark has %s in %s 0x%x\n", name, plain_types[i].table, plain_types[i].number);
    }
}

/* Both must decide alike while no user has changed anything. */
static void
check_decisions(void)
{
    static const guint8 nothing[64];
    tunnels *registered = registered_tunnels_new(), *listed = tunnels_new_default();

    for (guint i = 0; i < 2 * 65536; i++) {
        observation packet = {.protocol = i & 1 ? TRANSPORT_UDP : TRANSPORT_TCP,
                              .src_port = (uint16_t)(i >> 1),
                              .dst_port = (uint16_t)(i >> 1),
                              .payload_bytes = sizeof nothing,
                              .tcp_sequence = i};
        raw_frame frame = {.bytes = nothing, .captured_bytes = sizeof nothing, .wire_bytes = sizeof nothing};
        compared++;
        if (tunnels_may_carry(registered, &packet, &frame, 0) && !tunnels_may_carry(listed, &packet, &frame, 0))
            printf("%s port %u carries in Wireshark, and not in the tables\n", i & 1 ? "UDP" : "TCP", i >> 1);
    }
    tunnels_free(registered);
    tunnels_free(listed);
}

__attribute__((visibility("default"))) int luaopen_tunnel_tables(void *lua);

int
luaopen_tunnel_tables(void *lua G_GNUC_UNUSED)
{
    dissector_table_foreach("tcp.port", check_port, "TCP");
    dissector_table_foreach("udp.port", check_port, "UDP");
    heur_dissector_table_foreach("tcp", check_heuristic, "TCP");
    heur_dissector_table_foreach("udp", check_heuristic, "UDP");
    check_names();
    check_plain_types();
    check_decisions();
    printf("compared: %u\n", compared);
    fflush(stdout);
    return 0;
}
