/*
 * python_rules.c - the rules of the Python CICFlowMeter fork (flow_rules.h).
 *
 * Flows are found under their first packet's addresses and ports, as they stand or turned round, whatever the protocol.
 * A packet too late for a flow looks for the next generation of the same key. Flows leave only in sweeps, in the order
 * in which they were begun. The packet that begins a flow is measured twice.
 *
 * A sweep does not look at every flow, for anybody can make one happen with any packet: the silent flows come from two
 * heaps (flow_heap.h), and those that last long are listed when they come to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "flow_heap.h"
#include "flow_queue.h"
#include "flow_rules.h"
#include "python_frame.h"

enum { SWEEP_PACKETS = 1000, ICMP_ECHO_REPLY = 0, ICMP_ECHO = 8 };

static const int64_t sweep_duration_ns = 120 * NS_PER_SECOND;

/* What a sweep writes. */
static const int64_t swept_duration_ns = 90 * NS_PER_SECOND;
static const int64_t swept_icmp_duration_ns = 30 * NS_PER_SECOND;

enum { HEAP_PORTS, HEAP_ICMP, HEAPS };

typedef struct {
    flow_table base;
    GHashTable *flows;        /* set of flow, by key */
    flow_queue begun;         /* in that order */
    flow_heap *silent[HEAPS]; /* all flows, by the timeout that they have */
    GPtrArray *lasting;       /* flows that the next sweep writes however recent they are */
    GPtrArray *swept;         /* flows that the sweep at work takes */
    GPtrArray *ended;         /* freed with the next packet, so that its last packet's flow can be returned */
    uint64_t accepted;
    hash_secret secret;
} python_table;

static void
end_flow(python_table *table, flow *f, flow_end_reason reason)
{
    g_hash_table_remove(table->flows, f);
    flow_queue_remove(&table->begun, f);
    f->end_reason = (uint8_t)reason;
    flow_table_count_ended(&table->base, reason);
    table->base.emit(f, table->base.user);
    g_ptr_array_add(table->ended, f);
}

/* ICMP types whose identifier is part of the key; for the others it is nothing, not 0. */
static bool
has_identifier(uint8_t icmp_type)
{
    return icmp_type == ICMP_ECHO_REPLY || icmp_type == ICMP_ECHO || (icmp_type >= 13 && icmp_type <= 18) ||
           icmp_type == 37 || icmp_type == 38;
}

static void
set_key(flow_key *key, const observation *packet, flow_direction direction)
{
    bool reply = direction == BACKWARD;

    memset(key, 0, sizeof *key);
    key->address[reply] = packet->src;
    key->address[!reply] = packet->dst;
    if (packet->protocol == TRANSPORT_ICMP) {
        key->selector[0] = reply && packet->icmp_type == ICMP_ECHO_REPLY ? ICMP_ECHO : packet->icmp_type;
        key->selector[1] = has_identifier(packet->icmp_type) ? packet->icmp_identifier : 0;
        key->zero[0] = !has_identifier(packet->icmp_type);
    } else {
        key->selector[reply] = packet->src_port;
        key->selector[!reply] = packet->dst_port;
    }
}

static flow *
find(python_table *table, flow_key *key, uint32_t generation)
{
    key->generation = generation;
    flow_key_seal(key, &table->secret);
    return g_hash_table_lookup(table->flows, key);
}

static flow_heap *
heap_of(const python_table *table, const flow *f)
{
    return table->silent[f->protocol == TRANSPORT_ICMP ? HEAP_ICMP : HEAP_PORTS];
}

/* The flow bears the key's addresses and ports, also when its first packet goes the other way. */
static flow *
begin_flow(python_table *table, const flow_key *key, const observation *packet, flow_direction direction)
{
    heaped_flow *heaped = g_new(heaped_flow, 1);
    flow *f = &heaped->flow;

    flow_init(f, key, packet);
    if (direction == BACKWARD)
        flow_swap_ends(f);
    f->id = ++table->base.last_id;
    f->last_ns = packet->time_ns;
    g_hash_table_add(table->flows, f);
    flow_queue_append(&table->begun, f);
    flow_heap_add(heap_of(table, f), f);
    flow_table_count_begun(&table->base);
    flow_measure(f, packet, direction);
    f->direction_last_ns[direction] = packet->time_ns;
    return f;
}

static int64_t
idle_timeout_ns(const python_table *table, uint8_t protocol)
{
    return protocol == TRANSPORT_ICMP ? table->base.settings.icmp_idle_timeout_ns
                                      : table->base.settings.idle_timeout_ns;
}

/* The flow of a packet, begun where there is none. The limit of each generation is a timeout longer than the one's
 * before. */
static flow *
find_or_begin(python_table *table, const observation *packet, flow_direction *direction)
{
    int64_t timeout_ns = idle_timeout_ns(table, packet->protocol);
    flow_key key;

    *direction = FORWARD;
    set_key(&key, packet, FORWARD);
    flow *f = find(table, &key, 0);
    if (!f) {
        *direction = BACKWARD;
        set_key(&key, packet, BACKWARD);
        f = find(table, &key, 0);
    }
    if (!f) {
        *direction = FORWARD;
        set_key(&key, packet, FORWARD);
        flow_key_seal(&key, &table->secret);
        return begin_flow(table, &key, packet, FORWARD);
    }
    for (uint32_t generation = 1; packet->time_ns - f->last_ns > timeout_ns * generation; generation++) {
        f = find(table, &key, generation);
        if (!f)
            return begin_flow(table, &key, packet, *direction);
    }
    return f;
}

