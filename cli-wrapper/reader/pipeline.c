/*
 * pipeline.c - see pipeline.h.
 *
 * Batches of frames go round in a ring. The reader fills the one at `filled`, the dissector has done all before
 * `dissected`, the adder all before `added`: what is between two counters belongs to the thread after the first. One
 * mutex guards the counters; a batch is touched only by its owner. A batch without frames to dissect skips the
 * dissector if no earlier batch waits there.
 *
 * Records are allocated and freed by the reader alone: wiretap's buffers come from a list that is not locked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pipeline.h"

#include <string.h>

enum {
    BATCH_FRAMES = 256,
    BATCHES = 32,
    RECORD_BYTES = 512 * 1024,            /* a batch with so much is passed on; one record may be larger */
    WAITING_BYTES_MOST = 8 * 1024 * 1024, /* of all records that wait */
    UNUSED_MOST = 512                     /* records kept for reuse */
};

struct batch {
    guint count, dissected_count;
    guint64 record_bytes;
    guint16 dissected[BATCH_FRAMES]; /* indexes of frames with a record */
    struct pipeline_frame frames[BATCH_FRAMES];
    datagram_piece *pieces; /* FRAME_PIECES_MAX a frame; NULL: no frame had any so far */
};

struct pipeline {
    const struct pipeline_steps *steps;
    gboolean has_threads;
    struct batch *ring[BATCHES]; /* allocated on first use */
    GPtrArray *unused;           /* used by the reader alone: records */
    guint64 reclaimed;           /* by the reader alone: batches whose records are back */
    guint64 waiting_bytes;       /* by the reader alone: of records not back yet */
    GThread *adder, *dissector;  /* NULL: not begun */

    GMutex mutex; /* guards all below */
    GCond changed;
    guint64 filled, dissected, added; /* batches */
    gboolean is_complete;             /* no further batch will be filled */
    gboolean has_failed;
    guint64 lost; /* frame whose dissection does not end; 0: none */
};

static void
free_record(gpointer record)
{
    capture_record_free(record);
}

struct pipeline *
pipeline_new(const struct pipeline_steps *steps, gboolean has_threads)
{
    struct pipeline *pipeline = g_new0(struct pipeline, 1);

    pipeline->steps = steps;
    pipeline->has_threads = has_threads;
    pipeline->unused = g_ptr_array_new_with_free_func(free_record);
    g_mutex_init(&pipeline->mutex);
    g_cond_init(&pipeline->changed);
    return pipeline;
}

/* Copies the pieces of facts that have to wait into the batch. */
static void
keep_pieces(struct batch *batch, struct pipeline_frame *frame)
{
    frame_facts *facts = &frame->facts;

    if (facts->piece_count == 0)
        return;
    if (!batch->pieces)
        batch->pieces = g_new(datagram_piece, BATCH_FRAMES * FRAME_PIECES_MAX);
    datagram_piece *kept = batch->pieces + (frame - batch->frames) * FRAME_PIECES_MAX;
    memcpy(kept, facts->pieces, facts->piece_count * sizeof *kept);
    facts->pieces = kept;
}

static struct batch *
batch_at(const struct pipeline *pipeline, guint64 turn)
{
    return pipeline->ring[turn % BATCHES];
}

static void
fail(struct pipeline *pipeline)
{
    g_mutex_lock(&pipeline->mutex);
    pipeline->has_failed = TRUE;
    g_cond_broadcast(&pipeline->changed);
    g_mutex_unlock(&pipeline->mutex);
}

/* Waits until the step whose counter is `done` has a batch that is `ready`. FALSE when there will be no more. */
static gboolean
wait_for(struct pipeline *pipeline, const guint64 *ready, const guint64 *done)
{
    g_mutex_lock(&pipeline->mutex);
    while (*ready == *done && !pipeline->has_failed && pipeline->lost == 0 &&
           !(pipeline->is_complete && pipeline->filled == *done))
        g_cond_wait(&pipeline->changed, &pipeline->mutex);
    gboolean is_there = *ready != *done && !pipeline->has_failed;
    g_mutex_unlock(&pipeline->mutex);
    return is_there;
}

static void
count(struct pipeline *pipeline, guint64 *batches)
{
    g_mutex_lock(&pipeline->mutex);
    (*batches)++;
    g_cond_broadcast(&pipeline->changed);
    g_mutex_unlock(&pipeline->mutex);
}

