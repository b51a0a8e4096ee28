/*
 * fragments.c - lengths of unfinished fragments; see fragments.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fragments.h"

#include <string.h>
#include <wsutil/pint.h>

#include "../../flow/flow_key.h"

typedef struct {
    guint8 src[16], dst[16];
    guint32 identification;
    guint8 version, protocol;
    guint16 vlan;
} datagram_key;

typedef struct {
    datagram_key key;
    guint32 hash;
    guint32 last_frame;
    fragment_sum sum;
    GList link; /* in the order in which datagrams were begun; its data is this */
} datagram;

struct fragment_table {
    GHashTable *pending; /* set of datagram */
    GQueue begun;        /* the same, the first begun first */
    datagram completed;  /* the last one taken */
    hash_secret secret;
};

static guint
datagram_hash(gconstpointer d)
{
    return ((const datagram *)d)->hash;
}

static gboolean
datagram_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(&((const datagram *)a)->key, &((const datagram *)b)->key, sizeof(datagram_key)) == 0;
}

fragment_table *
fragment_table_new(void)
{
    fragment_table *table = g_new0(fragment_table, 1);
    table->pending = g_hash_table_new_full(datagram_hash, datagram_equal, g_free, NULL);
    hash_secret_init(&table->secret);
    return table;
}

void
fragment_table_free(fragment_table *table)
{
    if (!table)
        return;
    g_hash_table_destroy(table->pending);
    g_free(table);
}

/* As epan has it: addresses that are free for anybody's use may be used again in another VLAN. */
static bool
is_local_address(const address *a)
{
    guint32 number;
    memcpy(&number, a->data, sizeof number);
    number = GUINT32_FROM_BE(number);
    return in4_addr_is_private(number) || in4_addr_is_link_local(number);
}

/* The protocol of IPv6 fragments after the first is not to be had, so it is no part of their identity. */
static datagram
datagram_of(const fragment_table *table, const address *src, const address *dst, const ip_header *header)
{
    datagram d = {.key = {.identification = header->identification, .version = header->version}};

    memcpy(d.key.src, src->data, MIN((size_t)src->len, sizeof d.key.src));
    memcpy(d.key.dst, dst->data, MIN((size_t)dst->len, sizeof d.key.dst));
    d.key.protocol = header->version == 4 ? header->protocol : 0;
    if (header->version == 4 && (is_local_address(src) || is_local_address(dst)))
        d.key.vlan = header->vlan;
    d.hash = (guint32)siphash(&table->secret, &d.key, sizeof d.key);
    return d;
}

static void
forget(fragment_table *table, datagram *d)
{
    g_queue_unlink(&table->begun, &d->link);
    g_hash_table_remove(table->pending, d);
}

static datagram *
begin(fragment_table *table, const datagram *wanted)
{
    if (table->begun.length >= FRAGMENT_DATAGRAMS_MAX)
        forget(table, table->begun.head->data);
    datagram *d = g_new(datagram, 1);
    *d = *wanted;
    d->link.data = d;
    g_queue_push_tail_link(&table->begun, &d->link);
    g_hash_table_add(table->pending, d);
    return d;
}

void
fragment_table_add(fragment_table *table, const address *src, const address *dst, const ip_header *header,
                   guint32 frame, fragment_sum sum)
{
    datagram wanted = datagram_of(table, src, dst, header);
    datagram *d = g_hash_table_lookup(table->pending, &wanted);

    if (!d)
        d = begin(table, &wanted);
    if (d->last_frame == frame)
        return;
    d->last_frame = frame;
    d->sum.frames += sum.frames;
    d->sum.bytes += sum.bytes;
    d->sum.captured_bytes += sum.captured_bytes;
}

fragment_sum
fragment_table_take(fragment_table *table, const address *src, const address *dst, const ip_header *header,
                    guint32 frame)
{
    datagram wanted = datagram_of(table, src, dst, header);
    datagram *d = g_hash_table_lookup(table->pending, &wanted);

    if (d) {
        table->completed = *d;
        table->completed.last_frame = frame;
        forget(table, d);
    } else if (table->completed.last_frame != frame || !datagram_equal(&table->completed, &wanted)) {
        return (fragment_sum){0};
    }
    return table->completed.sum;
}
