/*
 * flow_key.h - what makes two packets part of one flow, and the keyed hash of it.
 *
 * A key is the same for both directions: its two endpoints are in a fixed order. TCP and UDP endpoints are addresses
 * and ports; ICMP has no ports, so message type (replies mapped to their request) and identifier are used beside the
 * addresses. Senders choose addresses and ports, so the hash is SipHash-2-4 under a secret drawn
 * for each table: no sender can prepare keys that collide.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FLOW_KEY_H
#define CICFLOW_FLOW_KEY_H

#include <glib.h>

#include "observation.h"

typedef struct {
    uint64_t word[2];
} hash_secret;

typedef struct {
    flow_address address[2];
    uint16_t selector[2]; /* ports in the addresses' order, or ICMP type and identifier */
    uint8_t protocol;
    uint8_t ip_version;
    uint8_t zero[2];        /* padding that is hashed: keep it 0 */
    uint32_t distinguisher; /* of flows that are otherwise the same, as the rules have it: VLANs, a number; else 0 */
    uint32_t hash;          /* not part of the identity */
} flow_key;

/* Request type of an ICMP packet of a request and reply pair, which its identifier tells from others (RFC 792, 950,
 * 4443, (RFC 792, 950, 4443, 8335); -1 for other types, whose identifier means nothing. */
int flow_key_icmp_request_type(const observation *packet);

/* Random bits from the system. */
void hash_secret_init(hash_secret *secret);

/* SipHash-2-4 (Aumasson and Bernstein, 2012) of size bytes. */
uint64_t siphash(const hash_secret *secret, const void *data, size_t size);

/* The key of a packet's flow by the rules of the standard dialect. */
void flow_key_init(flow_key *key, const observation *packet, const hash_secret *secret);

/* The same, with ports for every protocol, ICMP too. */
void flow_key_init_ports(flow_key *key, const observation *packet, const hash_secret *secret);

/* Sets the hash of a key filled in by other rules. */
void flow_key_seal(flow_key *key, const hash_secret *secret);

/* For GHashTable. */
guint flow_key_hash(gconstpointer key);
gboolean flow_key_equal(gconstpointer a, gconstpointer b);

#endif
