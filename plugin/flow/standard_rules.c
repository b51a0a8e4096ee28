/*
 * standard_rules.c - the rules of the standard dialect (flow_rules.h).
 *
 * Flows wait in one queue per idle timeout, in the order of their last packets, and only the oldest flow of each queue
 * is checked: expiry costs amortised O(1) per packet. A TCP flow moves to another queue when its connection closes, if
 * closed connections have their own timeout.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_queue.h"
#include "flow_rules.h"

enum { QUEUE_PORTS, QUEUE_ICMP, QUEUE_CLOSED, QUEUES };

/* Flows with the same timeout. */
typedef struct {
    flow_queue waiting;
    int64_t timeout_ns;
} idle_queue;

typedef struct {
    flow_table base;
    GHashTable *flows; /* set of flow, by key */
    idle_queue queue[QUEUES];
    hash_secret secret;
} standard_table;

static flow_table *
create(const flow_settings *settings)
{
    standard_table *table = g_new0(standard_table, 1);

    table->flows = g_hash_table_new(flow_key_hash, flow_key_equal);
    table->queue[QUEUE_PORTS].timeout_ns = settings->idle_timeout_ns;
    table->queue[QUEUE_ICMP].timeout_ns = settings->icmp_idle_timeout_ns;
    table->queue[QUEUE_CLOSED].timeout_ns = settings->closed_timeout_ns;
    table->base.counts.tells_openings = true;
    hash_secret_init(&table->secret);
    return &table->base;
}

/* Whether a RST was seen, or a FIN from both sides. */
static bool
is_closed(const flow *f)
{
    return flow_flags_seen(f) & TCP_RST || f->flags_seen[FORWARD] & f->flags_seen[BACKWARD] & TCP_FIN;
}

static idle_queue *
queue_of(standard_table *table, const flow *f)
{
    if (flow_is_icmp(f))
        return &table->queue[QUEUE_ICMP];
    return &table->queue[table->base.settings.closed_timeout_ns > 0 && is_closed(f) ? QUEUE_CLOSED : QUEUE_PORTS];
}

/* Removes a flow from the table, wherever it is in its queue. */
static void
end_flow(standard_table *table, flow *f, flow_end_reason reason, int64_t ended_ns)
{
    g_hash_table_remove(table->flows, f);
    flow_queue_remove(&queue_of(table, f)->waiting, f);
    f->ended_ns = ended_ns;
    flow_table_hand_over(&table->base, f, reason);
}

