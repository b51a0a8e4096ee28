/*
 * control.h - handles SIGTERM, the request to stop, while a capture is read.
 *
 * A second thread waits for it. A live capture then stops after what the kernel has captured. Other input is read as
 * far as it has arrived, and cut off if it does not end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>
#include <pthread.h>

#include "live.h"

/* Zeros before it begins. */
struct control {
    struct live *live;              /* NULL: not a live capture */
    void (*on_tick)(gpointer data); /* several times a second, by the second thread */
    gpointer data;
    pthread_t reader;
    GThread *thread;
    gint is_stopped, is_cut_off, is_over; /* atomic */
};

/* By the thread that reads. Threads started later inherit the blocked signal, so only the waiting thread gets it. */
void control_begin(struct control *control, struct live *live, void (*on_tick)(gpointer data), gpointer data);

/* Does nothing if control_begin() was not called. */
void control_end(struct control *control);

/* Whether the signal came while something other than a live capture was read. */
static inline gboolean
control_is_stopped(const struct control *control)
{
    return g_atomic_int_get(&control->is_stopped);
}

/* Whether to read nothing more, even if there is more. */
static inline gboolean
control_is_cut_off(const struct control *control)
{
    return g_atomic_int_get(&control->is_cut_off);
}
