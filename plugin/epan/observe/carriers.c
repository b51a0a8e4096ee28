/*
 * carriers.c - which packets may carry further ones; see carriers.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "carriers.h"

#include <string.h>

#include "../../flow/flow_key.h"
#include "../compat.h"

enum { PORTS = 65536 };

/* Anybody can begin connections that look like carriers. When so many are known, every other one counts as a carrier
 * too: its frames are dissected, which is slower and never wrong. */
enum { CONNECTIONS_MAX = 65536 };

/* A transport payload: as far as captured, and as long as it was. */
typedef struct {
    const guint8 *bytes;
    size_t captured, length;
} payload;

typedef bool (*payload_test)(const payload *p);

/* Protocols on ports that carry no IP packets. Any other on a port has its frames dissected. */
static const char *const plain_protocols[] = {
    "bgp",         "bittorrent", "bootp",        "cassandra", "coap",     "dhcp",     "dhcpv6", "diameter", "dns",
    "dropbox-lsp", "dtls",       "ftp",          "ftp-data",  "gnutella", "http",     "http2",  "imap",     "irc",
    "isakmp",      "kerberos",   "ldap",         "llmnr",     "mdns",     "memcache", "mongo",  "mqtt",     "mysql",
    "nbdgm",       "nbns",       "nbss",         "nntp",      "ntp",      "openvpn",  "pgsql",  "pop",      "quic",
    "radius",      "redis",      "rip",          "rtmpt",     "rtsp",     "sip",      "smb",    "smtp",     "snmp",
    "ssdp",        "ssh",        "stun",         "syslog",    "tds",      "telnet",   "tftp",   "tls",      "tpkt",
    "vnc",         "whois",      "ws-discovery", "xmpp",
};

struct carriers {
    guint8 on_port[2][PORTS]; /* TCP and UDP */
    GPtrArray *guesses[2];    /* of payload_test, those that Wireshark makes on any port */
    GHashTable *connections;  /* TCP connections that carry, set of flow_key */
    hash_secret secret;
};

static bool
begins(const payload *p, const char *bytes, size_t count)
{
    return p->captured >= count && memcmp(p->bytes, bytes, count) == 0;
}

/* Remote packet capture: version 0, a known message type, and no value unless the type has one. */
static bool
is_rpcap(const payload *p)
{
    if (p->captured < 8 || p->bytes[0] != 0)
        return false;
    guint type = p->bytes[1] & 0x7f;
    bool has_value = p->bytes[1] == 0x01 || p->bytes[1] == 0x82;
    return type >= 1 && type <= 11 && (has_value || (p->bytes[2] == 0 && p->bytes[3] == 0));
}

static bool
is_rpcap_packet(const payload *p)
{
    return begins(p, "\0\7\0\0", 4);
}

/* Fibre Channel: protocol and version, and both with all bits turned round. */
static bool
is_fibre_channel(const payload *p)
{
    return p->captured >= 4 && (p->bytes[0] ^ p->bytes[2]) == 0xff && (p->bytes[1] ^ p->bytes[3]) == 0xff;
}

/* Lawful intercept: a chain of typed values, those of the first types of 4 bytes. */
static bool
is_redback_intercept(const payload *p)
{
    if (p->captured < 2)
        return false;
    guint8 type = p->bytes[0];
    return type == 4 || type == 20 || type == 40 || (type >= 1 && type <= 3 && p->bytes[1] == 4);
}

/* MPEG transport stream: packets of 188 bytes, each beginning alike. */
static bool
is_transport_stream(const payload *p)
{
    if (p->length == 0 || p->length % 188 != 0)
        return false;
    for (size_t at = 0; at < p->captured; at += 188) {
        if (p->bytes[at] != 0x47)
            return false;
    }
    return true;
}

static bool
is_rftap(const payload *p)
{
    return begins(p, "RFta", 4);
}

/* IPv6 in UDP, alone or behind Teredo's authentication or origin. */
static bool
is_teredo(const payload *p)
{
    return p->captured >= 40 && (p->bytes[0] >> 4 == 6 || (p->bytes[0] == 0 && p->bytes[1] <= 1));
}

static bool
is_peek_remote(const payload *p)
{
    return begins(p, "\x00\xff\xab\xcd", 4);
}

static bool
is_wireguard(const payload *p)
{
    return p->captured >= 4 && p->bytes[0] >= 1 && p->bytes[0] <= 4 && memcmp(p->bytes + 1, "\0\0\0", 3) == 0;
}

/* A monitoring probe's: version 1, and the captured length. */
static bool
is_e100(const payload *p)
{
    return p->captured >= 28 && p->bytes[0] == 1 && raw_get32(p->bytes + 20) == p->length - 28;
}

/* For what is off unless the user switches it on. */
static bool
is_anything(const payload *p)
{
    (void)p;
    return true;
}

enum { ON_TCP, ON_UDP };

