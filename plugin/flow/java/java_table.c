/*
 * java_table.c - the open flows of the Java tools; see java_table.h.
 *
 * The flows left at the end are written in the iteration order of Java's HashMap: by bucket, and within a bucket in the
 * order of insertion. The text of the key selects the bucket. There are 16 buckets at first; their number doubles
 * whenever the entries exceed three quarters of it, and never shrinks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "java_table.h"

#include <string.h>

enum { BUCKETS_MIN = 16 };

static const int64_t default_timeout_ns = 120 * NS_PER_SECOND;

java_table *
java_table_new(const flow_settings *settings, const java_measures *rules, uint64_t least_packets)
{
    java_table *table = g_new0(java_table, 1);

    table->context.rules = rules;
    table->context.gaps = settings->gaps;
    table->context.optional = settings->optional;
    hash_secret_init(&table->context.secret);
    table->timeout_ns = settings->active_timeout_ns > 0 ? settings->active_timeout_ns : default_timeout_ns;
    table->least_packets = least_packets;
    table->flows = g_hash_table_new(flow_key_hash, flow_key_equal);
    return table;
}

java_flow *
java_table_find(java_table *table, const observation *packet, flow_key *key)
{
    flow_key_init_ports(key, packet, &table->context.secret);
    return g_hash_table_lookup(table->flows, key);
}

void
java_table_begin(java_table *table, java_flow *f, const observation *packet)
{
    if (flow_table_is_full(&table->base))
        java_table_end(table, (java_flow *)table->queue.oldest, END_FULL);
    g_hash_table_add(table->flows, f);
    flow_queue_append(&table->queue, &f->flow);
    flow_table_begin(&table->base, &f->flow);
    java_flow_add_first(f, packet, &table->context);
}

void
java_table_add(java_table *table, java_flow *f, const observation *packet)
{
    java_flow_add(f, packet, &table->context);
    flow_queue_remove(&table->queue, &f->flow);
    flow_queue_append(&table->queue, &f->flow);
}

void
java_table_end(java_table *table, java_flow *f, flow_end_reason reason)
{
    g_hash_table_remove(table->flows, f);
    flow_queue_remove(&table->queue, &f->flow);
    g_clear_pointer(&f->segments, g_hash_table_destroy);
    f->flow.has_no_record = f->flow.packets < table->least_packets;
    if (table->complete)
        table->complete(table, f);
    flow_table_hand_over(&table->base, &f->flow, reason);
}

/* Java's string hash, with the bits spread as HashMap does. */
static uint32_t
bucket_hash(const char *text)
{
    uint32_t hash = 0;

    for (const char *c = text; *c; c++)
        hash = 31 * hash + (uint8_t)*c;
    return hash ^ hash >> 16;
}

typedef struct {
    uint32_t bucket;
    java_flow *flow;
} bucket_entry;

static int
compare_buckets(gconstpointer a, gconstpointer b)
{
    const bucket_entry *x = a, *y = b;

    if (x->bucket != y->bucket)
        return x->bucket < y->bucket ? -1 : 1;
    return x->flow->flow.id < y->flow->flow.id ? -1 : x->flow->flow.id > y->flow->flow.id;
}

static uint32_t
bucket_count(uint64_t largest_open)
{
    uint32_t buckets = BUCKETS_MIN;

    while (buckets < UINT32_C(1) << 30 && largest_open > UINT64_C(3) * (buckets / 4))
        buckets *= 2;
    return buckets;
}

void
java_table_finish(flow_table *base)
{
    java_table *table = (java_table *)base;
    g_autoptr(GArray) open = g_array_sized_new(FALSE, FALSE, sizeof(bucket_entry), (guint)base->counts.open);
    uint32_t mask = bucket_count(base->counts.largest_open) - 1;

    for (flow *f = table->queue.oldest; f; f = f->newer) {
        java_flow *last = (java_flow *)f;
        bucket_entry p = {bucket_hash(last->name) & mask, last};
        g_array_append_val(open, p);
    }
    g_array_sort(open, compare_buckets);
    for (guint i = 0; i < open->len; i++)
        java_table_end(table, g_array_index(open, bucket_entry, i).flow, END_EOF);
}

void
java_table_destroy(flow_table *base)
{
    java_table *table = (java_table *)base;

    while (table->queue.oldest) {
        java_flow *f = (java_flow *)table->queue.oldest;
        flow_queue_remove(&table->queue, &f->flow);
        java_flow_free(f);
    }
    g_hash_table_destroy(table->flows);
    g_free(table);
}