static int
compare_ended(gconstpointer a, gconstpointer b)
{
    const flow *x = *(flow *const *)a;
    const flow *y = *(flow *const *)b;

    if (x->ended_ns != y->ended_ns)
        return x->ended_ns < y->ended_ns ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Sorts the flows that one frame has ended into the order of records. */
static void
sort_ended(standard_table *table)
{
    if (table->base.ended->len > 1)
        g_ptr_array_sort(table->base.ended, compare_ended);
}

static void
end_idle(standard_table *table, int64_t now_ns)
{
    for (idle_queue *queue = table->queue; queue < table->queue + QUEUES; queue++) {
        while (queue->waiting.oldest && now_ns - flow_seen_ns(queue->waiting.oldest) > queue->timeout_ns)
            end_flow(table, queue->waiting.oldest, END_IDLE, flow_seen_ns(queue->waiting.oldest) + queue->timeout_ns);
    }
}

static void
advance(flow_table *base, int64_t now_ns)
{
    standard_table *table = (standard_table *)base;

    end_idle(table, now_ns);
    sort_ended(table);
}

/* Why this packet, which has the flow's key, does not belong to the flow any more; END_OPEN if it does. */
static flow_end_reason
reason_to_end(standard_table *table, const flow *f, const observation *packet)
{
    int64_t active_timeout_ns = table->base.settings.active_timeout_ns;

    if (packet->time_ns - flow_seen_ns(f) > queue_of(table, f)->timeout_ns)
        return END_IDLE;
    if (tcp_asks(packet) && flow_flags_seen(f) & (TCP_FIN | TCP_RST | TCP_ACK) &&
        tcp_connection_is_other(&f->connection, packet, flow_direction_of(f, packet)))
        return END_TCP;
    if (active_timeout_ns > 0 && packet->time_ns - f->first_ns > active_timeout_ns)
        return END_ACTIVE;
    return END_OPEN;
}

static bool
is_longer_unseen(const flow *a, const flow *b)
{
    int64_t a_ns = flow_seen_ns(a), b_ns = flow_seen_ns(b);
    return a_ns != b_ns ? a_ns < b_ns : a->id < b->id;
}

/* Ends the flow idle longest if the table is full. */
static void
make_room(standard_table *table, int64_t now_ns)
{
    flow *first = NULL;

    if (!flow_table_is_full(&table->base))
        return;
    for (int i = 0; i < QUEUES; i++) {
        flow *f = table->queue[i].waiting.oldest;
        if (f && (!first || is_longer_unseen(f, first)))
            first = f;
    }
    if (first)
        end_flow(table, first, END_FULL, now_ns);
}

static void
init_key(const standard_table *table, flow_key *key, const observation *packet)
{
    flow_key_init(key, packet, &table->secret);
    if (!table->base.settings.vlan_flows || packet->vlans == 0)
        return;
    key->distinguisher = packet->vlans;
    flow_key_seal(key, &table->secret);
}

/* Counts how a flow begins, unless it continues another one. */
static void
count_opening(standard_table *table, const observation *packet)
{
    if (packet->protocol != TRANSPORT_TCP)
        return;
    table->base.counts.begun_in_middle += (packet->tcp_flags & TCP_SYN) == 0;
    table->base.counts.begun_by_answer += tcp_answers(packet);
}

/* Begins a flow whose forward direction is that of the packet, or the opposite. */
static flow *
begin_flow(standard_table *table, const flow_key *key, const observation *packet, flow_direction direction)
{
    make_room(table, packet->time_ns);
    flow *f = g_malloc(flow_settings_flow_bytes(&table->base.settings));
    flow_init(f, key, packet);
    optional_measures_init(f, sizeof *f, &table->base.settings.optional);
    if (direction == BACKWARD)
        flow_swap_ends(f);
    g_hash_table_add(table->flows, f);
    flow_table_begin(&table->base, f);
    return f;
}

static flow *
add(flow_table *base, const observation *packet, flow_direction *direction)
{
    standard_table *table = (standard_table *)base;
    flow_key key;
    flow_direction first = tcp_answers(packet) ? BACKWARD : FORWARD;

    end_idle(table, packet->time_ns);
    init_key(table, &key, packet);
    flow *f = g_hash_table_lookup(table->flows, &key);
    flow_end_reason reason = f ? reason_to_end(table, f, packet) : END_OPEN;
    if (reason != END_OPEN) {
        if (reason == END_ACTIVE)
            first = flow_direction_of(f, packet);
        end_flow(table, f, reason,
                 reason == END_IDLE ? flow_seen_ns(f) + queue_of(table, f)->timeout_ns : packet->time_ns);
        f = NULL;
    }
    if (f) {
        flow_queue_remove(&queue_of(table, f)->waiting, f);
    } else {
        f = begin_flow(table, &key, packet, first);
        if (reason != END_ACTIVE)
            count_opening(table, packet);
    }
    *direction = flow_direction_of(f, packet);
    if (f->protocol == TRANSPORT_TCP)
        tcp_connection_note(&f->connection, packet, *direction);
    flow_add(f, packet, *direction, &table->base.settings.gaps);
    flow_queue_append(&queue_of(table, f)->waiting, f);
    sort_ended(table);
    return f;
}

static void
collect_open(gpointer key, gpointer value G_GNUC_UNUSED, gpointer user)
{
    g_ptr_array_add(user, key);
}

static void
finish(flow_table *base)
{
    standard_table *table = (standard_table *)base;
    g_autoptr(GPtrArray) open = g_ptr_array_sized_new(g_hash_table_size(table->flows));

    g_hash_table_foreach(table->flows, collect_open, open);
    for (guint i = 0; i < open->len; i++)
        end_flow(table, open->pdata[i], END_EOF, 0);
    sort_ended(table);
}

static void
destroy(flow_table *base)
{
    standard_table *table = (standard_table *)base;

    for (idle_queue *queue = table->queue; queue < table->queue + QUEUES; queue++) {
        while (queue->waiting.oldest) {
            flow *f = queue->waiting.oldest;
            /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is removed is not the oldest any more. */
            flow_queue_remove(&queue->waiting, f);
            g_free(f);
        }
    }
    g_hash_table_destroy(table->flows);
    g_free(table);
}

const flow_rules standard_rules = {
    .flow_bytes = sizeof(flow),
    .can_stop_measuring = true,
    .create = create,
    .advance = advance,
    .add = add,
    .finish = finish,
    .destroy = destroy,
};
