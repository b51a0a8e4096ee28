/*
 * frame_index.c - frames and the flows they belong to; see frame_index.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frame_index.h"

/* flow_id 0: the frame belongs to no flow. */
typedef struct {
    guint32 flow_id;
    guint32 packet_and_direction; /* the lowest bit is the direction */
} frame_entry;

struct frame_index {
    GArray *frames;   /* of frame_entry, by frame number */
    GPtrArray *flows; /* of flow, by id - 1 */
    GArray *records;  /* of guint32: ids in the order of records */
};

frame_index *
frame_index_new(void)
{
    frame_index *h = g_new(frame_index, 1);
    h->frames = g_array_new(FALSE, TRUE, sizeof(frame_entry));
    h->flows = g_ptr_array_new_with_free_func(g_free);
    h->records = g_array_new(FALSE, FALSE, sizeof(guint32));
    return h;
}

void
frame_index_free(frame_index *h)
{
    if (!h)
        return;
    g_array_free(h->frames, TRUE);
    g_ptr_array_free(h->flows, TRUE);
    g_array_free(h->records, TRUE);
    g_free(h);
}

void
frame_index_note(frame_index *h, guint32 frame, const flow *f, flow_direction direction)
{
    if (frame >= h->frames->len)
        g_array_set_size(h->frames, frame + 1);
    g_array_index(h->frames, frame_entry, frame) = (frame_entry){
        .flow_id = (guint32)f->id,
        .packet_and_direction = (guint32)(f->packets << 1) | (guint32)direction,
    };
}

void
frame_index_keep(frame_index *h, flow *copy)
{
    if (copy->id > h->flows->len)
        g_ptr_array_set_size(h->flows, (gint)copy->id);
    g_free(h->flows->pdata[copy->id - 1]);
    h->flows->pdata[copy->id - 1] = copy;
}

void
frame_index_note_record(frame_index *h, const flow *ended)
{
    guint32 id = (guint32)ended->id;
    g_array_append_val(h->records, id);
}

static const flow *
find_flow(const frame_index *h, guint32 id)
{
    return id > 0 && id <= h->flows->len ? h->flows->pdata[id - 1] : NULL;
}

bool
frame_index_find(const frame_index *h, guint32 frame, frame_place *place)
{
    if (frame >= h->frames->len)
        return false;
    const frame_entry *entry = &g_array_index(h->frames, frame_entry, frame);
    *place = (frame_place){
        .packet = entry->packet_and_direction >> 1,
        .direction = (flow_direction)(entry->packet_and_direction & 1),
        .flow = find_flow(h, entry->flow_id),
    };
    return place->flow != NULL;
}

const flow *
frame_index_record(const frame_index *h, guint index)
{
    return index < h->records->len ? find_flow(h, g_array_index(h->records, guint32, index)) : NULL;
}
