/*
 * frame_index.h - which flow every frame belongs to.
 *
 * Kept only where frames are visited again (Wireshark, two-pass tshark): 8 bytes a frame, and every flow that has
 * ended. An open flow is its table's; the index only points to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "../flow/flow.h"

typedef struct frame_index frame_index;

/* A frame's position in its flow. */
typedef struct {
    uint64_t packet; /* 1 is the flow's first */
    flow_direction direction;
    const flow *flow; /* complete if it has ended, else as read so far; borrowed */
} frame_position;

/* Whether the flow has ended, so that its record is known. */
static inline bool
frame_position_has_record(const frame_position *position)
{
    return position->flow->end_reason != END_OPEN && !position->flow->has_no_record;
}

frame_index *frame_index_new(void);

/* Frees the index and the ended flows. The table of open flows has to exist still. */
void frame_index_free(frame_index *index);

/* Notes the position of a frame that has just been added to the flow. The flow is borrowed while it is open. */
void frame_index_note(frame_index *index, guint32 frame, flow *f, flow_direction direction);

/* Takes ownership of a flow that has ended. */
void frame_index_keep(frame_index *index, flow *ended);

/* False if the frame belongs to no flow. */
bool frame_index_find(const frame_index *index, guint32 frame, frame_position *position);

/* The n-th record in the order of writing, from 0; NULL after the last. */
const flow *frame_index_record(const frame_index *index, guint n);
