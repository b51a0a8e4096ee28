/*
 * python_rules.c - the rules of the Python CICFlowMeter fork (flow_rules.h).
 *
 * Flows are found under their first packet's addresses and ports, in either order, whatever the protocol. A packet that
 * is too late for a flow goes to the next generation of the same key (flow_generations.h). Flows are only written in
 * sweeps, in the order in which they began. The packet that begins a flow is measured twice.
 *
 * A sweep does not visit every flow, because any sender can cause sweeps with any packet: idle flows come from two
 * heaps (flow_heap.h), and long flows are listed as soon as they are long enough. The fork has no limit of open flows;
 * if one is set, the flow idle longest is written as if a sweep had done so before the packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "../flow_queue.h"
#include "../flow_rules.h"
#include "flow_generations.h"
#include "flow_heap.h"
#include "python_frame.h"

enum { SWEEP_PACKETS = 1000, ICMP_ECHO_REPLY = 0, ICMP_ECHO = 8 };

static const int64_t sweep_duration_ns = 120 * NS_PER_SECOND;

/* Flows of this duration are written by the next sweep. */
static const int64_t swept_duration_ns = 90 * NS_PER_SECOND;
static const int64_t swept_icmp_duration_ns = 30 * NS_PER_SECOND;

typedef struct {
    flow_table base;
    GHashTable *flows;           /* set of flow, by key: those of generation 0 */
    GHashTable *later;           /* set of flow_generations, by key: all later ones */
    flow_queue begun;            /* in the order of their first packets */
    flow_heap *silent[TIMEOUTS]; /* all flows, by the timeout that applies to them */
    GPtrArray *lasting;          /* long flows, which the next sweep writes even if not idle; at most SWEEP_PACKETS */
    GPtrArray *swept;            /* flows that the current sweep writes */
    uint64_t accepted;
    hash_secret secret;
} python_table;

/* Where a packet belongs. */
typedef struct {
    flow *flow; /* NULL: a flow has to be begun with key and generation */
    flow_key key;
    uint32_t generation;
    flow_direction direction;
} lookup;

static flow_generations *
generations_of(const python_table *table, const flow *f)
{
    flow_key key = f->key;

    key.distinguisher = 0;
    return g_hash_table_lookup(table->later, &key);
}

/* Ends a flow that is no longer in a heap. */
static void
end_flow(python_table *table, flow *f, flow_end_reason reason)
{
    if (f->key.distinguisher == 0) {
        g_hash_table_remove(table->flows, f);
    } else {
        flow_generations *generations = generations_of(table, f);
        flow_generations_remove(generations, f);
        if (flow_generations_is_empty(generations))
            g_hash_table_remove(table->later, generations);
    }
    flow_queue_remove(&table->begun, f);
    flow_table_hand_over(&table->base, f, reason);
}

/* Whether the identifier is part of the key for this ICMP type; for other types the key has none, which differs from 0.
 */
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
find_first(python_table *table, flow_key *key, const observation *packet, flow_direction direction)
{
    set_key(key, packet, direction);
    flow_key_seal(key, &table->secret);
    return g_hash_table_lookup(table->flows, key);
}

static timeout_kind
timeout_of(uint8_t protocol)
{
    return protocol == TRANSPORT_ICMP ? TIMEOUT_ICMP : TIMEOUT_PORTS;
}

static flow_heap *
heap_of(const python_table *table, const flow *f)
{
    return table->silent[timeout_of(f->protocol)];
}

static int64_t
idle_timeout_ns(const python_table *table, timeout_kind kind)
{
    return kind == TIMEOUT_ICMP ? table->base.settings.icmp_idle_timeout_ns : table->base.settings.idle_timeout_ns;
}

static lookup
look_up(python_table *table, const observation *packet)
{
    timeout_kind kind = timeout_of(packet->protocol);
    lookup p = {.direction = FORWARD};
    flow_key reverse;

    p.flow = find_first(table, &p.key, packet, FORWARD);
    if (!p.flow) {
        p.flow = find_first(table, &reverse, packet, BACKWARD);
        if (!p.flow)
            return p;
        p.key = reverse;
        p.direction = BACKWARD;
    }
    if (packet->time_ns - p.flow->last_ns <= idle_timeout_ns(table, kind))
        return p;
    flow_generations *later = g_hash_table_lookup(table->later, &p.key);
    p.generation = 1;
    p.flow = later ? flow_generations_find(later, packet->time_ns, kind, &p.generation) : NULL;
    return p;
}

static void
enter_generation(python_table *table, flow *f)
{
    flow_generations *generations = generations_of(table, f);

    if (!generations) {
        const int64_t timeout_ns[TIMEOUTS] = {idle_timeout_ns(table, TIMEOUT_PORTS),
                                              idle_timeout_ns(table, TIMEOUT_ICMP)};
        flow_key key = f->key;
        key.distinguisher = 0;
        generations = flow_generations_new(&key, timeout_ns);
        g_hash_table_add(table->later, generations);
    }
    flow_generations_add(generations, f);
}

