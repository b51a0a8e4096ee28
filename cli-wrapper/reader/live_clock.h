/*
 * live_clock.h - the time of a live capture. It follows the packets' timestamps, and advances by our clock while no
 * packet comes; it lags a little, because packets are under way for up to a quarter of a second. Two threads share it:
 * one adds packets to the run, the other lets flows end while none come, and the lock of the clock guards the run
 * between them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "run/capture_run.h"

struct live_clock {
    GMutex lock;
    int64_t newest_ns; /* newest timestamp of a packet */
    gint64 newest_us;  /* when it came, by our clock; 0: no packet so far */
};

void live_clock_init(struct live_clock *clock);

/* To be called around adding a packet to the run; the second takes the packet's timestamp. */
void live_clock_lock(struct live_clock *clock);
void live_clock_unlock(struct live_clock *clock, int64_t time_ns);

/* Lets flows time out while no packet comes. Does nothing while packets wait on the descriptor: their timestamps
 * count. The run is looked at only when it has a packet: before, another thread may be making it. */
void live_clock_pass(struct live_clock *clock, capture_run *const *run, int descriptor);
