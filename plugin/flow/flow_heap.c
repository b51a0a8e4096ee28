/*
 * flow_heap.c - a binary heap of flows; see flow_heap.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_heap.h"

struct flow_heap {
    GPtrArray *flows; /* of heaped_flow; none is earlier than the one at half its place */
};

flow_heap *
flow_heap_new(void)
{
    flow_heap *heap = g_new(flow_heap, 1);
    heap->flows = g_ptr_array_new();
    return heap;
}

void
flow_heap_free(flow_heap *heap)
{
    g_ptr_array_free(heap->flows, TRUE);
    g_free(heap);
}

static heaped_flow *
at(const flow_heap *heap, guint place)
{
    return heap->flows->pdata[place];
}

static void
put(flow_heap *heap, guint place, heaped_flow *f)
{
    heap->flows->pdata[place] = f;
    f->place = place;
}

/* Puts a flow at a free place or above it. */
static void
rise(flow_heap *heap, guint place, heaped_flow *f)
{
    while (place > 0 && at(heap, (place - 1) / 2)->seen_ns > f->seen_ns) {
        put(heap, place, at(heap, (place - 1) / 2));
        place = (place - 1) / 2;
    }
    put(heap, place, f);
}

/* Puts a flow at a free place or below it. */
static void
sink(flow_heap *heap, guint place, heaped_flow *f)
{
    guint count = heap->flows->len;

    for (guint child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && at(heap, child + 1)->seen_ns < at(heap, child)->seen_ns)
            child++;
        if (at(heap, child)->seen_ns >= f->seen_ns)
            break;
        put(heap, place, at(heap, child));
    }
    put(heap, place, f);
}

void
flow_heap_add(flow_heap *heap, flow *f)
{
    heaped_flow *added = (heaped_flow *)f;

    added->seen_ns = f->last_ns;
    g_ptr_array_add(heap->flows, added);
    rise(heap, heap->flows->len - 1, added);
}

void
flow_heap_remove(flow_heap *heap, flow *f)
{
    heaped_flow *removed = (heaped_flow *)f;
    guint place = removed->place;
    heaped_flow *last = at(heap, heap->flows->len - 1);

    g_ptr_array_set_size(heap->flows, (gint)heap->flows->len - 1);
    if (last == removed)
        return;
    if (last->seen_ns < removed->seen_ns)
        rise(heap, place, last);
    else
        sink(heap, place, last);
}

flow *
flow_heap_take(flow_heap *heap, int64_t latest_ns)
{
    while (heap->flows->len > 0 && at(heap, 0)->seen_ns <= latest_ns) {
        heaped_flow *first = at(heap, 0);
        if (first->flow.last_ns <= latest_ns) {
            flow_heap_remove(heap, &first->flow);
            return &first->flow;
        }
        first->seen_ns = first->flow.last_ns;
        sink(heap, 0, first);
    }
    return NULL;
}
