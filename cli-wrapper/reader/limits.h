/*
 * limits.h - bounds for reading one capture: time for the dissection of a frame, and memory.
 *
 * The thread that dissects marks the beginning and end of each frame, and a second thread checks it a few times a
 * second. A frame that exceeds a limit is given up: its thread never returns from it, and the second thread finishes
 * the run, without epan, which the stuck thread is still using. Time in which the process is stopped does not count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "options.h"
#include "readers.h"

struct limits {
    gint64 frame_us;                /* 0: a frame may take any time */
    guint64 memory_bytes;           /* 0: the process may have any memory */
    struct reader_numbers *numbers; /* the frame is noted there too, in case this process dies */
    gint state;                     /* atomic */
    gint is_full;                   /* atomic: more memory than allowed was seen */

    /* Used by the second thread only. */
    gint watched;
    gint64 spent_us, looked_us;
};

void limits_init(struct limits *limits, const struct options *options, struct reader_numbers *numbers);

/* By the thread that dissects, around each frame. For a frame that was given up, the function that ends it does not
 * return. */
void limits_enter(struct limits *limits, guint64 frame);
void limits_leave(struct limits *limits);

/* By the thread that dissects, between frames: whether the memory limit is reached. */
gboolean limits_are_reached(const struct limits *limits);

/* By the second thread: LIMIT_NONE, or why the frame that is being dissected was given up with this call. */
enum reader_limit limits_look(struct limits *limits);

/* By the second thread: whether the frame given up was already being dissected when it was looked at before. If not, it
 * may have been the next of many that together took the memory. */
gboolean limits_frame_takes_long(const struct limits *limits);

/* A line that names the limit and what to do about it; frame 0 or protocol NULL: not known. To be freed. */
char *limits_problem(const struct options *options, enum reader_limit limit, guint64 frame, const char *protocol);
