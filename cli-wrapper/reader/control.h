/*
 * control.h - the signal to end, SIGTERM, while a capture is read.
 *
 * A second thread waits for it. A live capture then stops after what the kernel has captured; of other input what has
 * come is read still, and what never ends is cut off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_CONTROL_H
#define CICFLOWMETER_CONTROL_H

#include <glib.h>
#include <pthread.h>

#include "live.h"

/* Zeros before it begins. */
struct control {
    struct live *live;              /* NULL: what is read is there already */
    void (*on_tick)(gpointer data); /* several times a second, by the second thread */
    gpointer data;
    pthread_t reader;
    GThread *thread;
    gint is_stopped, is_cut_off, is_over; /* atomic */
};

/* By the thread that reads. Threads that begin later leave the signal to the one that waits for it. */
void control_begin(struct control *control, struct live *live, void (*on_tick)(gpointer data), gpointer data);

/* Nothing happens if it has not begun. */
void control_end(struct control *control);

/* Whether the signal came while something other than a live capture was read. */
static inline gboolean
control_is_stopped(const struct control *control)
{
    return g_atomic_int_get(&control->is_stopped);
}

/* Whether nothing more is to be read, even if it is there. */
static inline gboolean
control_is_cut_off(const struct control *control)
{
    return g_atomic_int_get(&control->is_cut_off);
}

#endif
