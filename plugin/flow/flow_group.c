/*
 * flow_group.c - see flow_group.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_group.h"

#include <string.h>

enum { IPV4_BYTES = 4, EXACT_BITS = 53 };

#define HOUR_NS (3600 * NS_PER_SECOND)
#define FNV_OFFSET UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* FNV-1a (Fowler, Noll and Vo), continued. */
static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *next = bytes;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ next[i]) * FNV_PRIME;
    return hash;
}

int64_t
flow_group_number(const flow *f)
{
    size_t bytes = f->ip_version == 6 ? sizeof f->src.bytes : IPV4_BYTES;
    bool in_order = memcmp(f->src.bytes, f->dst.bytes, bytes) <= 0;
    int64_t hour = f->first_ns / HOUR_NS - (f->first_ns % HOUR_NS < 0);
    uint64_t hour_bytes = GUINT64_TO_BE((uint64_t)hour);

    uint64_t hash = hash_bytes(FNV_OFFSET, (in_order ? f->src : f->dst).bytes, bytes);
    hash = hash_bytes(hash, (in_order ? f->dst : f->src).bytes, bytes);
    hash = hash_bytes(hash, &hour_bytes, sizeof hour_bytes);
    return (int64_t)(hash & ((UINT64_C(1) << EXACT_BITS) - 1));
}
