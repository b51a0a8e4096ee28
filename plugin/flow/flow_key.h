/*
 * flow_key.h - the identity of a flow, and its keyed hash.
 *
 * A key is the same for both directions: its two endpoints are in a fixed order. TCP and UDP endpoints are addresses
 * and ports; ICMP has no ports, so message type (replies mapped to their request) and identifier are used beside the
 * addresses. Senders choose addresses and ports, so the hash is SipHash-2-4 with a random secret per table: no sender
 * can prepare keys that collide.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "observation.h"

typedef struct {
    uint64_t word[2];
} hash_secret;

typedef struct {
    flow_address address[2];
    uint16_t selector[2]; /* ports in the order of the addresses, or ICMP type and identifier */
    uint8_t protocol;
    uint8_t ip_version;
    uint8_t zero[2];        /* padding, hashed too: must be 0 */
    uint32_t distinguisher; /* separates flows with the same addresses, as the rules need: VLANs or a number; else 0 */
    uint32_t hash;          /* not part of the key */
} flow_key;

/* Request type of an ICMP request or reply, which the identifier distinguishes from others (RFC 792, 950, 4443, 8335);
 * -1 for other types, which have no identifier. */
int flow_key_icmp_request_type(const observation *packet);

/* Draws a random secret from the system. */
void hash_secret_init(hash_secret *secret);

/* SipHash-2-4 (Aumasson and Bernstein, 2012) of size bytes. */
uint64_t siphash(const hash_secret *secret, const void *data, size_t size);

/* The key of a packet's flow by the rules of the standard dialect. */
void flow_key_init(flow_key *key, const observation *packet, const hash_secret *secret);

/* The same, but with ports for every protocol, including ICMP. */
void flow_key_init_ports(flow_key *key, const observation *packet, const hash_secret *secret);

/* Computes the hash of a key that other rules have filled in. */
void flow_key_seal(flow_key *key, const hash_secret *secret);

/* For GHashTable. */
guint flow_key_hash(gconstpointer key);
gboolean flow_key_equal(gconstpointer a, gconstpointer b);
