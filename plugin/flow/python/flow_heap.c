/*
 * flow_heap.c - a binary heap of flows; see flow_heap.h. No flow is earlier than its parent, at half its index.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_heap.h"

static heaped_flow *
at(const flow_heap *heap, guint index)
{
    return heap->pdata[index];
}

static void
put(flow_heap *heap, guint index, heaped_flow *f)
{
    heap->pdata[index] = f;
    f->index = index;
}

bool
flow_heap_is_earlier(const flow *a, const flow *b)
{
    return a->last_ns != b->last_ns ? a->last_ns < b->last_ns : a->id < b->id;
}

static bool
goes_before(const heaped_flow *a, const heaped_flow *b)
{
    return a->seen_ns != b->seen_ns ? a->seen_ns < b->seen_ns : a->flow.id < b->flow.id;
}

/* Moves a flow from a free index up to its place. */
static void
rise(flow_heap *heap, guint index, heaped_flow *f)
{
    while (index > 0 && goes_before(f, at(heap, (index - 1) / 2))) {
        put(heap, index, at(heap, (index - 1) / 2));
        index = (index - 1) / 2;
    }
    put(heap, index, f);
}

/* Moves a flow from a free index down to its place. */
static void
sink(flow_heap *heap, guint index, heaped_flow *f)
{
    guint count = heap->len;

    for (guint child; (child = 2 * index + 1) < count; index = child) {
        if (child + 1 < count && goes_before(at(heap, child + 1), at(heap, child)))
            child++;
        if (!goes_before(at(heap, child), f))
            break;
        put(heap, index, at(heap, child));
    }
    put(heap, index, f);
}

void
flow_heap_add(flow_heap *heap, flow *f)
{
    heaped_flow *added = (heaped_flow *)f;

    added->seen_ns = f->last_ns;
    g_ptr_array_add(heap, added);
    rise(heap, heap->len - 1, added);
}

void
flow_heap_remove(flow_heap *heap, flow *f)
{
    heaped_flow *removed = (heaped_flow *)f;
    guint index = removed->index;
    heaped_flow *last = at(heap, heap->len - 1);

    g_ptr_array_set_size(heap, (gint)heap->len - 1);
    if (last == removed)
        return;
    if (goes_before(last, removed))
        rise(heap, index, last);
    else
        sink(heap, index, last);
}

flow *
flow_heap_first(flow_heap *heap, int64_t latest_ns)
{
    while (heap->len > 0 && at(heap, 0)->seen_ns <= latest_ns) {
        heaped_flow *first = at(heap, 0);
        if (first->flow.last_ns == first->seen_ns)
            return &first->flow;
        first->seen_ns = first->flow.last_ns;
        sink(heap, 0, first);
    }
    return NULL;
}
