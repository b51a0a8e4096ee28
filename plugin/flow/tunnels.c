/*
 * tunnels.c - which packets may carry further packets; see tunnels.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tunnels.h"

#include <stdlib.h>
#include <string.h>

#include "flow_key.h"

enum { PORTS = 65536 };

/* Anyone can open connections that look like tunnels. When this many are known, all other connections count as tunnels
 * too: their frames are dissected, which is slower but never wrong. */
enum { CONNECTIONS_MAX = 65536 };

/* A transport payload, with its captured and its original length. */
typedef struct {
    const guint8 *bytes;
    size_t captured, length;
} payload;

typedef bool (*payload_test)(const payload *p);

struct tunnels {
    guint8 on_port[TUNNEL_TRANSPORTS][PORTS];
    GPtrArray *tests[TUNNEL_TRANSPORTS]; /* of payload_test, for any port */
    GHashTable *connections;             /* TCP connections with tunnels, set of flow_key */
    hash_secret secret;
};

static bool
begins(const payload *p, const char *bytes, size_t count)
{
    return p->captured >= count && memcmp(p->bytes, bytes, count) == 0;
}

/* RPCAP: version 0, a known message type, no value unless the type has one, and the length of what follows; for a
 * packet message, the length of its headers and its own. */
static bool
is_rpcap(const payload *p)
{
    enum { HEADER_BYTES = 8, PACKET_HEADER_BYTES = 20, PACKET = 7, ERROR = 1, INTERFACES = 0x82 };

    if (p->captured < HEADER_BYTES || p->bytes[0] != 0)
        return false;
    guint type = p->bytes[1];
    guint32 length = raw_get32(p->bytes + 4);
    if ((type & 0x7f) < 1 || (type & 0x7f) > 11 ||
        (raw_get16(p->bytes + 2) != 0 && type != ERROR && type != INTERFACES))
        return false;
    if (type != PACKET)
        return length == p->length - HEADER_BYTES;
    return length >= PACKET_HEADER_BYTES &&
           (p->captured < 20 || raw_get32(p->bytes + 16) == length - PACKET_HEADER_BYTES);
}

static bool
is_rpcap_packet(const payload *p)
{
    return begins(p, "\0\7\0\0", 4) && (p->captured < 8 || is_rpcap(p));
}

/* Fibre Channel: protocol and version 1, and their complements. */
static bool
is_fcip(const payload *p)
{
    return begins(p, "\x01\x01\xfe\xfe", 4);
}

static bool
is_ifcp(const payload *p)
{
    return begins(p, "\x02\x01\xfd\xfe", 4);
}

/* Lawful intercept: a chain of values, each with its type and length, up to an end mark. The first three types are
 * always there and have 4 bytes. */
static bool
is_redback_intercept(const payload *p)
{
    enum { END = 0, SEQUENCE = 1, SESSION = 3, DIRECTION = 4, LABEL = 20, ACCOUNT = 40, ALL_FOUND = 7, BYTES_MIN = 20 };
    guint found = 0;

    if (p->captured < BYTES_MIN)
        return false;
    for (size_t at = 0; at + 2 < p->captured;) {
        guint8 type = p->bytes[at], bytes = p->bytes[at + 1];
        if (type == END)
            return at > 0 && bytes <= 1 && found == ALL_FOUND;
        if (type >= SEQUENCE && type <= SESSION && bytes == 4)
            found |= 1U << (type - SEQUENCE);
        else if (type != DIRECTION && type != LABEL && type != ACCOUNT)
            return false;
        at += (size_t)2 + bytes;
    }
    return found == ALL_FOUND || p->captured < p->length;
}

/* MPEG transport stream: packets of 188 bytes, each with the sync byte. */
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

/* IPv6 in UDP, alone or after a Teredo authentication or origin header. */
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

/* A monitoring probe: version 1, and the captured length. */
static bool
is_e100(const payload *p)
{
    return p->captured >= 28 && p->bytes[0] == 1 && raw_get32(p->bytes + 20) == p->length - 28;
}

/* IPsec in TCP: a trailer of 16 bytes, with zeros and the protocol number of UDP or ESP. */
static bool
is_ipsec_in_tcp(const payload *p)
{
    if (p->length <= 24 || p->captured < p->length - 2)
        return false;
    const guint8 *trailer = p->bytes + p->length - 16;
    return raw_get32(trailer) == 0 && (raw_get16(trailer + 6) & 0x0fff) == 0 &&
           (trailer[13] == 17 || trailer[13] == 50);
}

/* Bundle protocol over TCP. */
static bool
is_tcp_convergence(const payload *p)
{
    return begins(p, "dtn!", 4);
}

