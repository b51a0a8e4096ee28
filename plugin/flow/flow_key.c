/*
 * flow_key.c - identity of flows; see flow_key.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_key.h"

#include <stddef.h>
#include <string.h>
#include <sys/random.h>

#define IDENTITY_BYTES offsetof(flow_key, hash)

void
hash_secret_init(hash_secret *secret)
{
    if (getrandom(secret, sizeof *secret, 0) == (ssize_t)sizeof *secret)
        return;
    for (int i = 0; i < 2; i++)
        secret->word[i] = (uint64_t)g_random_int() << 32 | g_random_int();
}

static inline uint64_t
rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void
sip_rounds(uint64_t v[4], int rounds)
{
    while (rounds-- > 0) {
        v[0] += v[1];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[0] = rotate(v[0], 32);
        v[2] += v[3];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
    }
}

uint64_t
siphash(const hash_secret *secret, const void *data, size_t size)
{
    uint64_t v[4] = {
        secret->word[0] ^ UINT64_C(0x736f6d6570736575),
        secret->word[1] ^ UINT64_C(0x646f72616e646f6d),
        secret->word[0] ^ UINT64_C(0x6c7967656e657261),
        secret->word[1] ^ UINT64_C(0x7465646279746573),
    };
    const unsigned char *bytes = data;
    uint64_t block;
    size_t left = size;

    for (; left >= sizeof block; left -= sizeof block, bytes += sizeof block) {
        memcpy(&block, bytes, sizeof block);
        block = GUINT64_FROM_LE(block);
        v[3] ^= block;
        sip_rounds(v, 2);
        v[0] ^= block;
    }
    block = 0;
    memcpy(&block, bytes, left);
    block = GUINT64_FROM_LE(block) | (uint64_t)size << 56;
    v[3] ^= block;
    sip_rounds(v, 2);
    v[0] ^= block;
    v[2] ^= 0xff;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

int
flow_key_icmp_request_type(const observation *packet)
{
    static const struct {
        uint8_t protocol, type, request;
    } pairs[] = {
        {TRANSPORT_ICMP, 0, 8},       {TRANSPORT_ICMP, 8, 8},       {TRANSPORT_ICMP, 13, 13},
        {TRANSPORT_ICMP, 14, 13},     {TRANSPORT_ICMP, 15, 15},     {TRANSPORT_ICMP, 16, 15},
        {TRANSPORT_ICMP, 17, 17},     {TRANSPORT_ICMP, 18, 17},     {TRANSPORT_ICMP, 42, 42},
        {TRANSPORT_ICMP, 43, 42},     {TRANSPORT_ICMPV6, 128, 128}, {TRANSPORT_ICMPV6, 129, 128},
        {TRANSPORT_ICMPV6, 160, 160}, {TRANSPORT_ICMPV6, 161, 160},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (pairs[i].protocol == packet->protocol && pairs[i].type == packet->icmp_type)
            return pairs[i].request;
    }
    return -1;
}

void
flow_key_seal(flow_key *key, const hash_secret *secret)
{
    struct {
        uint32_t address[2];
        unsigned char others[IDENTITY_BYTES - offsetof(flow_key, selector)];
    } ipv4;

    if (key->ip_version != 4) {
        key->hash = (uint32_t)siphash(secret, key, IDENTITY_BYTES);
        return;
    }
    /* Without the zeros after the addresses, it takes half the time. */
    memcpy(&ipv4.address[0], &key->address[0], sizeof ipv4.address[0]);
    memcpy(&ipv4.address[1], &key->address[1], sizeof ipv4.address[1]);
    memcpy(ipv4.others, key->selector, sizeof ipv4.others);
    key->hash = (uint32_t)siphash(secret, &ipv4, sizeof ipv4);
}

/* Endpoints in the order that both directions share. */
static inline void
set_endpoints(flow_key *key, const observation *packet)
{
    int order = memcmp(&packet->src, &packet->dst, sizeof packet->src);
    if (order == 0)
        order = (int)packet->src_port - (int)packet->dst_port;
    int src = order > 0;

    memset(key, 0, sizeof *key);
    key->address[src] = packet->src;
    key->address[!src] = packet->dst;
    key->selector[src] = packet->src_port;
    key->selector[!src] = packet->dst_port;
    key->protocol = packet->protocol;
    key->ip_version = packet->ip_version;
}

void
flow_key_init(flow_key *key, const observation *packet, const hash_secret *secret)
{
    set_endpoints(key, packet);
    if (observation_is_icmp(packet)) {
        int request = flow_key_icmp_request_type(packet);
        key->selector[0] = request >= 0 ? (uint16_t)request : packet->icmp_type;
        key->selector[1] = request >= 0 ? packet->icmp_identifier : 0;
    }
    flow_key_seal(key, secret);
}

void
flow_key_init_ports(flow_key *key, const observation *packet, const hash_secret *secret)
{
    set_endpoints(key, packet);
    flow_key_seal(key, secret);
}

guint
flow_key_hash(gconstpointer key)
{
    return ((const flow_key *)key)->hash;
}

gboolean
flow_key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, IDENTITY_BYTES) == 0;
}
