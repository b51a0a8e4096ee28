/*
 * flow_generations.c - the flows under one key; see flow_generations.h.
 *
 * A treap: a tree ordered by generation, and a heap by priorities that senders cannot know, so that it is balanced
 * whatever they send (Aragon and Seidel, 1989). Each node knows how many there are from it on, which finds the lowest
 * generation that is missing, and up to when these take packets, which finds the lowest that takes one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_generations.h"

enum { LOWER, HIGHER, SIDES };

typedef struct node node;
struct node {
    flow *flow;
    node *child[SIDES];
    uint32_t priority; /* not above that of the node over it */
    uint32_t count;
    int64_t limit_ns[TIMEOUTS]; /* the latest */
};

struct flow_generations {
    flow_key key; /* first */
    int64_t timeout_ns[TIMEOUTS];
    hash_secret secret;
    node *root;
};

flow_generations *
flow_generations_new(const flow_key *key, const int64_t timeout_ns[TIMEOUTS], const hash_secret *secret)
{
    flow_generations *g = g_new0(flow_generations, 1);

    g->key = *key;
    g->secret = *secret;
    for (int kind = 0; kind < TIMEOUTS; kind++)
        g->timeout_ns[kind] = timeout_ns[kind];
    return g;
}

static void
free_nodes(node *n)
{
    if (!n)
        return;
    free_nodes(n->child[LOWER]);
    free_nodes(n->child[HIGHER]);
    g_free(n);
}

void
flow_generations_free(void *generations)
{
    flow_generations *g = generations;

    free_nodes(g->root);
    g_free(g);
}

bool
flow_generations_is_empty(const flow_generations *g)
{
    return !g->root;
}

static uint32_t
number(const node *n)
{
    return n->flow->key.distinguisher;
}

static uint32_t
count(const node *n)
{
    return n ? n->count : 0;
}

/* The last time at which the node's own flow takes a packet; one beyond all times when the sum has no room. */
static int64_t
limit_ns(const flow_generations *g, const node *n, int kind)
{
    int64_t wait_ns, sum_ns;

    if (__builtin_mul_overflow(g->timeout_ns[kind], (int64_t)number(n) + 1, &wait_ns) ||
        __builtin_add_overflow(n->flow->last_ns, wait_ns, &sum_ns))
        return INT64_MAX;
    return sum_ns;
}

static bool
can_take(const node *n, int64_t time_ns, timeout_kind kind)
{
    return n && time_ns <= n->limit_ns[kind];
}

static flow *
lowest_that_takes(const flow_generations *g, int64_t time_ns, timeout_kind kind)
{
    const node *n = g->root;

    while (can_take(n, time_ns, kind)) {
        if (can_take(n->child[LOWER], time_ns, kind))
            n = n->child[LOWER];
        else if (time_ns <= limit_ns(g, n, kind))
            return n->flow;
        else
            n = n->child[HIGHER];
    }
    return NULL;
}

/* Nothing is missing up to a node whose number is its place. */
static uint32_t
lowest_missing(const flow_generations *g)
{
    uint32_t below = 0;

    for (const node *n = g->root; n;) {
        uint32_t place = below + count(n->child[LOWER]) + 1;
        bool complete = number(n) == place;
        if (complete)
            below = place;
        n = n->child[complete ? HIGHER : LOWER];
    }
    return below + 1;
}

flow *
flow_generations_find(const flow_generations *g, int64_t time_ns, timeout_kind kind, uint32_t *generation)
{
    flow *f = lowest_that_takes(g, time_ns, kind);
    uint32_t missing = lowest_missing(g);

    if (f && f->key.distinguisher < missing)
        return f;
    *generation = missing;
    return NULL;
}

/* What a node knows of those from it on, from what its children know. */
static void
gather(const flow_generations *g, node *n)
{
    n->count = 1 + count(n->child[LOWER]) + count(n->child[HIGHER]);
    for (int kind = 0; kind < TIMEOUTS; kind++) {
        n->limit_ns[kind] = limit_ns(g, n, kind);
        for (int side = 0; side < SIDES; side++) {
            if (n->child[side] && n->child[side]->limit_ns[kind] > n->limit_ns[kind])
                n->limit_ns[kind] = n->child[side]->limit_ns[kind];
        }
    }
}

/* Parts the nodes below a generation from the others. */
static void
split(const flow_generations *g, node *n, uint32_t generation, node *part[SIDES])
{
    if (!n) {
        part[LOWER] = part[HIGHER] = NULL;
        return;
    }
    int side = number(n) < generation ? LOWER : HIGHER;
    node *inner[SIDES];
    split(g, n->child[!side], generation, inner);
    n->child[!side] = inner[side];
    gather(g, n);
    part[side] = n;
    part[!side] = inner[!side];
}

static node *
join(const flow_generations *g, node *lower, node *higher)
{
    if (!lower || !higher)
        return lower ? lower : higher;
    bool lower_first = lower->priority >= higher->priority;
    node *top = lower_first ? lower : higher;
    if (lower_first)
        top->child[HIGHER] = join(g, top->child[HIGHER], higher);
    else
        top->child[LOWER] = join(g, lower, top->child[LOWER]);
    gather(g, top);
    return top;
}

static node *
add_below(const flow_generations *g, node *n, node *added)
{
    if (!n || added->priority > n->priority) {
        split(g, n, number(added), added->child);
        gather(g, added);
        return added;
    }
    int side = number(added) < number(n) ? LOWER : HIGHER;
    n->child[side] = add_below(g, n->child[side], added);
    gather(g, n);
    return n;
}

void
flow_generations_add(flow_generations *g, flow *f)
{
    node *n = g_new0(node, 1);

    n->flow = f;
    n->priority = (uint32_t)siphash(&g->secret, &f->id, sizeof f->id);
    g->root = add_below(g, g->root, n);
}

static void
update_below(const flow_generations *g, node *n, const flow *f)
{
    if (n->flow != f)
        update_below(g, n->child[f->key.distinguisher < number(n) ? LOWER : HIGHER], f);
    gather(g, n);
}

void
flow_generations_update(flow_generations *g, const flow *f)
{
    update_below(g, g->root, f);
}

static node *
remove_below(const flow_generations *g, node *n, const flow *f)
{
    if (n->flow == f) {
        node *rest = join(g, n->child[LOWER], n->child[HIGHER]);
        g_free(n);
        return rest;
    }
    int side = f->key.distinguisher < number(n) ? LOWER : HIGHER;
    n->child[side] = remove_below(g, n->child[side], f);
    gather(g, n);
    return n;
}

void
flow_generations_remove(flow_generations *g, const flow *f)
{
    g->root = remove_below(g, g->root, f);
}
