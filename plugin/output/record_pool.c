/*
 * record_pool.c - formats and writes records in threads; see record_pool.h.
 *
 * Batches are recycled: filled by the caller, queued, formatted by a thread, written in turn, free again. One mutex
 * guards all queues; a batch's flows and rows belong to whoever has taken it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_pool.h"

#include <string.h>

enum { BATCH_FLOWS = RECORD_WRITER_ROWS_MAX, BATCHES_A_THREAD = 3 };

typedef struct {
    guint64 turn; /* position in the order of writing */
    guint count;
    char *flows;
    GPtrArray *rows; /* a GString for each writer */
} batch;

struct record_pool {
    size_t flow_bytes;
    GPtrArray *writers; /* without NULL entries */
    GPtrArray *batches; /* all of them */
    GPtrArray *threads;
    guint thread_count; /* 0: the caller writes full batches */
    bool has_stream;    /* some output is a stream */

    GMutex mutex; /* guards all below */
    GCond queued, freed, written;
    GQueue waiting; /* full batches */
    GQueue unused;
    batch *filling; /* owned by the caller; NULL: none yet */
    bool hastened;  /* queue the batch being filled as soon as a thread is idle */
    bool closing;
    guint64 next_turn, turns_written;
    guint settling;  /* number of threads that finish work left by their batch */
    GError *error;   /* the first error, until it is returned */
    bool has_failed; /* nothing is written after an error: files would lack rows in their middle */
};

static void
batch_free(gpointer data)
{
    batch *b = data;
    g_ptr_array_free(b->rows, TRUE);
    g_free(b->flows);
    g_free(b);
}

static void
free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

static batch *
batch_new(const record_pool *pool)
{
    batch *b = g_new0(batch, 1);
    b->flows = g_malloc(BATCH_FLOWS * pool->flow_bytes);
    b->rows = g_ptr_array_new_with_free_func(free_text);
    for (guint i = 0; i < pool->writers->len; i++)
        g_ptr_array_add(b->rows, g_string_new(NULL));
    return b;
}

/* Numbers the batch being filled, and queues it. */
static void
queue_filling(record_pool *pool)
{
    pool->filling->turn = pool->next_turn++;
    g_queue_push_tail(&pool->waiting, pool->filling);
    pool->filling = NULL;
    pool->hastened = false;
    g_cond_signal(&pool->queued);
}

/* The next batch to write; waits if necessary. NULL at the end. */
static batch *
take_batch(record_pool *pool)
{
    for (;;) {
        if (!g_queue_is_empty(&pool->waiting))
            return g_queue_pop_head(&pool->waiting);
        if (pool->closing)
            return NULL;
        if (pool->hastened && pool->filling)
            queue_filling(pool);
        else
            g_cond_wait(&pool->queued, &pool->mutex);
    }
}

static void
make_rows(const record_pool *pool, const batch *b)
{
    for (guint i = 0; i < pool->writers->len; i++) {
        GString *rows = b->rows->pdata[i];
        g_string_truncate(rows, 0);
        record_writer_append(pool->writers->pdata[i], (const flow *)(const void *)b->flows, b->count, pool->flow_bytes,
                             rows);
    }
}

static void
write_rows(const record_pool *pool, const batch *b, GError **error)
{
    for (guint i = 0; i < pool->writers->len && !*error; i++) {
        if (record_writer_add_rows(pool->writers->pdata[i], b->rows->pdata[i], error))
            record_writer_flush_if_stream(pool->writers->pdata[i], error);
    }
}

/* Keeps the first error; NULL: there was none. Called with the mutex locked. */
static void
note_error(record_pool *pool, GError *error)
{
    if (!error)
        return;
    if (pool->has_failed)
        g_error_free(error);
    else
        pool->error = error;
    pool->has_failed = true;
}

/* Writes a batch when all before it are written. Called with the mutex locked; it is released during the work. */
static void
process(record_pool *pool, batch *b)
{
    GError *error = NULL;

    g_mutex_unlock(&pool->mutex);
    make_rows(pool, b);
    g_mutex_lock(&pool->mutex);
    while (pool->turns_written != b->turn)
        g_cond_wait(&pool->written, &pool->mutex);
    bool goes_on = !pool->has_failed;
    g_mutex_unlock(&pool->mutex);
    if (goes_on)
        write_rows(pool, b, &error);
    g_mutex_lock(&pool->mutex);
    note_error(pool, error);
    goes_on = !pool->has_failed;
    pool->turns_written++;
    pool->settling++;
    g_queue_push_tail(&pool->unused, b);
    g_cond_broadcast(&pool->written);
    g_cond_signal(&pool->freed);
    g_mutex_unlock(&pool->mutex);
    error = NULL;
    /* Finishes work of the writers while others go on with the next batches. */
    for (guint i = 0; goes_on && i < pool->writers->len && !error; i++)
        record_writer_settle(pool->writers->pdata[i], &error);
    g_mutex_lock(&pool->mutex);
    pool->settling--;
    note_error(pool, error);
    g_cond_broadcast(&pool->written);
}

