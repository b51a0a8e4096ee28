/*
 * live_clock.c - see live_clock.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "live_clock.h"

#include <poll.h>

/* How far the clock lags, so that it does not overtake a packet that is under way. */
#define LAG_NS (NS_PER_SECOND)

void
live_clock_init(struct live_clock *clock)
{
    g_mutex_init(&clock->lock);
    clock->newest_ns = 0;
    clock->newest_us = 0;
}

void
live_clock_lock(struct live_clock *clock)
{
    g_mutex_lock(&clock->lock);
}

void
live_clock_unlock(struct live_clock *clock, int64_t time_ns)
{
    clock->newest_ns = MAX(clock->newest_ns, time_ns);
    clock->newest_us = g_get_monotonic_time();
    g_mutex_unlock(&clock->lock);
}

void
live_clock_pass(struct live_clock *clock, capture_run *const *run, int descriptor)
{
    struct pollfd waiting = {.fd = descriptor, .events = POLLIN};

    g_mutex_lock(&clock->lock);
    gint64 since_us = g_get_monotonic_time() - clock->newest_us;
    bool is_quiet = clock->newest_us > 0 && since_us * 1000 > LAG_NS && poll(&waiting, 1, 0) == 0;
    if (is_quiet)
        capture_run_advance(*run, clock->newest_ns + since_us * 1000 - LAG_NS);
    g_mutex_unlock(&clock->lock);
}