static const struct {
    const char *heuristic;
    int transport;
    payload_test test;
} guesses[] = {
    {"rpcap_tcp", ON_TCP, is_rpcap},
    {"fcip_tcp", ON_TCP, is_fibre_channel},
    {"ifcp_tcp", ON_TCP, is_fibre_channel},
    {"rpcap_udp", ON_UDP, is_rpcap_packet},
    {"redbackli_udp", ON_UDP, is_redback_intercept},
    {"mp2t_udp", ON_UDP, is_transport_stream},
    {"rftap", ON_UDP, is_rftap},
    {"teredo_udp", ON_UDP, is_teredo},
    {"peekremote_udp", ON_UDP, is_peek_remote},
    {"wg", ON_UDP, is_wireguard},
    {"e100_udp", ON_UDP, is_e100},
    {"dvb_s2_udp", ON_UDP, is_anything},
    {"fp_mux_udp", ON_UDP, is_anything},
    {"fp_udp", ON_UDP, is_anything},
    {"mac_lte_udp", ON_UDP, is_anything},
    {"mac_nr_udp", ON_UDP, is_anything},
    {"nas_5gs_udp", ON_UDP, is_anything},
    {"nas_eps_udp", ON_UDP, is_anything},
    {"pdcp_lte_udp", ON_UDP, is_anything},
    {"pdcp_nr_udp", ON_UDP, is_anything},
    {"rlc_lte_udp", ON_UDP, is_anything},
    {"rlc_nr_udp", ON_UDP, is_anything},
    {"rlc_udp", ON_UDP, is_anything},
    {"rtp_udp", ON_UDP, is_anything},
    {"wassp_udp", ON_UDP, is_anything},
};

static bool
is_plain_protocol(dissector_handle_t handle)
{
    int protocol = dissector_handle_get_protocol_index(handle);
    const char *name = protocol < 0 ? "" : proto_get_protocol_filter_name(protocol);

    for (size_t i = 0; i < G_N_ELEMENTS(plain_protocols); i++) {
        if (strcmp(plain_protocols[i], name) == 0)
            return true;
    }
    return false;
}

static bool
is_enabled(dissector_handle_t handle)
{
    int protocol = dissector_handle_get_protocol_index(handle);
    return protocol < 0 || proto_is_protocol_enabled(find_protocol_by_id(protocol));
}

static void
mark_port(const gchar *table, ftenum_t type, gpointer key, gpointer entry, gpointer user)
{
    guint port = GPOINTER_TO_UINT(key);
    dissector_handle_t handle = dtbl_entry_get_handle(entry);

    (void)table;
    (void)type;
    if (handle && port < PORTS && is_enabled(handle) && !is_plain_protocol(handle))
        ((guint8 *)user)[port] = 1;
}

/* OpenFlow is recognised by its ports, but has no place in the table of ports. */
static void
mark_ports(carriers *c)
{
    static const guint16 openflow_ports[] = {6633, 6634, 6653};

    dissector_table_foreach("tcp.port", mark_port, c->on_port[ON_TCP]);
    dissector_table_foreach("udp.port", mark_port, c->on_port[ON_UDP]);
    for (size_t i = 0; i < G_N_ELEMENTS(openflow_ports); i++)
        c->on_port[ON_TCP][openflow_ports[i]] = 1;
}

static bool
is_guessed(const char *heuristic)
{
    const heur_dtbl_entry_t *entry = find_heur_dissector_by_unique_short_name(heuristic);
    return entry && entry->enabled && proto_is_protocol_enabled(entry->protocol);
}

carriers *
carriers_new(void)
{
    carriers *c = g_new0(carriers, 1);

    mark_ports(c);
    for (int transport = ON_TCP; transport <= ON_UDP; transport++)
        c->guesses[transport] = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(guesses); i++) {
        if (is_guessed(guesses[i].heuristic))
            g_ptr_array_add(c->guesses[guesses[i].transport], (gpointer)(uintptr_t)guesses[i].test);
    }
    c->connections = g_hash_table_new_full(flow_key_hash, flow_key_equal, g_free, NULL);
    hash_secret_init(&c->secret);
    return c;
}

void
carriers_free(carriers *c)
{
    if (!c)
        return;
    g_ptr_array_free(c->guesses[ON_TCP], TRUE);
    g_ptr_array_free(c->guesses[ON_UDP], TRUE);
    g_hash_table_destroy(c->connections);
    g_free(c);
}

static bool
looks_like_carrier(const GPtrArray *tests, const payload *p)
{
    for (guint i = 0; i < tests->len; i++) {
        if (((payload_test)(uintptr_t)tests->pdata[i])(p))
            return true;
    }
    return false;
}

static bool
is_carrier_connection(carriers *c, const observation *packet, bool begins_carrier)
{
    flow_key key;

    if (!begins_carrier && g_hash_table_size(c->connections) == 0)
        return false;
    flow_key_init(&key, packet, &c->secret);
    bool full = g_hash_table_size(c->connections) >= CONNECTIONS_MAX;
    bool known = full || g_hash_table_contains(c->connections, &key);
    if (begins_carrier && !known)
        g_hash_table_add(c->connections, g_memdup2(&key, sizeof key));
    return known || begins_carrier;
}

/* A segment without payload carries nothing, and matters only where a carrier's messages have to be put together. */
bool
carriers_may_carry(carriers *c, const observation *packet, const raw_frame *frame, size_t payload_at)
{
    int transport = packet->protocol == TRANSPORT_TCP ? ON_TCP : ON_UDP;
    payload p = {
        .bytes = frame->bytes + payload_at,
        .captured =
            frame->captured_bytes > payload_at ? MIN(frame->captured_bytes - payload_at, packet->payload_bytes) : 0,
        .length = packet->payload_bytes,
    };
    bool carries =
        p.length > 0 && (c->on_port[transport][packet->src_port] || c->on_port[transport][packet->dst_port] ||
                         looks_like_carrier(c->guesses[transport], &p));

    return transport == ON_UDP ? carries : is_carrier_connection(c, packet, carries);
}
