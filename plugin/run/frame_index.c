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
    frame_index *index = g_new(frame_index, 1);
    index->frames = g_array_new(FALSE, TRUE, sizeof(frame_entry));
    index->flows = g_ptr_array_new();
    index->records = g_array_new(FALSE, FALSE, sizeof(guint32));
    return index;
}

void
frame_index_free(frame_index *index)
{
    if (!index)
        return;
    for (guint i = 0; i < index->flows->len; i++) {
        flow *f = index->flows->pdata[i];
        if (f && f->end_reason != END_OPEN)
            g_free(f);
    }
    g_array_free(index->frames, TRUE);
    g_ptr_array_free(index->flows, TRUE);
    g_array_free(index->records, TRUE);
    g_free(index);
}

static void
refer_to(frame_index *index, flow *f)
{
    if (f->id > index->flows->len)
        g_ptr_array_set_size(index->flows, (gint)f->id);
    index->flows->pdata[f->id - 1] = f;
}

void
frame_index_note(frame_index *index, guint32 frame, flow *f, flow_direction direction)
{
    if (frame >= index->frames->len)
        g_array_set_size(index->frames, frame + 1);
    g_array_index(index->frames, frame_entry, frame) = (frame_entry){
        .flow_id = (guint32)f->id,
        .packet_and_direction = (guint32)(f->packets << 1) | (guint32)direction,
    };
    refer_to(index, f);
}

void
frame_index_keep(frame_index *index, flow *ended)
{
    guint32 id = (guint32)ended->id;

    refer_to(index, ended);
    if (!ended->has_no_record)
        g_array_append_val(index->records, id);
}

static const flow *
find_flow(const frame_index *index, guint32 id)
{
    return id > 0 && id <= index->flows->len ? index->flows->pdata[id - 1] : NULL;
}

bool
frame_index_find(const frame_index *index, guint32 frame, frame_position *position)
{
    if (frame >= index->frames->len)
        return false;
    const frame_entry *entry = &g_array_index(index->frames, frame_entry, frame);
    *position = (frame_position){
        .packet = entry->packet_and_direction >> 1,
        .direction = (flow_direction)(entry->packet_and_direction & 1),
        .flow = find_flow(index, entry->flow_id),
    };
    return position->flow != NULL;
}

const flow *
frame_index_record(const frame_index *index, guint n)
{
    return n < index->records->len ? find_flow(index, g_array_index(index->records, guint32, n)) : NULL;
}
