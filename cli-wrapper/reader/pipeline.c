/*
 * pipeline.c - see pipeline.h.
 *
 * Batches of frames go round in a ring. The reader has passed on all before `filled`, the dissector has done all before
 * `dissected`, the adder all before `added`: what is between two counters belongs to the thread after the first. One
 * mutex guards the counters; a batch is touched only by its owner. A batch without frames to dissect skips the
 * dissector if no earlier batch waits there.
 *
 * Few batches are ahead, which fit into the processor's caches. Only while the dissectors start, which takes as long as
 * reading a million frames, the reader goes on as far as the ring allows.
 *
 * Records are allocated and freed by the reader alone: wiretap's buffers come from a list that is not locked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pipeline.h"

enum {
    BATCH_FRAMES = 1024,
    BATCHES = 8,                          /* ahead */
    BATCHES_MOST = 320,                   /* ahead while the dissectors start: 60 MiB */
    HELD_BYTES = 512 * 1024,              /* a batch with so much is passed on; one record may be larger */
    WAITING_BYTES_MOST = 8 * 1024 * 1024, /* of all records and pieces that wait */
    UNUSED_MOST = 512                     /* records kept for reuse */
};

struct batch {
    guint count, dissected_count;
    guint64 held_bytes;              /* of records and pieces, when the batch is passed on */
    guint16 dissected[BATCH_FRAMES]; /* indexes of frames with a record */
    struct pipeline_frame frames[BATCH_FRAMES];
    GPtrArray *pieces; /* arrays of datagram_piece, of some frames */
};

struct pipeline {
    const struct pipeline_steps *steps;
    gboolean has_threads;
    struct batch *ring[BATCHES_MOST];
    GThread *adder, *dissector; /* NULL: not begun */

    /* used by the reader alone: */
    struct batch *filling;
    GPtrArray *unused, *spare; /* records, empty batches */
    guint64 reclaimed;         /* batches that are back */
    guint64 waiting_bytes;     /* held by batches not back yet */

    GMutex mutex;                     /* guards all below */
    GCond back, to_dissect, to_add;   /* what the reader, the dissector and the adder wait for */
    guint64 awaited;                  /* when so many batches are added, the reader goes on */
    guint64 filled, dissected, added; /* batches */
    gboolean is_starting;             /* the dissector has begun, and done nothing yet */
    gboolean is_complete;             /* no further batch will be filled */
    gboolean has_failed;
    guint64 lost; /* frame whose dissection does not end; 0: none */
};

static void
free_record(gpointer record)
{
    capture_record_free(record);
}

static struct batch *
batch_new(void)
{
    struct batch *batch = g_new0(struct batch, 1);

    batch->pieces = g_ptr_array_new_with_free_func(g_free);
    return batch;
}

static void
batch_free(gpointer data)
{
    struct batch *batch = data;

    for (guint i = 0; i < batch->dissected_count; i++)
        capture_record_free(batch->frames[batch->dissected[i]].record);
    g_ptr_array_unref(batch->pieces);
    g_free(batch);
}

struct pipeline *
pipeline_new(const struct pipeline_steps *steps, gboolean has_threads)
{
    struct pipeline *pipeline = g_new0(struct pipeline, 1);

    pipeline->steps = steps;
    pipeline->has_threads = has_threads;
    pipeline->unused = g_ptr_array_new_with_free_func(free_record);
    pipeline->spare = g_ptr_array_new_with_free_func(batch_free);
    pipeline->filling = batch_new();
    g_mutex_init(&pipeline->mutex);
    g_cond_init(&pipeline->back);
    g_cond_init(&pipeline->to_dissect);
    g_cond_init(&pipeline->to_add);
    return pipeline;
}

/* Copies the pieces of facts that have to wait into the batch; returns their bytes. */
static gsize
keep_pieces(struct batch *batch, frame_facts *facts)
{
    gsize bytes = facts->piece_count * sizeof *facts->pieces;

    if (bytes == 0)
        return 0;
    datagram_piece *kept = g_memdup2(facts->pieces, bytes);
    g_ptr_array_add(batch->pieces, kept);
    facts->pieces = kept;
    return bytes;
}

static struct batch *
batch_at(const struct pipeline *pipeline, guint64 turn)
{
    return pipeline->ring[turn % BATCHES_MOST];
}

/* Call with the mutex locked. */
static void
wake_all(struct pipeline *pipeline)
{
    g_cond_broadcast(&pipeline->back);
    g_cond_broadcast(&pipeline->to_dissect);
    g_cond_broadcast(&pipeline->to_add);
}

static void
fail(struct pipeline *pipeline)
{
    g_mutex_lock(&pipeline->mutex);
    pipeline->has_failed = TRUE;
    wake_all(pipeline);
    g_mutex_unlock(&pipeline->mutex);
}

