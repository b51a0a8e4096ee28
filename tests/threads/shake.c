/*
 * shake.c - random delays where threads hand over to each other, so that they meet in unusual orders.
 *
 * Linked into programs so that their calls of GLib's lock functions come here first. With CICFLOW_SHAKE in the
 * environment a thread waits up to 200 us now and then before it takes a lock or gives it back, and before it waits for
 * a condition or signals it. The variable's number, if it is not 0, makes a run that can be repeated.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { ONE_IN = 16, DELAY_US_MAX = 200 };

typedef void (*one_argument)(void *);
typedef void (*two_arguments)(void *, void *);

static uint32_t
next_random(void)
{
    static __thread uint32_t state;

    if (state == 0) {
        int seed = atoi(getenv("CICFLOW_SHAKE"));
        state = (uint32_t)(uintptr_t)&state ^ (uint32_t)(seed ? seed : getpid()) ^ 1;
    }
    state = state * 1664525 + 1013904223; /* Numerical Recipes */
    return state >> 8;
}

static void
wait_a_little(void)
{
    if (!getenv("CICFLOW_SHAKE"))
        return;
    uint32_t number = next_random();

    if (number % ONE_IN == 0)
        usleep(number / ONE_IN % DELAY_US_MAX);
    else if (number % ONE_IN == 1)
        sched_yield();
}

static void *
original(void **place, const char *name)
{
    if (!*place)
        *place = dlsym(RTLD_NEXT, name);
    return *place;
}

#define SHAKE_1(name)                                                                                                  \
    void name(void *a);                                                                                                \
    void name(void *a)                                                                                                 \
    {                                                                                                                  \
        static void *place;                                                                                            \
        wait_a_little();                                                                                               \
        ((one_argument)(uintptr_t)original(&place, #name))(a);                                                         \
    }
#define SHAKE_2(name)                                                                                                  \
    void name(void *a, void *b);                                                                                       \
    void name(void *a, void *b)                                                                                        \
    {                                                                                                                  \
        static void *place;                                                                                            \
        wait_a_little();                                                                                               \
        ((two_arguments)(uintptr_t)original(&place, #name))(a, b);                                                     \
    }

SHAKE_1(g_mutex_lock)
SHAKE_1(g_mutex_unlock)
SHAKE_1(g_cond_signal)
SHAKE_1(g_cond_broadcast)
SHAKE_2(g_cond_wait)
SHAKE_2(g_async_queue_push)
