/*
 * flow_heap.h - open flows by the time of their last packets, for rules whose flows do not time out in the order in
 * which their packets came.
 *
 * A flow's time may grow while it is in the heap, and needs no call for that: the heap looks again before it gives a
 * flow away. So a packet costs O(1) here, and O(log n) at most once later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FLOW_HEAP_H
#define CICFLOW_FLOW_HEAP_H

#include "../flow.h"

/* What has to be allocated for a flow that is put into a heap. */
typedef struct {
    flow flow; /* first */
    guint index;
    int64_t seen_ns; /* the flow's last time, when the heap last looked */
} heaped_flow;

typedef struct flow_heap flow_heap;

/* An empty heap; the flows in it are not its own. Free with flow_heap_free(). */
flow_heap *flow_heap_new(void);
void flow_heap_free(flow_heap *heap);

/* Takes out all flows. */
void flow_heap_clear(flow_heap *heap);

/* Adds a flow that is a heaped_flow. */
void flow_heap_add(flow_heap *heap, flow *f);

/* The flow whose last time is earliest, if that is not later than this; else NULL. */
flow *flow_heap_first(flow_heap *heap, int64_t latest_ns);

/* Which of two flows goes first: by their last times, then as they were begun. */
bool flow_heap_is_earlier(const flow *a, const flow *b);

/* Takes out a flow that is in the heap. */
void flow_heap_remove(flow_heap *heap, flow *f);

#endif
