/*
 * session_feed.c - a session with a thread of its own; see session_feed.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session_feed.h"

enum { BATCH_FRAMES = 512, BATCHES = 4 };

typedef struct {
    guint count;
    frame_facts frames[BATCH_FRAMES];
} batch;

struct session_feed {
    session *taker;
    GThread *thread;
    batch batches[BATCHES]; /* go round: filled in turn, and taken in turn */

    GMutex mutex; /* guards all below */
    GCond changed;
    guint64 filled, taken; /* batches so far */
    bool closing;
};

static void
take_batch(session_feed *feed, batch *b)
{
    for (guint i = 0; i < b->count; i++)
        session_add(feed->taker, &b->frames[i]);
    b->count = 0;
}

static gpointer
work(gpointer user)
{
    session_feed *feed = user;

    g_mutex_lock(&feed->mutex);
    for (;;) {
        while (feed->taken == feed->filled && !feed->closing)
            g_cond_wait(&feed->changed, &feed->mutex);
        if (feed->taken == feed->filled)
            break;
        g_mutex_unlock(&feed->mutex);
        take_batch(feed, &feed->batches[feed->taken % BATCHES]);
        g_mutex_lock(&feed->mutex);
        feed->taken++;
        g_cond_signal(&feed->changed);
    }
    g_mutex_unlock(&feed->mutex);
    return NULL;
}

session_feed *
session_feed_new(session *s)
{
    session_feed *feed = g_new0(session_feed, 1);

    feed->taker = s;
    g_mutex_init(&feed->mutex);
    g_cond_init(&feed->changed);
    feed->thread = g_thread_new("cicflow-flows", work, feed);
    return feed;
}

/* Hands over the batch that is being filled, and waits for room for the next. */
static void
hand_over(session_feed *feed)
{
    g_mutex_lock(&feed->mutex);
    feed->filled++;
    g_cond_signal(&feed->changed);
    while (feed->filled - feed->taken == BATCHES)
        g_cond_wait(&feed->changed, &feed->mutex);
    g_mutex_unlock(&feed->mutex);
}

/* The number of filled batches changes in this thread only. */
void
session_feed_add(session_feed *feed, const frame_facts *facts)
{
    batch *b = &feed->batches[feed->filled % BATCHES];

    b->frames[b->count++] = *facts;
    if (b->count == BATCH_FRAMES)
        hand_over(feed);
}

void
session_feed_free(session_feed *feed)
{
    if (!feed)
        return;
    if (feed->batches[feed->filled % BATCHES].count > 0)
        hand_over(feed);
    g_mutex_lock(&feed->mutex);
    feed->closing = true;
    g_cond_signal(&feed->changed);
    g_mutex_unlock(&feed->mutex);
    g_thread_join(feed->thread);
    g_cond_clear(&feed->changed);
    g_mutex_clear(&feed->mutex);
    g_free(feed);
}
