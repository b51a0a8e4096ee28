/*
 * flow_generations.c - the flows under one key; see flow_generations.h.
 *
 * An array of flows by generation, with a segment tree of maxima above it: each node has the latest time at which a
 * generation below it accepts packets. A missing generation accepts any packet, as its first. So the generation that a
 * packet belongs to is the leftmost leaf that accepts it, missing or not.
 *
 * A generation is only begun when all below it are there. So looking for the highest that is left costs, over time, no
 * more than adding did.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_generations.h"

enum { FIRST_ROOM = 4, ROOT = 1 };

typedef struct {
    int64_t limit_ns[TIMEOUTS]; /* latest time accepted below */
} node;

struct flow_generations {
    flow_key key; /* first member */
    int64_t timeout_ns[TIMEOUTS];
    uint32_t count;
    uint32_t highest; /* generation; 0: none */
    uint32_t room;    /* number of leaves, a power of two; the last one is always missing */
    flow **flows;     /* by generation; NULL: missing */
    node *nodes;      /* children of node n: 2 n and 2 n + 1; generation g is the leaf room + g */
};

/* Until when a generation accepts packets; the maximum if it is missing, or if the sum overflows. */
static node
leaf_of(const flow_generations *g, uint32_t generation)
{
    const flow *f = g->flows[generation];
    node leaf;

    for (int kind = 0; kind < TIMEOUTS; kind++) {
        int64_t wait_ns;
        if (generation == 0)
            leaf.limit_ns[kind] = INT64_MIN;
        else if (!f || __builtin_mul_overflow(g->timeout_ns[kind], (int64_t)generation + 1, &wait_ns) ||
                 __builtin_add_overflow(f->last_ns, wait_ns, &leaf.limit_ns[kind]))
            leaf.limit_ns[kind] = INT64_MAX;
    }
    return leaf;
}

static void
gather(flow_generations *g, gsize n)
{
    for (int kind = 0; kind < TIMEOUTS; kind++)
        g->nodes[n].limit_ns[kind] = MAX(g->nodes[2 * n].limit_ns[kind], g->nodes[2 * n + 1].limit_ns[kind]);
}

static void
set_room(flow_generations *g, uint32_t room)
{
    g->flows = g_renew(flow *, g->flows, room);
    for (uint32_t generation = g->room; generation < room; generation++)
        g->flows[generation] = NULL;
    g->room = room;
    g->nodes = g_renew(node, g->nodes, 2 * (gsize)room);
    for (uint32_t generation = 0; generation < room; generation++)
        g->nodes[room + generation] = leaf_of(g, generation);
    for (gsize n = room - 1; n >= ROOT; n--)
        gather(g, n);
}

flow_generations *
flow_generations_new(const flow_key *key, const int64_t timeout_ns[TIMEOUTS])
{
    flow_generations *g = g_new0(flow_generations, 1);

    g->key = *key;
    for (int kind = 0; kind < TIMEOUTS; kind++)
        g->timeout_ns[kind] = timeout_ns[kind];
    set_room(g, FIRST_ROOM);
    return g;
}

void
flow_generations_free(void *generations)
{
    flow_generations *g = generations;

    g_free(g->flows);
    g_free(g->nodes);
    g_free(g);
}

bool
flow_generations_is_empty(const flow_generations *g)
{
    return g->count == 0;
}

flow *
flow_generations_find(const flow_generations *g, int64_t time_ns, timeout_kind kind, uint32_t *generation)
{
    gsize n = ROOT;

    while (n < g->room)
        n = 2 * n + (g->nodes[2 * n].limit_ns[kind] < time_ns);
    *generation = (uint32_t)(n - g->room);
    return g->flows[*generation];
}

static void
set(flow_generations *g, uint32_t generation, flow *f)
{
    g->flows[generation] = f;
    g->nodes[g->room + generation] = leaf_of(g, generation);
    for (gsize n = ((gsize)g->room + generation) / 2; n >= ROOT; n /= 2)
        gather(g, n);
}

void
flow_generations_add(flow_generations *g, flow *f)
{
    if (f->key.distinguisher >= g->room - 1)
        set_room(g, 2 * g->room);
    set(g, f->key.distinguisher, f);
    g->highest = MAX(g->highest, (uint32_t)f->key.distinguisher);
    g->count++;
}

void
flow_generations_update(flow_generations *g, flow *f)
{
    set(g, f->key.distinguisher, f);
}

void
flow_generations_remove(flow_generations *g, const flow *f)
{
    set(g, f->key.distinguisher, NULL);
    g->count--;
    while (g->highest > 0 && !g->flows[g->highest])
        g->highest--;
    if (g->room > FIRST_ROOM && g->highest < g->room / 4)
        set_room(g, g->room / 2);
}
