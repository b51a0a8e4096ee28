/*
 * run_thread.c - a run with a thread of its own; see run_thread.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run_thread.h"

enum { BATCH_FRAMES = 512, BATCHES = 4 };

typedef struct {
    guint count;
    frame_facts frames[BATCH_FRAMES];
} batch;

struct run_thread {
    capture_run *taker;
    GThread *thread;
    batch batches[BATCHES]; /* go round: filled in turn, and taken in turn */

    GMutex mutex; /* guards all below */
    GCond changed;
    guint64 filled, taken; /* batches so far */
    bool closing;
};

static void
take_batch(run_thread *thread, batch *b)
{
    for (guint i = 0; i < b->count; i++) {
        capture_run_add(thread->taker, &b->frames[i]);
        packet_values_unref(b->frames[i].values);
    }
    b->count = 0;
}

static gpointer
work(gpointer user)
{
    run_thread *thread = user;

    g_mutex_lock(&thread->mutex);
    for (;;) {
        while (thread->taken == thread->filled && !thread->closing)
            g_cond_wait(&thread->changed, &thread->mutex);
        if (thread->taken == thread->filled)
            break;
        g_mutex_unlock(&thread->mutex);
        take_batch(thread, &thread->batches[thread->taken % BATCHES]);
        g_mutex_lock(&thread->mutex);
        thread->taken++;
        g_cond_signal(&thread->changed);
    }
    g_mutex_unlock(&thread->mutex);
    return NULL;
}

run_thread *
run_thread_new(capture_run *run)
{
    run_thread *thread = g_new0(run_thread, 1);

    thread->taker = run;
    g_mutex_init(&thread->mutex);
    g_cond_init(&thread->changed);
    thread->thread = g_thread_new("cicflow-flows", work, thread);
    return thread;
}

/* Hands over the batch that is being filled, and waits for room for the next. */
static void
hand_over(run_thread *thread)
{
    g_mutex_lock(&thread->mutex);
    thread->filled++;
    g_cond_signal(&thread->changed);
    while (thread->filled - thread->taken == BATCHES)
        g_cond_wait(&thread->changed, &thread->mutex);
    g_mutex_unlock(&thread->mutex);
}

/* The number of filled batches changes in this thread only. */
void
run_thread_add(run_thread *thread, const frame_facts *facts)
{
    batch *b = &thread->batches[thread->filled % BATCHES];

    b->frames[b->count++] = *facts;
    packet_values_ref(facts->values);
    if (b->count == BATCH_FRAMES)
        hand_over(thread);
}

void
run_thread_free(run_thread *thread)
{
    if (!thread)
        return;
    if (thread->batches[thread->filled % BATCHES].count > 0)
        hand_over(thread);
    g_mutex_lock(&thread->mutex);
    thread->closing = true;
    g_cond_signal(&thread->changed);
    g_mutex_unlock(&thread->mutex);
    g_thread_join(thread->thread);
    g_cond_clear(&thread->changed);
    g_mutex_clear(&thread->mutex);
    g_free(thread);
}