/* Waits until the step whose counter is `done` has a batch that is `ready`. FALSE when there will be no more. */
static gboolean
wait_for(struct pipeline *pipeline, GCond *changed, const guint64 *ready, const guint64 *done)
{
    g_mutex_lock(&pipeline->mutex);
    while (*ready == *done && !pipeline->has_failed && pipeline->lost == 0 &&
           !(pipeline->is_complete && pipeline->filled == *done))
        g_cond_wait(changed, &pipeline->mutex);
    gboolean is_there = *ready != *done && !pipeline->has_failed;
    g_mutex_unlock(&pipeline->mutex);
    return is_there;
}

static void
count_dissected(struct pipeline *pipeline)
{
    g_mutex_lock(&pipeline->mutex);
    pipeline->dissected++;
    pipeline->is_starting = FALSE;
    g_cond_signal(&pipeline->to_add);
    g_mutex_unlock(&pipeline->mutex);
}

static void
count_added(struct pipeline *pipeline)
{
    g_mutex_lock(&pipeline->mutex);
    if (++pipeline->added == pipeline->awaited)
        g_cond_signal(&pipeline->back);
    g_mutex_unlock(&pipeline->mutex);
}

static gboolean
dissect_batch(const struct pipeline *pipeline, struct batch *batch)
{
    for (guint i = 0; i < batch->dissected_count; i++) {
        struct pipeline_frame *frame = &batch->frames[batch->dissected[i]];
        if (!pipeline->steps->dissect(pipeline->steps->data, frame))
            return FALSE;
        keep_pieces(batch, &frame->facts);
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

    while (wait_for(pipeline, &pipeline->to_dissect, &pipeline->filled, &pipeline->dissected)) {
        if (!dissect_batch(pipeline, batch_at(pipeline, pipeline->dissected)))
            fail(pipeline);
        else
            count_dissected(pipeline);
    }
    return NULL;
}

/* The frame that was given up, up to which frames are still to be added; 0: there is none, or nothing can be added. */
static guint64
lost_frame(struct pipeline *pipeline)
{
    g_mutex_lock(&pipeline->mutex);
    guint64 lost = pipeline->has_failed ? 0 : pipeline->lost;
    g_mutex_unlock(&pipeline->mutex);
    return lost;
}

static gpointer
add_all(gpointer data)
{
    struct pipeline *pipeline = data;

    while (wait_for(pipeline, &pipeline->to_add, &pipeline->dissected, &pipeline->added)) {
        if (!add_batch(pipeline, batch_at(pipeline, pipeline->added), G_MAXUINT64))
            fail(pipeline);
        else
            count_added(pipeline);
    }
    guint64 lost = lost_frame(pipeline);
    if (lost > 0)
        add_batch(pipeline, batch_at(pipeline, pipeline->added), lost);
    return NULL;
}

static void
take_back(struct pipeline *pipeline, struct batch *batch)
{
    for (guint i = 0; i < batch->dissected_count; i++) {
        struct capture_record *record = g_steal_pointer(&batch->frames[batch->dissected[i]].record);
        if (pipeline->unused->len < UNUSED_MOST &&
            compat_record_buffer(&record->data)->allocated <= COMPAT_RECORD_BYTES)
            g_ptr_array_add(pipeline->unused, record);
        else
            capture_record_free(record);
    }
    pipeline->waiting_bytes -= batch->held_bytes;
    batch->count = batch->dissected_count = 0;
    batch->held_bytes = 0;
    g_ptr_array_set_size(batch->pieces, 0);
    if (pipeline->spare->len < BATCHES)
        g_ptr_array_add(pipeline->spare, batch);
    else
        batch_free(batch);
}

/* Takes back the oldest batch once it is added, and waits for that if asked to: then for several, since waking a thread
 * takes as long as reading many frames. FALSE when it is not added yet. */
static gboolean
reclaim(struct pipeline *pipeline, gboolean waits)
{
    g_mutex_lock(&pipeline->mutex);
    if (waits && pipeline->added == pipeline->reclaimed)
        pipeline->awaited = pipeline->reclaimed + MIN(BATCHES, pipeline->filled - pipeline->reclaimed + 1) / 2;
    while (waits && pipeline->added < pipeline->awaited && !pipeline->has_failed && pipeline->lost == 0)
        g_cond_wait(&pipeline->back, &pipeline->mutex);
    gboolean is_added = pipeline->added > pipeline->reclaimed;
    g_mutex_unlock(&pipeline->mutex);
    if (!is_added)
        return FALSE;
    take_back(pipeline, g_steal_pointer(&pipeline->ring[pipeline->reclaimed++ % BATCHES_MOST]));
    return TRUE;
}

/* Call with the mutex locked. */
static void
begin_threads(struct pipeline *pipeline, gboolean dissects)
{
    if (!pipeline->adder)
        pipeline->adder = g_thread_new("cicflow-flows", add_all, pipeline);
    if (dissects && !pipeline->dissector) {
        pipeline->dissector = g_thread_new("cicflow-epan", dissect_all, pipeline);
        pipeline->is_starting = TRUE;
    }
}

/* Hands over the batch that was filled. */
static gboolean
send(struct pipeline *pipeline)
{
    struct batch *batch = g_steal_pointer(&pipeline->filling);

    pipeline->waiting_bytes += batch->held_bytes;
    g_mutex_lock(&pipeline->mutex);
    gboolean passes = pipeline->dissected == pipeline->filled && batch->dissected_count == 0;
    pipeline->ring[pipeline->filled++ % BATCHES_MOST] = batch;
    if (passes)
        pipeline->dissected++;
    begin_threads(pipeline, !passes);
    gboolean goes_on = !pipeline->has_failed && pipeline->lost == 0;
    g_cond_signal(passes ? &pipeline->to_add : &pipeline->to_dissect);
    g_mutex_unlock(&pipeline->mutex);
    while (goes_on && pipeline->waiting_bytes > WAITING_BYTES_MOST)
        goes_on = reclaim(pipeline, TRUE);
    return goes_on;
}

static guint
batches_allowed(struct pipeline *pipeline)
{
    g_mutex_lock(&pipeline->mutex);
    guint allowed = pipeline->is_starting ? BATCHES_MOST : BATCHES;
    g_mutex_unlock(&pipeline->mutex);
    return allowed;
}

/* Provides an empty batch to fill; FALSE when nothing more is wanted. */
static gboolean
begin_batch(struct pipeline *pipeline)
{
    guint allowed = batches_allowed(pipeline);

    while (reclaim(pipeline, pipeline->filled - pipeline->reclaimed >= allowed))
        continue;
    guint spare = pipeline->spare->len;
    pipeline->filling = spare > 0 ? g_ptr_array_steal_index_fast(pipeline->spare, spare - 1) : batch_new();
    return pipeline->filled - pipeline->reclaimed < allowed;
}

struct pipeline_frame *
pipeline_next(struct pipeline *pipeline)
{
    struct pipeline_frame *frame = &pipeline->filling->frames[pipeline->filling->count];

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
    struct batch *batch = pipeline->filling;
    struct pipeline_frame *frame = &batch->frames[batch->count];

    if (!pipeline->has_threads)
        return do_at_once(pipeline, frame);
    if (frame->record) {
        batch->dissected[batch->dissected_count++] = (guint16)batch->count;
        batch->held_bytes += compat_record_buffer(&frame->record->data)->allocated;
    } else {
        batch->held_bytes += keep_pieces(batch, &frame->facts);
    }
    batch->count++;
    if (batch->count < BATCH_FRAMES && batch->held_bytes < HELD_BYTES)
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
    struct batch *batch = pipeline->filling;

    if (pipeline->adder) {
        send(pipeline);
        return;
    }
    for (guint i = 0; i < batch->count; i++) {
        if (!do_at_once(pipeline, &batch->frames[i]))
            break;
    }
}

void
pipeline_finish(struct pipeline *pipeline)
{
    if (pipeline->filling && pipeline->filling->count > 0)
        finish_batch(pipeline);
    g_mutex_lock(&pipeline->mutex);
    pipeline->is_complete = TRUE;
    wake_all(pipeline);
    g_mutex_unlock(&pipeline->mutex);
    if (pipeline->dissector)
        g_thread_join(pipeline->dissector);
    if (pipeline->adder)
        g_thread_join(pipeline->adder);
    for (guint i = 0; i < BATCHES_MOST; i++)
        g_clear_pointer(&pipeline->ring[i], batch_free);
    g_clear_pointer(&pipeline->filling, batch_free);
    g_ptr_array_unref(pipeline->unused);
    g_ptr_array_unref(pipeline->spare);
    g_cond_clear(&pipeline->back);
    g_cond_clear(&pipeline->to_dissect);
    g_cond_clear(&pipeline->to_add);
    g_mutex_clear(&pipeline->mutex);
    g_free(pipeline);
}

void
pipeline_give_up(struct pipeline *pipeline, guint64 number)
{
    g_mutex_lock(&pipeline->mutex);
    gboolean is_shared = pipeline->dissector != NULL;
    pipeline->lost = number;
    wake_all(pipeline);
    while (is_shared && !pipeline->is_complete)
        g_cond_wait(&pipeline->back, &pipeline->mutex);
    g_mutex_unlock(&pipeline->mutex);
    if (is_shared)
        g_thread_join(pipeline->adder);
}
