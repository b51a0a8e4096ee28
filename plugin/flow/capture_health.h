/*
 * capture_health.h - what is wrong with a capture as such, and makes records wrong that are computed from it rightly:
 * frames out of order, frames stored twice, frames cut short, frames that were never stored.
 *
 * Takes every frame of the capture, in order. Keeps copies of the newest few frames, and nothing else that
 * grows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CAPTURE_HEALTH_H
#define CICFLOW_CAPTURE_HEALTH_H

#include <glib.h>
#include <stdbool.h>

#include "raw_frame.h"

typedef struct {
    uint64_t older;          /* frames with a time before that of the frame before */
    uint64_t first_older;    /* number of the first of these; 0: there are none */
    int64_t largest_step_ns; /* by which time went back between two frames */
    uint64_t repeated;       /* frames with the bytes of one of the four before, as `editcap -d` finds them */
    uint64_t cut;            /* frames that were longer on the wire */
    bool tells_dropped;      /* whether the file says how many packets the capture dropped */
    uint64_t dropped;        /* by the interfaces and the operating system, says the file */
} capture_health_counts;

typedef struct capture_health capture_health;

/* Free with capture_health_free(). */
capture_health *capture_health_new(void);
void capture_health_free(capture_health *health);

/* Takes the next frame; its bytes are borrowed for the call. */
void capture_health_add(capture_health *health, const raw_frame *frame);

/* The file tells that so many packets were dropped in all. */
void capture_health_set_dropped(capture_health *health, uint64_t packets);

const capture_health_counts *capture_health_get(const capture_health *health);

#endif
