/*
 * flow_heap.h - open flows by the time of their last packets, for rules under which flows do not time out in the order
 * of packets.
 *
 * A flow's time may increase while it is in the heap, without a call: the heap checks the time again before it returns
 * a flow. So a packet costs O(1), plus O(log n) at most once later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow.h"

/* The allocation of a flow that is put into a heap. */
typedef struct {
    flow flow; /* first member */
    guint index;
    int64_t seen_ns; /* last time of the flow when the heap last checked it */
} heaped_flow;

/* Of heaped_flow, borrowed. An empty array is an empty heap. */
typedef GPtrArray flow_heap;

/* Adds a flow that is a heaped_flow. */
void flow_heap_add(flow_heap *heap, flow *f);

/* The flow with the earliest last time, if that is not after this time; else NULL. */
flow *flow_heap_first(flow_heap *heap, int64_t latest_ns);

/* The order of flows: by last time, then in the order in which they began. */
bool flow_heap_is_earlier(const flow *a, const flow *b);

/* Removes a flow from the heap. */
void flow_heap_remove(flow_heap *heap, flow *f);
