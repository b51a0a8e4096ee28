/*
 * history.c - frames and the flows they belong to; see history.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "history.h"

#include <string.h>

/* flow_id 0: the frame belongs to no flow. */
typedef struct {
    guint32 flow_id;
    guint32 packet_and_direction; /* the lowest bit is the direction */
} frame_entry;

struct history {
    GArray *frames;   /* of frame_entry, by frame number */
    GPtrArray *flows; /* ended flows by id - 1; NULL for those still open */
};

history *
history_new(void)
{
    history *h = g_new(history, 1);
    h->frames = g_array_new(FALSE, TRUE, sizeof(frame_entry));
    h->flows = g_ptr_array_new_with_free_func(g_free);
    return h;
}

void
history_free(history *h)
{
    if (!h)
        return;
    g_array_free(h->frames, TRUE);
    g_ptr_array_free(h->flows, TRUE);
    g_free(h);
}

void
history_note(history *h, guint32 frame, const flow *f, flow_direction direction)
{
    if (frame >= h->frames->len)
        g_array_set_size(h->frames, frame + 1);
    g_array_index(h->frames, frame_entry, frame) = (frame_entry){
        .flow_id = (guint32)f->id,
        .packet_and_direction = (guint32)(f->packets << 1) | (guint32)direction,
    };
}

void
history_keep(history *h, flow *ended)
{
    if (ended->id > h->flows->len)
        g_ptr_array_set_size(h->flows, (gint)ended->id);
    h->flows->pdata[ended->id - 1] = ended;
}

bool
history_find(const history *h, guint32 frame, frame_place *place)
{
    if (frame >= h->frames->len)
        return false;
    const frame_entry *entry = &g_array_index(h->frames, frame_entry, frame);
    if (entry->flow_id == 0)
        return false;
    *place = (frame_place){
        .flow_id = entry->flow_id,
        .packet = entry->packet_and_direction >> 1,
        .direction = (flow_direction)(entry->packet_and_direction & 1),
        .record = history_flow(h, entry->flow_id - 1),
    };
    return true;
}

const flow *
history_flow(const history *h, guint index)
{
    return index < h->flows->len ? h->flows->pdata[index] : NULL;
}

guint
history_flows(const history *h)
{
    return h->flows->len;
}
