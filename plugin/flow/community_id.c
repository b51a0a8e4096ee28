/*
 * community_id.c - Community ID, version 1; see community_id.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "community_id.h"

#include <glib.h>
#include <string.h>

#define VERSION_PREFIX "1:"

enum { SHA1_BYTES = 20, SEED_BYTES = 2, PORT_BYTES = 2 };

typedef struct {
    const flow_address *address;
    uint16_t port;
} flow_end;

/* Pairs of types: request and reply. */
static const struct {
    uint8_t protocol, request, reply;
} icmp_pairs[] = {
    {TRANSPORT_ICMP, 8, 0},       /* echo */
    {TRANSPORT_ICMP, 10, 9},      /* router solicitation, advertisement */
    {TRANSPORT_ICMP, 13, 14},     /* timestamp */
    {TRANSPORT_ICMP, 15, 16},     /* information */
    {TRANSPORT_ICMP, 17, 18},     /* address mask */
    {TRANSPORT_ICMPV6, 128, 129}, /* echo */
    {TRANSPORT_ICMPV6, 130, 131}, /* multicast listener query, report */
    {TRANSPORT_ICMPV6, 133, 134}, /* router solicitation, advertisement */
    {TRANSPORT_ICMPV6, 135, 136}, /* neighbour solicitation, advertisement */
    {TRANSPORT_ICMPV6, 139, 140}, /* node information */
    {TRANSPORT_ICMPV6, 144, 145}, /* home agent address discovery */
};

/* The other type of the pair; false if the type is in no pair. */
static bool
find_counterpart(const observation *packet, uint16_t *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(icmp_pairs); i++) {
        if (packet->protocol != icmp_pairs[i].protocol)
            continue;
        if (packet->icmp_type != icmp_pairs[i].request && packet->icmp_type != icmp_pairs[i].reply)
            continue;
        *type = packet->icmp_type == icmp_pairs[i].request ? icmp_pairs[i].reply : icmp_pairs[i].request;
        return true;
    }
    return false;
}

static bool
is_in_order(const flow_end *a, const flow_end *b, size_t address_bytes)
{
    int difference = memcmp(a->address->bytes, b->address->bytes, address_bytes);
    return difference < 0 || (difference == 0 && a->port < b->port);
}

static void
add_port(GChecksum *sum, uint16_t port)
{
    uint16_t bytes = GUINT16_TO_BE(port);
    g_checksum_update(sum, (const guchar *)&bytes, PORT_BYTES);
}

static void
write_sum(char *out, const flow_end *first, const flow_end *second, uint8_t protocol, size_t address_bytes)
{
    static const guchar seed[SEED_BYTES];
    const guchar protocol_and_padding[] = {protocol, 0};
    guint8 digest[SHA1_BYTES];
    gsize size = sizeof digest;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);

    g_checksum_update(sum, seed, sizeof seed);
    g_checksum_update(sum, first->address->bytes, (gssize)address_bytes);
    g_checksum_update(sum, second->address->bytes, (gssize)address_bytes);
    g_checksum_update(sum, protocol_and_padding, sizeof protocol_and_padding);
    add_port(sum, first->port);
    add_port(sum, second->port);
    g_checksum_get_digest(sum, digest, &size);
    g_autofree char *text = g_base64_encode(digest, size);
    g_strlcpy(out, VERSION_PREFIX, COMMUNITY_ID_BYTES);
    g_strlcat(out, text, COMMUNITY_ID_BYTES);
}

void
community_id_write(char out[COMMUNITY_ID_BYTES], const observation *packet)
{
    flow_end ends[] = {{&packet->src, packet->src_port}, {&packet->dst, packet->dst_port}};
    size_t address_bytes = packet->ip_version == 6 ? sizeof packet->src.bytes : 4;
    bool is_one_way = false;

    out[0] = '\0';
    if (observation_is_icmp(packet)) {
        ends[0].port = packet->icmp_type;
        ends[1].port = packet->icmp_code;
        is_one_way = !find_counterpart(packet, &ends[1].port);
    } else if (packet->protocol != TRANSPORT_TCP && packet->protocol != TRANSPORT_UDP) {
        return;
    }
    bool in_order = is_one_way || is_in_order(&ends[0], &ends[1], address_bytes);
    write_sum(out, &ends[!in_order], &ends[in_order], packet->protocol, address_bytes);
}
