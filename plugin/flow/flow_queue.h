/*
 * flow_queue.h - flows in the order of their last packets, as an intrusive linked list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "flow.h"

/* Zero-initialised, it is empty. */
typedef struct {
    flow *oldest, *newest;
} flow_queue;

static inline void
flow_queue_append(flow_queue *queue, flow *f)
{
    f->older = queue->newest;
    f->newer = NULL;
    if (queue->newest)
        queue->newest->newer = f;
    else
        queue->oldest = f;
    queue->newest = f;
}

static inline void
flow_queue_remove(flow_queue *queue, flow *f)
{
    if (f->older)
        f->older->newer = f->newer;
    else
        queue->oldest = f->newer;
    if (f->newer)
        f->newer->older = f->older;
    else
        queue->newest = f->older;
}
