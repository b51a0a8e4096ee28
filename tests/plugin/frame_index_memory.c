/*
 * frame_index_memory.c - memory of the index of frames: at most 16 bytes a packet.
 *
 * Counts the bytes that GLib allocates from the C library, so that arrays that double count with their full capacity.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <malloc.h>
#include <stdio.h>

#include "../../plugin/run/frame_index.h"

enum { FRAMES = 3000000, BYTES_MOST = 16 };

static size_t
allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

int
main(void)
{
    flow *f = g_new0(flow, 1);
    size_t before = allocated(), most = 0;
    frame_index *index = frame_index_new();

    f->id = 1;
    for (guint32 frame = 1; frame <= FRAMES; frame++) {
        f->packets++;
        frame_index_note(index, frame, f, FORWARD);
        if (frame % 1024 == 0) {
            size_t bytes = allocated() - before;
            if (frame >= FRAMES / 2 && bytes / frame > most)
                most = bytes / frame;
        }
    }
    frame_position position;
    bool found = frame_index_find(index, FRAMES, &position) && position.packet == FRAMES;
    printf("at most %zu bytes a packet\n", most);
    frame_index_free(index);
    g_free(f);
    return found && most <= BYTES_MOST ? 0 : 1;
}