static gboolean
dissect_batch(const struct pipeline *pipeline, struct batch *batch)
{
    for (guint i = 0; i < batch->dissected_count; i++) {
        struct pipeline_frame *frame = &batch->frames[batch->dissected[i]];
        if (!pipeline->steps->dissect(pipeline->steps->data, frame))
            return FALSE;
        keep_pieces(batch, frame);
        pipeline->steps->forget(pipeline->steps->data);
    }
    return TRUE;
}

/* Adds all frames of a batch, or those before a number. */
static gboolean
add_batch(const struct pipeline *pipeline, const struct batch *batch, guint64 before)
{
    for (guint i = 0; i < batch->count && batch->frames[i].number < before; i++) {
        if (!pipeline->steps->add(pipeline->steps->data, &batch->frames[i]))
            return FALSE;
    }
    return TRUE;
}

static gpointer
dissect_all(gpointer data)
{
    struct pipeline *pipeline = data;

    while (wait_for(pipeline, &pipeline->filled, &pipeline->dissected)) {
        if (!dissect_batch(pipeline, batch_at(pipeline, pipeline->dissected)))
            fail(pipeline);
        else
            count(pipeline, &pipeline->dissected);
    }
    return NULL;
}

static gpointer
add_all(gpointer data)
{
    struct pipeline *pipeline = data;

    while (wait_for(pipeline, &pipeline->dissected, &pipeline->added)) {
        if (!add_batch(pipeline, batch_at(pipeline, pipeline->added), G_MAXUINT64))
            fail(pipeline);
        else
            count(pipeline, &pipeline->added);
    }
    if (pipeline->lost > 0)
        add_batch(pipeline, batch_at(pipeline, pipeline->added), pipeline->lost);
    return NULL;
}

/* Takes back the records of the oldest batch once it is added, and waits for that if asked to. FALSE when it is not
 * added yet. */
static gboolean
reclaim(struct pipeline *pipeline, gboolean waits)
{
    g_mutex_lock(&pipeline->mutex);
    while (waits && pipeline->added == pipeline->reclaimed && !pipeline->has_failed && pipeline->lost == 0)
        g_cond_wait(&pipeline->changed, &pipeline->mutex);
    gboolean is_added = pipeline->added > pipeline->reclaimed;
    g_mutex_unlock(&pipeline->mutex);
    if (!is_added)
        return FALSE;
    struct batch *batch = batch_at(pipeline, pipeline->reclaimed++);
    for (guint i = 0; i < batch->dissected_count; i++) {
        struct capture_record *record = g_steal_pointer(&batch->frames[batch->dissected[i]].record);
        if (pipeline->unused->len < UNUSED_MOST &&
            compat_record_buffer(&record->data)->allocated <= COMPAT_RECORD_BYTES)
            g_ptr_array_add(pipeline->unused, record);
        else
            capture_record_free(record);
    }
    pipeline->waiting_bytes -= batch->record_bytes;
    return TRUE;
}

/* Call with the mutex locked. */
static void
begin_threads(struct pipeline *pipeline, gboolean dissects)
{
    if (!pipeline->adder)
        pipeline->adder = g_thread_new("cicflow-flows", add_all, pipeline);
    if (dissects && !pipeline->dissector)
        pipeline->dissector = g_thread_new("cicflow-epan", dissect_all, pipeline);
}

/* Hands over the batch that was filled. */
static gboolean
send(struct pipeline *pipeline)
{
    const struct batch *batch = batch_at(pipeline, pipeline->filled);

    pipeline->waiting_bytes += batch->record_bytes;
    g_mutex_lock(&pipeline->mutex);
    gboolean passes = pipeline->dissected == pipeline->filled && batch->dissected_count == 0;
    pipeline->filled++;
    if (passes)
        pipeline->dissected++;
    begin_threads(pipeline, !passes);
    gboolean goes_on = !pipeline->has_failed && pipeline->lost == 0;
    g_cond_broadcast(&pipeline->changed);
    g_mutex_unlock(&pipeline->mutex);
    while (goes_on && pipeline->waiting_bytes > WAITING_BYTES_MOST)
        goes_on = reclaim(pipeline, TRUE);
    return goes_on;
}

