/*
 * history.h - which flow every frame belongs to, and the records of the flows that have ended.
 *
 * Kept only where frames are visited again (Wireshark, two-pass tshark): 8 bytes a frame and one flow an ended flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_HISTORY_H
#define CICFLOW_HISTORY_H

#include <glib.h>

#include "../flow/flow.h"

typedef struct history history;

/* A frame's place in its flow. */
typedef struct {
    uint64_t flow_id;
    uint64_t packet; /* 1 is the flow's first */
    flow_direction direction;
    const flow *record; /* NULL while the flow has not ended; the history's */
} frame_place;

history *history_new(void);
void history_free(history *h);

/* Notes the frame's place; the flow is as it stands after the packet. */
void history_note(history *h, guint32 frame, const flow *f, flow_direction direction);

/* Keeps a flow that has ended: a copy (flow_table_copy), which is the history's from now on. */
void history_keep(history *h, flow *ended);

/* False for a frame that belongs to no flow. */
bool history_find(const history *h, guint32 frame, frame_place *place);

/* The index-th ended flow in the order of flow ids, from 0; NULL behind the last. An entry of a flow still open is
 * skipped by the caller: its pointer is NULL too while index < history_flows(). */
const flow *history_flow(const history *h, guint index);
guint history_flows(const history *h);

#endif