/* Does the work without threads. Called with the mutex locked. */
static void
process_waiting(record_pool *pool)
{
    while (pool->thread_count == 0 && !g_queue_is_empty(&pool->waiting))
        process(pool, g_queue_pop_head(&pool->waiting));
}

static gpointer
work(gpointer user)
{
    record_pool *pool = user;
    batch *b;

    g_mutex_lock(&pool->mutex);
    while ((b = take_batch(pool)))
        process(pool, b);
    g_mutex_unlock(&pool->mutex);
    return NULL;
}

record_pool *
record_pool_new(guint threads, size_t flow_bytes, record_writer *const *writers, size_t writer_count)
{
    record_pool *pool = g_new0(record_pool, 1);

    pool->flow_bytes = flow_bytes;
    pool->thread_count = threads;
    pool->writers = g_ptr_array_new();
    for (size_t i = 0; i < writer_count; i++) {
        if (!writers[i])
            continue;
        g_ptr_array_add(pool->writers, writers[i]);
        pool->has_stream = pool->has_stream || record_writer_is_stream(writers[i]);
    }
    g_mutex_init(&pool->mutex);
    g_cond_init(&pool->queued);
    g_cond_init(&pool->freed);
    g_cond_init(&pool->written);
    g_queue_init(&pool->waiting);
    g_queue_init(&pool->unused);
    pool->batches = g_ptr_array_new_with_free_func(batch_free);
    for (guint i = 0; i < 1 + threads * BATCHES_A_THREAD; i++) {
        g_ptr_array_add(pool->batches, batch_new(pool));
        g_queue_push_tail(&pool->unused, pool->batches->pdata[i]);
    }
    pool->threads = g_ptr_array_new();
    for (guint i = 0; i < threads; i++)
        g_ptr_array_add(pool->threads, g_thread_new("cicflow-rows", work, pool));
    return pool;
}

/* Called with the mutex locked. */
static gboolean
take_error(record_pool *pool, GError **error)
{
    if (!pool->error)
        return TRUE;
    g_propagate_error(error, pool->error);
    pool->error = NULL;
    return FALSE;
}

gboolean
record_pool_add(record_pool *pool, const flow *f, GError **error)
{
    g_mutex_lock(&pool->mutex);
    if (!pool->filling) {
        while (g_queue_is_empty(&pool->unused))
            g_cond_wait(&pool->freed, &pool->mutex);
        pool->filling = g_queue_pop_head(&pool->unused);
        pool->filling->count = 0;
    }
    batch *b = pool->filling;
    memcpy(b->flows + b->count++ * pool->flow_bytes, f, pool->flow_bytes);
    if (b->count == BATCH_FLOWS)
        queue_filling(pool);
    process_waiting(pool);
    gboolean ok = take_error(pool, error);
    g_mutex_unlock(&pool->mutex);
    return ok;
}

void
record_pool_hasten(record_pool *pool)
{
    if (!pool->has_stream)
        return;
    g_mutex_lock(&pool->mutex);
    if (pool->filling && pool->thread_count == 0) {
        queue_filling(pool);
    } else if (pool->filling && !pool->hastened) {
        pool->hastened = true;
        g_cond_signal(&pool->queued);
    }
    process_waiting(pool);
    g_mutex_unlock(&pool->mutex);
}

gboolean
record_pool_drain(record_pool *pool, GError **error)
{
    g_mutex_lock(&pool->mutex);
    if (pool->filling)
        queue_filling(pool);
    process_waiting(pool);
    while (pool->turns_written != pool->next_turn || pool->settling > 0)
        g_cond_wait(&pool->written, &pool->mutex);
    gboolean ok = take_error(pool, error);
    g_mutex_unlock(&pool->mutex);
    return ok;
}

void
record_pool_free(record_pool *pool)
{
    if (!pool)
        return;
    g_mutex_lock(&pool->mutex);
    pool->closing = true;
    g_cond_broadcast(&pool->queued);
    g_mutex_unlock(&pool->mutex);
    for (guint i = 0; i < pool->threads->len; i++)
        g_thread_join(pool->threads->pdata[i]);
    g_ptr_array_free(pool->threads, TRUE);
    g_ptr_array_free(pool->batches, TRUE);
    g_ptr_array_free(pool->writers, TRUE);
    g_queue_clear(&pool->waiting);
    g_queue_clear(&pool->unused);
    g_clear_error(&pool->error);
    g_cond_clear(&pool->queued);
    g_cond_clear(&pool->freed);
    g_cond_clear(&pool->written);
    g_mutex_clear(&pool->mutex);
    g_free(pool);
}
