/*
 * frame_index.h - which flow every frame belongs to, and all flows as they stand or have ended.
 *
 * Kept only where frames are visited again (Wireshark, two-pass tshark): 8 bytes a frame and a copy of every flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FRAME_INDEX_H
#define CICFLOW_FRAME_INDEX_H

#include <glib.h>

#include "../flow/flow.h"

typedef struct frame_index frame_index;

/* A frame's place in its flow. */
typedef struct {
    uint64_t packet; /* 1 is the flow's first */
    flow_direction direction;
    const flow *flow; /* all of it once it has ended, else as it stands; borrowed */
} frame_place;

/* Whether the flow's end is known, so that its record is. */
static inline bool
frame_place_has_record(const frame_place *place)
{
    return place->flow->end_reason != END_OPEN;
}

frame_index *frame_index_new(void);
void frame_index_free(frame_index *h);

/* Notes the frame's place; the flow is as it stands after the packet. */
void frame_index_note(frame_index *h, guint32 frame, const flow *f, flow_direction direction);

/* Keeps a copy of a flow (flow_table_copy), in place of an older one; it is the history's from now on. */
void frame_index_keep(frame_index *h, flow *copy);

/* Notes that the flow's record was written, as the next in the order of records. */
void frame_index_note_record(frame_index *h, const flow *ended);

/* False for a frame that belongs to no flow. */
bool frame_index_find(const frame_index *h, guint32 frame, frame_place *place);

/* The index-th record in the order in which they were written, from 0; NULL behind the last. */
const flow *frame_index_record(const frame_index *h, guint index);

#endif
