/*
 * capture_health.h - faults of a capture that make its records wrong however they are computed: frames that are out of
 * order, duplicated, truncated or dropped.
 *
 * Takes every frame of the capture, in order. Keeps copies of the newest few frames only, so memory is bounded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "raw_frame.h"

typedef struct {
    uint64_t older;          /* frames with an earlier time than the frame before */
    uint64_t first_older;    /* number of the first such frame; 0: none */
    int64_t largest_step_ns; /* largest step back in time between two frames */
    uint64_t repeated;       /* frames with the same bytes as one of the four before, as removed by `editcap -d` */
    uint64_t cut;            /* frames that were longer on the wire than captured */
    bool tells_dropped;      /* the file has a count of dropped packets */
    uint64_t dropped;        /* that count, by interfaces and operating system */
} capture_health_counts;

typedef struct capture_health capture_health;

/* Free with capture_health_free(). */
capture_health *capture_health_new(void);
void capture_health_free(capture_health *health);

/* Takes the next frame; its bytes are borrowed for the call. */
void capture_health_add(capture_health *health, const raw_frame *frame);

/* Sets the number of packets dropped in all, as recorded in the file. */
void capture_health_set_dropped(capture_health *health, uint64_t packets);

const capture_health_counts *capture_health_get(const capture_health *health);