static struct batch *
filling(struct pipeline *pipeline)
{
    struct batch **batch = &pipeline->ring[pipeline->filled % BATCHES];

    if (!*batch)
        *batch = g_new0(struct batch, 1);
    return *batch;
}

/* Provides an empty batch to fill; FALSE when nothing more is wanted. */
static gboolean
begin_batch(struct pipeline *pipeline)
{
    while (reclaim(pipeline, pipeline->filled - pipeline->reclaimed == BATCHES))
        continue;
    if (pipeline->filled - pipeline->reclaimed == BATCHES)
        return FALSE;
    struct batch *batch = filling(pipeline);
    batch->count = batch->dissected_count = 0;
    batch->record_bytes = 0;
    return TRUE;
}

struct pipeline_frame *
pipeline_next(struct pipeline *pipeline)
{
    struct batch *batch = filling(pipeline);
    struct pipeline_frame *frame = &batch->frames[batch->count];

    frame->record = NULL;
    return frame;
}

static gboolean
do_at_once(struct pipeline *pipeline, struct pipeline_frame *frame)
{
    const struct pipeline_steps *steps = pipeline->steps;
    if (!frame->record)
        return steps->add(steps->data, frame);
    gboolean goes_on = steps->dissect(steps->data, frame);
    if (goes_on) {
        goes_on = steps->add(steps->data, frame);
        steps->forget(steps->data);
    }
    g_ptr_array_add(pipeline->unused, g_steal_pointer(&frame->record));
    return goes_on;
}

gboolean
pipeline_put(struct pipeline *pipeline)
{
    struct batch *batch = filling(pipeline);
    struct pipeline_frame *frame = &batch->frames[batch->count];

    if (!pipeline->has_threads)
        return do_at_once(pipeline, frame);
    if (frame->record) {
        batch->dissected[batch->dissected_count++] = (guint16)batch->count;
        batch->record_bytes += compat_record_buffer(&frame->record->data)->allocated;
    } else {
        keep_pieces(batch, frame);
    }
    batch->count++;
    if (batch->count < BATCH_FRAMES && batch->record_bytes < RECORD_BYTES)
        return TRUE;
    return send(pipeline) && begin_batch(pipeline);
}

struct capture_record *
pipeline_unused_record(struct pipeline *pipeline)
{
    guint count = pipeline->unused->len;
    return count > 0 ? g_ptr_array_steal_index_fast(pipeline->unused, count - 1) : NULL;
}

/* A capture of less than a batch needs no threads. */
static void
finish_batch(struct pipeline *pipeline)
{
    struct batch *batch = filling(pipeline);

    if (pipeline->adder) {
        send(pipeline);
        return;
    }
    for (guint i = 0; i < batch->count; i++) {
        if (!do_at_once(pipeline, &batch->frames[i]))
            break;
    }
}

static void
free_batch(struct batch *batch)
{
    for (guint i = 0; i < batch->dissected_count; i++)
        capture_record_free(batch->frames[batch->dissected[i]].record);
    g_free(batch->pieces);
    g_free(batch);
}

void
pipeline_finish(struct pipeline *pipeline)
{
    if (filling(pipeline)->count > 0)
        finish_batch(pipeline);
    g_mutex_lock(&pipeline->mutex);
    pipeline->is_complete = TRUE;
    g_cond_broadcast(&pipeline->changed);
    g_mutex_unlock(&pipeline->mutex);
    if (pipeline->dissector)
        g_thread_join(pipeline->dissector);
    if (pipeline->adder)
        g_thread_join(pipeline->adder);
    for (guint i = 0; i < BATCHES && pipeline->ring[i]; i++)
        free_batch(pipeline->ring[i]);
    g_ptr_array_unref(pipeline->unused);
    g_cond_clear(&pipeline->changed);
    g_mutex_clear(&pipeline->mutex);
    g_free(pipeline);
}

void
pipeline_give_up(struct pipeline *pipeline, guint64 number)
{
    g_mutex_lock(&pipeline->mutex);
    gboolean is_shared = pipeline->dissector != NULL;
    pipeline->lost = number;
    g_cond_broadcast(&pipeline->changed);
    while (is_shared && !pipeline->is_complete)
        g_cond_wait(&pipeline->changed, &pipeline->mutex);
    g_mutex_unlock(&pipeline->mutex);
    if (is_shared)
        g_thread_join(pipeline->adder);
}
