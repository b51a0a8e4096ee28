/*
 * control.c - see control.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "control.h"

#include <signal.h>
#include <unistd.h>

enum {
    TICK_MS = 50,
    WAKE_MS = 20,
    PATIENCE_MS = 1000,
    DRAIN_MS = 400 /* by then dumpcap has read what the kernel has captured */
};

static void
ignore(int signal G_GNUC_UNUSED)
{
}

static void
end_input(struct control *control)
{
    if (control->live) {
        g_usleep(DRAIN_MS * 1000UL);
        live_stop(control->live);
        return;
    }
    g_atomic_int_set(&control->is_stopped, 1);
    /* What has arrived is still read. Waiting for more is interrupted, and input that never ends is cut off. */
    for (int waited_ms = 0; !g_atomic_int_get(&control->is_over); waited_ms += WAKE_MS) {
        if (waited_ms >= PATIENCE_MS)
            g_atomic_int_set(&control->is_cut_off, 1);
        pthread_kill(control->reader, SIGUSR1);
        control->on_tick(control->data);
        g_usleep(WAKE_MS * 1000UL);
    }
}

static gpointer
wait_for_signal(gpointer data)
{
    struct control *control = data;
    struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    while (!g_atomic_int_get(&control->is_over)) {
        gboolean is_told = sigtimedwait(&ends, NULL, &tick) == SIGTERM;
        if (g_atomic_int_get(&control->is_over))
            break;
        if (is_told)
            end_input(control);
        else
            control->on_tick(control->data);
    }
    return NULL;
}

void
control_begin(struct control *control, struct live *live, void (*on_tick)(gpointer data), gpointer data)
{
    struct sigaction action = {.sa_handler = ignore};
    sigset_t ends;

    *control = (struct control){.live = live, .on_tick = on_tick, .data = data, .reader = pthread_self()};
    sigaction(SIGUSR1, &action, NULL);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    control->thread = g_thread_new("control", wait_for_signal, control);
}

void
control_end(struct control *control)
{
    if (!control->thread)
        return;
    g_atomic_int_set(&control->is_over, 1);
    kill(getpid(), SIGTERM); /* ends the wait of the second thread; all others block the signal */
    g_thread_join(control->thread);
}