/* Begins a flow with the key's addresses and ports, even if its first packet goes the other way. */
static flow *
begin_flow(python_table *table, const lookup *p, const observation *packet)
{
    heaped_flow *heaped = g_malloc(flow_settings_flow_bytes(&table->base.settings));
    flow *f = &heaped->flow;

    flow_init(f, &p->key, packet);
    optional_measures_init(f, sizeof *heaped, &table->base.settings.optional);
    f->key.distinguisher = p->generation;
    if (p->direction == BACKWARD)
        flow_swap_ends(f);
    flow_table_begin(&table->base, f);
    f->last_ns = packet->time_ns;
    if (p->generation == 0)
        g_hash_table_add(table->flows, f);
    else
        enter_generation(table, f);
    flow_queue_append(&table->begun, f);
    flow_heap_add(heap_of(table, f), f);
    flow_measure(f, packet, p->direction);
    f->direction_last_ns[p->direction] = packet->time_ns;
    return f;
}

/* A start of 0 means that there is no run. Whether the other direction has interrupted it is only checked now. */
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

/* Gaps may be negative. */
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
    if (f->first_window[direction] == 0)
        f->first_window[direction] = packet->tcp_window;
    flow_count(f, packet, direction);
}

static int64_t
duration_ns(const flow *f)
{
    return f->last_ns - f->first_ns;
}

static bool
lasts_long(const flow *f)
{
    return duration_ns(f) >= (flow_is_icmp(f) ? swept_icmp_duration_ns : swept_duration_ns);
}

/* Updates a flow whose latest time has increased. */
static void
prolong(python_table *table, flow *f, int64_t now_ns)
{
    bool lasted_long = lasts_long(f);

    f->last_ns = now_ns;
    if (f->key.distinguisher > 0)
        flow_generations_update(generations_of(table, f), f);
    if (!lasted_long && lasts_long(f))
        g_ptr_array_add(table->lasting, f);
}

static void
take_silent(python_table *table, int64_t now_ns)
{
    for (timeout_kind kind = 0; kind < TIMEOUTS; kind++) {
        int64_t latest_ns = now_ns - idle_timeout_ns(table, kind);
        for (flow *f; (f = flow_heap_first(table->silent[kind], latest_ns));) {
            flow_heap_remove(table->silent[kind], f);
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

static void
make_room(python_table *table)
{
    flow *a = flow_heap_first(table->silent[TIMEOUT_PORTS], INT64_MAX);
    flow *b = flow_heap_first(table->silent[TIMEOUT_ICMP], INT64_MAX);
    flow *f = !b || (a && flow_heap_is_earlier(a, b)) ? a : b;

    if (lasts_long(f))
        g_ptr_array_remove_fast(table->lasting, f);
    flow_heap_remove(heap_of(table, f), f);
    end_flow(table, f, END_FULL);
}

static flow *
find_or_begin(python_table *table, const observation *packet, flow_direction *direction)
{
    lookup p = look_up(table, packet);

    if (!p.flow && flow_table_is_full(&table->base)) {
        make_room(table);
        p = look_up(table, packet);
    }
    *direction = p.direction;
    return p.flow ? p.flow : begin_flow(table, &p, packet);
}

static flow_table *
create(const flow_settings *settings G_GNUC_UNUSED)
{
    python_table *table = g_new0(python_table, 1);

    table->flows = g_hash_table_new(flow_key_hash, flow_key_equal);
    table->later = g_hash_table_new_full(flow_key_hash, flow_key_equal, flow_generations_free, NULL);
    for (int i = 0; i < TIMEOUTS; i++)
        table->silent[i] = g_ptr_array_new();
    table->lasting = g_ptr_array_new();
    table->swept = g_ptr_array_new();
    hash_secret_init(&table->secret);
    return &table->base;
}

static flow *
add(flow_table *base, const observation *packet, flow_direction *direction)
{
    python_table *table = (python_table *)base;

    flow *f = find_or_begin(table, packet, direction);
    add_packet(f, packet, *direction, base->settings.gaps.subflow_gap_ns);
    if (packet->time_ns > f->last_ns)
        prolong(table, f, packet->time_ns);
    table->accepted++;
    if (table->accepted % SWEEP_PACKETS == 0 || duration_ns(f) > sweep_duration_ns)
        sweep(table, packet->time_ns);
    return f;
}

static void
finish(flow_table *base)
{
    python_table *table = (python_table *)base;

    g_ptr_array_set_size(table->lasting, 0);
    for (int i = 0; i < TIMEOUTS; i++)
        g_ptr_array_set_size(table->silent[i], 0);
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
    g_hash_table_destroy(table->later);
    for (int i = 0; i < TIMEOUTS; i++)
        g_ptr_array_free(table->silent[i], TRUE);
    g_ptr_array_free(table->lasting, TRUE);
    g_ptr_array_free(table->swept, TRUE);
    g_free(table);
}

const flow_rules python_rules = {
    .decode = python_frame_decode,
    .flow_bytes = sizeof(heaped_flow),
    .create = create,
    .add = add,
    .finish = finish,
    .destroy = destroy,
};