/* A start of 0 means that there is no run; the other direction's later packet is noticed only now. */
static void
add_to_bulk(flow *f, const observation *packet, flow_direction direction, int64_t gap_ns)
{
    bulk_run *run = &f->run[direction];

    if (f->run[!direction].last_ns > run->first_ns)
        run->first_ns = 0;
    if (run->first_ns == 0 || packet->time_ns - run->last_ns > gap_ns)
        *run = (bulk_run){.first_ns = packet->time_ns, .last_ns = packet->time_ns};
    flow_extend_bulk(f, packet->time_ns, packet->payload_bytes, direction);
}

/* Gaps are as they come, also negative. */
static void
add_packet(flow *f, const observation *packet, flow_direction direction, int64_t bulk_gap_ns)
{
    if (f->length[direction].count > 0)
        series_add(&f->gap[direction], packet->time_ns - f->direction_last_ns[direction]);
    f->direction_last_ns[direction] = packet->time_ns;
    flow_measure(f, packet, direction);
    if (packet->payload_bytes > 0)
        add_to_bulk(f, packet, direction, bulk_gap_ns);
    series_add(&f->flow_gap, packet->time_ns - f->last_ns);
    if (packet->time_ns > f->last_ns)
        f->last_ns = packet->time_ns;
    if (f->first_window[direction] == 0)
        f->first_window[direction] = packet->tcp_window;
    f->last_frame = packet->frame;
    f->packets++;
}

static int64_t
duration_ns(const flow *f)
{
    return f->last_ns - f->first_ns;
}

/* To be called with every packet of the flow; before_ns is how long it lasted until then. */
static void
list_lasting(python_table *table, flow *f, int64_t before_ns)
{
    int64_t longest_ns = flow_is_icmp(f) ? swept_icmp_duration_ns : swept_duration_ns;

    if (before_ns < longest_ns && duration_ns(f) >= longest_ns)
        g_ptr_array_add(table->lasting, f);
}

static void
take_silent(python_table *table, int64_t now_ns)
{
    for (int i = 0; i < HEAPS; i++) {
        int64_t timeout_ns = idle_timeout_ns(table, i == HEAP_ICMP ? TRANSPORT_ICMP : TRANSPORT_TCP);
        for (flow *f; (f = flow_heap_take(table->silent[i], now_ns - timeout_ns));) {
            f->end_reason = END_IDLE;
            g_ptr_array_add(table->swept, f);
        }
    }
}

static void
take_lasting(python_table *table)
{
    for (guint i = 0; i < table->lasting->len; i++) {
        flow *f = table->lasting->pdata[i];
        if (f->end_reason != END_OPEN)
            continue;
        flow_heap_remove(heap_of(table, f), f);
        f->end_reason = END_ACTIVE;
        g_ptr_array_add(table->swept, f);
    }
    g_ptr_array_set_size(table->lasting, 0);
}

static int
compare_begun(gconstpointer a, gconstpointer b)
{
    const flow *x = *(flow *const *)a;
    const flow *y = *(flow *const *)b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static void
sweep(python_table *table, int64_t now_ns)
{
    take_silent(table, now_ns);
    take_lasting(table);
    g_ptr_array_sort(table->swept, compare_begun);
    for (guint i = 0; i < table->swept->len; i++) {
        flow *f = table->swept->pdata[i];
        end_flow(table, f, (flow_end_reason)f->end_reason);
    }
    g_ptr_array_set_size(table->swept, 0);
}

static flow_table *
create(const flow_settings *settings)
{
    python_table *table = g_new0(python_table, 1);

    (void)settings;
    table->flows = g_hash_table_new(flow_key_hash, flow_key_equal);
    for (int i = 0; i < HEAPS; i++)
        table->silent[i] = flow_heap_new();
    table->lasting = g_ptr_array_new();
    table->swept = g_ptr_array_new();
    table->ended = g_ptr_array_new_with_free_func(g_free);
    hash_secret_init(&table->secret);
    return &table->base;
}

/* No clock runs between packets. */
static void
advance(flow_table *base, int64_t now_ns)
{
    (void)base;
    (void)now_ns;
}

static const flow *
add(flow_table *base, const observation *packet, flow_direction *direction)
{
    python_table *table = (python_table *)base;

    g_ptr_array_set_size(table->ended, 0);
    flow *f = find_or_begin(table, packet, direction);
    int64_t before_ns = duration_ns(f);
    add_packet(f, packet, *direction, base->settings.gaps.subflow_gap_ns);
    list_lasting(table, f, before_ns);
    table->accepted++;
    if (table->accepted % SWEEP_PACKETS == 0 || duration_ns(f) > sweep_duration_ns)
        sweep(table, packet->time_ns);
    return f;
}

static void
finish(flow_table *base)
{
    python_table *table = (python_table *)base;

    while (table->begun.oldest)
        end_flow(table, table->begun.oldest, END_EOF);
}

static void
destroy(flow_table *base)
{
    python_table *table = (python_table *)base;

    for (flow *f = table->begun.oldest, *next; f; f = next) {
        next = f->newer;
        g_free(f);
    }
    g_hash_table_destroy(table->flows);
    for (int i = 0; i < HEAPS; i++)
        flow_heap_free(table->silent[i]);
    g_ptr_array_free(table->lasting, TRUE);
    g_ptr_array_free(table->swept, TRUE);
    g_ptr_array_free(table->ended, TRUE);
    g_free(table);
}

const flow_rules python_rules = {
    .decode = python_frame_decode,
    .flow_bytes = sizeof(flow),
    .create = create,
    .advance = advance,
    .add = add,
    .finish = finish,
    .destroy = destroy,
};
