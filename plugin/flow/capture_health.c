/*
 * capture_health.c - counts faults of a capture; see capture_health.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture_health.h"

#include <string.h>

/* `editcap -d` compares a frame with the four before it: its window of five includes the frame itself. */
enum { KEPT_FRAMES = 4, LEAST_ROOM_BYTES = 2048, CACHE_LINE_BYTES = 64 };

/* A frame seen before. */
typedef struct {
    bool is_used;
    size_t bytes, room_bytes;
    uint8_t *data;
} kept_frame;

struct capture_health {
    char before[CACHE_LINE_BYTES]; /* unused: another thread may be busy with what is beside this in memory */
    capture_health_counts counts;
    bool has_last;
    int64_t last_ns;
    kept_frame kept[KEPT_FRAMES]; /* ring buffer */
    unsigned next;                /* the oldest, and the next to be replaced */
    char after[CACHE_LINE_BYTES]; /* unused */
};

capture_health *
capture_health_new(void)
{
    return g_new0(capture_health, 1);
}

void
capture_health_free(capture_health *health)
{
    if (!health)
        return;
    for (int i = 0; i < KEPT_FRAMES; i++)
        g_free(health->kept[i].data);
    g_free(health);
}

static void
check_time(capture_health *health, const raw_frame *frame)
{
    capture_health_counts *counts = &health->counts;
    bool is_older = health->has_last && frame->time_ns < health->last_ns;

    if (is_older) {
        if (counts->older++ == 0)
            counts->first_older = frame->number;
        counts->largest_step_ns = MAX(counts->largest_step_ns, health->last_ns - frame->time_ns);
    }
    health->has_last = true;
    health->last_ns = frame->time_ns;
}

static bool
is_repeated(const capture_health *health, const raw_frame *frame)
{
    for (const kept_frame *kept = health->kept; kept < health->kept + KEPT_FRAMES; kept++) {
        if (kept->is_used && kept->bytes == frame->captured_bytes &&
            (kept->bytes == 0 || memcmp(kept->data, frame->bytes, kept->bytes) == 0))
            return true;
    }
    return false;
}

static void
keep(capture_health *health, const raw_frame *frame)
{
    kept_frame *kept = &health->kept[health->next];

    health->next = (health->next + 1) % KEPT_FRAMES;
    if (frame->captured_bytes > kept->room_bytes) {
        kept->room_bytes = MAX(frame->captured_bytes, LEAST_ROOM_BYTES);
        g_free(kept->data);
        kept->data = g_malloc(kept->room_bytes);
    }
    if (frame->captured_bytes > 0)
        memcpy(kept->data, frame->bytes, frame->captured_bytes);
    kept->bytes = frame->captured_bytes;
    kept->is_used = true;
}

void
capture_health_add(capture_health *health, const raw_frame *frame)
{
    check_time(health, frame);
    health->counts.cut += frame->captured_bytes < frame->wire_bytes;
    health->counts.repeated += is_repeated(health, frame);
    keep(health, frame);
}

void
capture_health_set_dropped(capture_health *health, uint64_t packets)
{
    health->counts.tells_dropped = true;
    health->counts.dropped = packets;
}

const capture_health_counts *
capture_health_get(const capture_health *health)
{
    return &health->counts;
}
