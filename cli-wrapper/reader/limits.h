/*
 * limits.h - what a capture may take of the machine: time for the dissection of a frame, and memory.
 *
 * The thread that dissects says when it begins and ends with a frame, and a second thread looks at it a few times a
 * second. A frame that takes too much is given up: its thread never comes back from it, and all but epan, which is in
 * that thread's hands, is the second thread's to finish. Time in which the process is stopped does not count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_LIMITS_H
#define CICFLOWMETER_LIMITS_H

#include "options.h"
#include "readers.h"

struct limits {
    gint64 frame_us;                /* 0: a frame may take any time */
    guint64 memory_bytes;           /* 0: the process may have any memory */
    struct reader_numbers *numbers; /* the frame is told there too, for whoever finds this process gone */
    gint state;                     /* atomic */
    gint is_full;                   /* atomic: more memory than allowed was seen */

    /* Of the second thread. */
    gint watched;
    gint64 spent_us, looked_us;
};

void limits_init(struct limits *limits, const struct options *options, struct reader_numbers *numbers);

/* By the thread that dissects, around each frame. It does not return from a frame that was given up. */
void limits_enter(struct limits *limits, guint64 frame);
void limits_leave(struct limits *limits);

/* By the thread that dissects, between frames: whether there is no memory for more. */
gboolean limits_are_reached(const struct limits *limits);

/* By the second thread: LIMIT_NONE, or why the frame that is being dissected was given up with this call. */
enum reader_limit limits_look(struct limits *limits);

/* One line on the limit, and what to do; the frame may be 0, the protocol NULL: not known. To be freed. */
char *limits_problem(const struct options *options, enum reader_limit limit, guint64 frame, const char *protocol);

#endif
