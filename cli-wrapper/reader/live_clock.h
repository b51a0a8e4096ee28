/*
 * live_clock.h - the time of a live capture. It is the packets' time, and goes on by ours when no packet comes, a
 * little behind, because packets are on their way for up to a quarter of a second. Two threads share it: one adds
 * packets to the run, the other lets flows end while none come, and the lock of the clock guards the run between them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_LIVE_CLOCK_H
#define CICFLOW_LIVE_CLOCK_H

#include "run/capture_run.h"

struct live_clock {
    GMutex lock;
    int64_t newest_ns; /* the packets' time */
    gint64 newest_us;  /* and when that was by our clock; 0: no packet so far */
};

void live_clock_init(struct live_clock *clock);

/* Around the adding of a packet, whose time the second one is told. */
void live_clock_lock(struct live_clock *clock);
void live_clock_unlock(struct live_clock *clock, int64_t time_ns);

/* Lets flows of the run end when no packet comes. Where packets wait to be read from the descriptor, their own time
 * counts. */
void live_clock_pass(struct live_clock *clock, capture_run *run, int descriptor);

#endif
