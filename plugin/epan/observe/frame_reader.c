/*
 * frame_reader.c - plain frames taken as they are read; see frame_reader.h.
 *
 * Reading functions get no context of ours, so the state stands in static variables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frame_reader.h"

#include <wsutil/buffer.h>

#include "fast_path.h"
#include "frame_bytes.h"

/* tshark sees a signal between two frames: it gets one at least this often. */
enum { FRAMES_IN_A_ROW_MAX = 1024 };

static struct {
    compat_read original;
    frame_reader_take take;
    guint64 read, taken; /* frames of the capture */
} reader;

/* Whether the record is a frame whose packet could be taken. */
static bool
take_record(const wtap_rec *rec, Buffer *bytes)
{
    observation packet;
    raw_frame frame;

    if (!raw_frame_from_record(&frame, rec, bytes) || !(rec->presence_flags & WTAP_HAS_TS))
        return false;
    frame.number = reader.read;
    if (!fast_path_decode(&frame, &packet))
        return false;
    reader.taken++;
    reader.take(&packet);
    return true;
}

static ws_boolean
read_next(wtap *capture, wtap_rec *rec, Buffer *bytes, int *reason, gchar **detail, gint64 *offset)
{
    for (int i = 0;; i++) {
        if (!reader.original(capture, rec, bytes, reason, detail, offset))
            return FALSE;
        reader.read++;
        if (i == FRAMES_IN_A_ROW_MAX || !take_record(rec, bytes))
            return TRUE;
        compat_renew_record(capture, rec);
    }
}

bool
frame_reader_begin(packet_info *pinfo, frame_reader_take take, bool *waits)
{
    compat_read *place = compat_read_function(pinfo->epan, waits);

    if (!place || *place == read_next)
        return false;
    reader.original = *place;
    reader.take = take;
    reader.read = pinfo->num;
    reader.taken = 0;
    *place = read_next;
    return true;
}

guint64
frame_reader_taken(void)
{
    return reader.taken;
}

void
frame_reader_end(void)
{
    reader.taken = 0;
}