/* Accepts everything: for heuristics that are off by default, and for unknown ones. */
static bool
is_anything(const payload *p G_GNUC_UNUSED)
{
    return true;
}

#define IN_TCP TUNNEL_IN_TCP
#define IN_UDP TUNNEL_IN_UDP

static const struct {
    const char *name;
    payload_test test; /* NULL: carries no packets */
    tunnel_transport transport;
    bool on; /* enabled by default */
} heuristics[] = {
#define HEURISTIC(transport, name, test, on, first, last) {name, test, IN_##transport, on},
#include "payload_heuristics.def"
};

static const struct {
    tunnel_transport transport;
    guint16 port;
} default_ports[] = {
#define TUNNEL_PORT(transport, port, protocol) {IN_##transport, port},
#include "tunnel_ports.def"
};

static const char *const plain_protocols[] = {
#define PLAIN_PROTOCOL(name, first, last) name,
#include "plain_protocols.def"
};

static int
compare_names(const void *name, const void *entry)
{
    return strcmp(name, *(const char *const *)entry);
}

bool
tunnels_is_plain_protocol(const char *name)
{
    return bsearch(name, plain_protocols, G_N_ELEMENTS(plain_protocols), sizeof *plain_protocols, compare_names) !=
           NULL;
}

tunnels *
tunnels_new(void)
{
    tunnels *c = g_new0(tunnels, 1);

    for (int transport = 0; transport < TUNNEL_TRANSPORTS; transport++)
        c->tests[transport] = g_ptr_array_new();
    c->connections = g_hash_table_new_full(flow_key_hash, flow_key_equal, g_free, NULL);
    hash_secret_init(&c->secret);
    return c;
}

tunnels *
tunnels_new_default(void)
{
    tunnels *c = tunnels_new();

    for (size_t i = 0; i < G_N_ELEMENTS(default_ports); i++)
        tunnels_add_port(c, default_ports[i].transport, default_ports[i].port);
    for (size_t i = 0; i < G_N_ELEMENTS(heuristics); i++) {
        if (heuristics[i].on)
            tunnels_add_heuristic(c, heuristics[i].transport, heuristics[i].name);
    }
    return c;
}

void
tunnels_add_port(tunnels *c, tunnel_transport transport, guint16 port)
{
    c->on_port[transport][port] = 1;
}

void
tunnels_add_heuristic(tunnels *c, tunnel_transport transport, const char *name)
{
    payload_test test = is_anything;

    for (size_t i = 0; i < G_N_ELEMENTS(heuristics); i++) {
        if (heuristics[i].transport == transport && strcmp(heuristics[i].name, name) == 0)
            test = heuristics[i].test;
    }
    if (test)
        g_ptr_array_add(c->tests[transport], (gpointer)(uintptr_t)test);
}

void
tunnels_free(tunnels *c)
{
    if (!c)
        return;
    for (int transport = 0; transport < TUNNEL_TRANSPORTS; transport++)
        g_ptr_array_free(c->tests[transport], TRUE);
    g_hash_table_destroy(c->connections);
    g_free(c);
}

static bool
looks_like_tunnel(const GPtrArray *tests, const payload *p)
{
    for (guint i = 0; i < tests->len; i++) {
        if (((payload_test)(uintptr_t)tests->pdata[i])(p))
            return true;
    }
    return false;
}

static bool
is_tunnel_connection(tunnels *c, const observation *packet, bool begins_tunnel)
{
    flow_key key;

    if (!begins_tunnel && g_hash_table_size(c->connections) == 0)
        return false;
    flow_key_init(&key, packet, &c->secret);
    bool full = g_hash_table_size(c->connections) >= CONNECTIONS_MAX;
    bool known = full || g_hash_table_contains(c->connections, &key);
    if (begins_tunnel && !known)
        g_hash_table_add(c->connections, g_memdup2(&key, sizeof key));
    return known || begins_tunnel;
}

/* A segment without payload carries nothing, but can matter for reassembling the messages of a tunnel. */
bool
tunnels_may_carry(tunnels *c, const observation *packet, const raw_frame *frame, size_t payload_at)
{
    tunnel_transport transport = packet->protocol == TRANSPORT_TCP ? TUNNEL_IN_TCP : TUNNEL_IN_UDP;
    payload p = {
        .bytes = frame->bytes + payload_at,
        .captured =
            frame->captured_bytes > payload_at ? MIN(frame->captured_bytes - payload_at, packet->payload_bytes) : 0,
        .length = packet->payload_bytes,
    };
    bool carries =
        p.length > 0 && (c->on_port[transport][packet->src_port] || c->on_port[transport][packet->dst_port] ||
                         looks_like_tunnel(c->tests[transport], &p));

    return transport == TUNNEL_IN_UDP ? carries : is_tunnel_connection(c, packet, carries);
}
