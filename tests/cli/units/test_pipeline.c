/*
 * test_pipeline.c - frames passed between threads: each step sees them in order, the queues are bounded, and a failing
 * step ends everything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reader/pipeline.h"

#include <string.h>

#include "tests.h"

enum { NEVER = 0, PIECE_EVERY = 5, RECORD_EVERY = 7, SMALL_BYTES = 100 };

/* State of the steps, and what they have seen. */
struct seen {
    guint64 fails_to_dissect, fails_to_add; /* frame numbers; NEVER: no failure */
    guint64 never_ends;                     /* number of the frame whose dissection does not end */
    guint64 last_record;                    /* no frame has one after this; 0: no such limit */
    gint is_lost;                           /* atomic: that dissection has begun */
    gboolean fails_late;                    /* adding fails only after that */
    gulong pause_us, first_pause_us;        /* in each dissection, and in the first one */
    guint64 ahead_most;                     /* frames put and not added yet */
    guint64 last_dissected;
    guint64 last_added; /* atomic */
    guint64 dissected;
    gboolean is_in_use; /* facts have not been forgotten yet */
    GThread *dissector, *adder;
    gint record_bytes; /* atomic; records that were put and not dissected yet */
    gint record_bytes_most;
    datagram_piece piece; /* used by the reader only */
};

static gboolean
has_record(guint64 number)
{
    return number % RECORD_EVERY == 0;
}

static gboolean
has_piece(guint64 number)
{
    return number % PIECE_EVERY == 0;
}

/* All facts use the same memory, so whoever keeps them has to copy it. */
static void
set_facts(frame_facts *facts, guint64 number, datagram_piece *piece)
{
    *facts = (frame_facts){.fate = FRAME_USED, .packet = {.frame = number}};
    if (!has_piece(number))
        return;
    piece->identification = (uint32_t)number;
    facts->pieces = piece;
    facts->piece_count = 1;
}

static void
note_thread(GThread **thread)
{
    if (!*thread)
        *thread = g_thread_self();
    assert_ptr_equal(*thread, g_thread_self());
}

static gboolean
dissect(gpointer data, struct pipeline_frame *frame)
{
    static datagram_piece piece;
    struct seen *seen = data;

    note_thread(&seen->dissector);
    assert_false(seen->is_in_use);
    assert_true(has_record(frame->number));
    assert_true(frame->number > seen->last_dissected);
    assert_int_equal(frame->record->offset, frame->number);
    seen->last_dissected = frame->number;
    while (frame->number == seen->never_ends) {
        g_atomic_int_set(&seen->is_lost, TRUE);
        g_usleep(G_USEC_PER_SEC);
    }
    if (frame->number == seen->fails_to_dissect)
        return FALSE;
    seen->dissected++;
    seen->is_in_use = TRUE;
    set_facts(&frame->facts, frame->number, &piece);
    g_usleep(seen->dissected == 1 ? seen->first_pause_us : seen->pause_us);
    g_atomic_int_add(&seen->record_bytes, -(gint)frame->record->data.rec.rec_header.packet_header.caplen);
    return TRUE;
}

static void
forget(gpointer data)
{
    struct seen *seen = data;

    assert_true(seen->is_in_use);
    seen->is_in_use = FALSE;
}

static gboolean
add(gpointer data, const struct pipeline_frame *frame)
{
    struct seen *seen = data;

    note_thread(&seen->adder);
    assert_int_equal(frame->number, seen->last_added + 1);
    assert_int_equal(frame->facts.packet.frame, frame->number);
    assert_int_equal(frame->facts.piece_count, has_piece(frame->number));
    if (has_piece(frame->number))
        assert_int_equal(frame->facts.pieces->identification, frame->number);
    __atomic_store_n(&seen->last_added, frame->number, __ATOMIC_RELAXED);
    while (seen->fails_late && frame->number == seen->fails_to_add && !g_atomic_int_get(&seen->is_lost))
        g_usleep(1000);
    return frame->number != seen->fails_to_add;
}

/* Like a capture: uses a record that is no longer needed, or a new one. */
static struct capture_record *
make_record(struct pipeline *pipeline, guint64 number, guint bytes)
{
    struct capture_record *record = pipeline_unused_record(pipeline);

    if (!record) {
        record = g_new0(struct capture_record, 1);
        compat_record_init(&record->data);
    }
    record->offset = (gint64)number;
    record->data.rec.rec_header.packet_header.caplen = bytes;
    ws_buffer_assure_space(compat_record_buffer(&record->data), bytes);
    return record;
}

/* What the reader does with the next frame. */
static void
fill(struct seen *seen, struct pipeline *pipeline, guint64 number, guint record_bytes)
{
    struct pipeline_frame *frame = pipeline_next(pipeline);

    frame->number = number;
    if (!has_record(number) || (seen->last_record > 0 && number > seen->last_record)) {
        set_facts(&frame->facts, number, &seen->piece);
        return;
    }
    frame->record = make_record(pipeline, number, record_bytes);
    gint waiting = g_atomic_int_add(&seen->record_bytes, (gint)record_bytes) + (gint)record_bytes;
    seen->record_bytes_most = MAX(seen->record_bytes_most, waiting);
}

/* Puts frames until nothing more is wanted; returns how many. */
static guint64
put_frames(struct seen *seen, gboolean has_threads, guint64 count, guint record_bytes)
{
    const struct pipeline_steps steps = {dissect, forget, add, seen};
    struct pipeline *pipeline = pipeline_new(&steps, has_threads);
    gboolean goes_on = TRUE;
    guint64 number = 0;

    while (goes_on && number < count) {
        fill(seen, pipeline, ++number, record_bytes);
        goes_on = pipeline_put(pipeline);
        seen->ahead_most = MAX(seen->ahead_most, number - __atomic_load_n(&seen->last_added, __ATOMIC_RELAXED));
    }
    pipeline_finish(pipeline);
    return number;
}

static void
each_step_sees_all_in_order(void **state G_GNUC_UNUSED)
{
    static const guint64 counts[] = {0, 1, 6, 7, 1023, 1024, 1025, 2048, 8192, 8193, 100003};

    for (int has_threads = FALSE; has_threads <= TRUE; has_threads++) {
        for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
            struct seen seen = {0};
            put_frames(&seen, has_threads, counts[i], SMALL_BYTES);
            assert_int_equal(seen.last_added, counts[i]);
            assert_int_equal(seen.dissected, counts[i] / RECORD_EVERY);
            assert_false(seen.is_in_use);
        }
    }
}

static void
threads_begin_with_the_second_batch(void **state G_GNUC_UNUSED)
{
    struct seen small = {0}, large = {0}, alone = {0};

    put_frames(&small, TRUE, 1023, SMALL_BYTES);
    assert_ptr_equal(small.adder, g_thread_self());
    assert_ptr_equal(small.dissector, g_thread_self());
    put_frames(&large, TRUE, 4000, SMALL_BYTES);
    assert_ptr_not_equal(large.adder, g_thread_self());
    assert_ptr_not_equal(large.dissector, g_thread_self());
    assert_ptr_not_equal(large.adder, large.dissector);
    put_frames(&alone, FALSE, 4000, SMALL_BYTES);
    assert_ptr_equal(alone.adder, g_thread_self());
    assert_ptr_equal(alone.dissector, g_thread_self());
}

static void
a_failure_ends_all(void **state G_GNUC_UNUSED)
{
    enum { COUNT = 200000, AT = 7 * 500 };

    for (int has_threads = FALSE; has_threads <= TRUE; has_threads++) {
        struct seen adding = {.fails_to_add = AT}, dissecting = {.fails_to_dissect = AT};
        assert_true(put_frames(&adding, has_threads, COUNT, SMALL_BYTES) < COUNT);
        assert_int_equal(adding.last_added, AT);
        assert_true(put_frames(&dissecting, has_threads, COUNT, SMALL_BYTES) < COUNT);
        assert_int_equal(dissecting.last_dissected, AT);
        assert_true(dissecting.last_added < AT);
    }
}

static void
a_failure_in_the_last_batch_ends_all(void **state G_GNUC_UNUSED)
{
    struct seen few = {.fails_to_add = 20}, many = {.fails_to_add = 1199};

    put_frames(&few, TRUE, 100, SMALL_BYTES);
    assert_int_equal(few.last_added, 20);
    put_frames(&many, TRUE, 1200, SMALL_BYTES);
    assert_int_equal(many.last_added, 1199);
}

/* Records of 1 MiB, which are dissected more slowly than they are read: 8 MiB wait, and what is being filled. */
static void
records_that_wait_are_bounded(void **state G_GNUC_UNUSED)
{
    enum { MIB = 1024 * 1024, RECORDS = 60, BOUND = 8 + 2, FRAMES = RECORDS * RECORD_EVERY };
    struct seen seen = {.pause_us = 500};

    put_frames(&seen, TRUE, FRAMES, MIB);
    assert_int_equal(seen.dissected, RECORDS);
    assert_true(seen.record_bytes_most <= BOUND * MIB);
    assert_true(seen.record_bytes_most > MIB);
}

/* Without frames to dissect, 8 batches wait at most, and the one being filled; 320 while the dissectors start. */
static void
more_frames_wait_while_the_dissectors_start(void **state G_GNUC_UNUSED)
{
    enum { BATCH = 1024, FRAMES = 330 * BATCH, USUAL = 9 * BATCH, MOST = 321 * BATCH };
    struct seen starting = {.first_pause_us = G_USEC_PER_SEC / 2, .last_record = RECORD_EVERY},
                plain = {.last_record = 1};

    put_frames(&starting, TRUE, FRAMES, SMALL_BYTES);
    assert_int_equal(starting.last_added, FRAMES);
    assert_true(starting.ahead_most > USUAL);
    assert_true(starting.ahead_most <= MOST);
    put_frames(&plain, TRUE, FRAMES, SMALL_BYTES);
    assert_int_equal(plain.last_added, FRAMES);
    assert_true(plain.ahead_most <= USUAL);
}

/* This run's reader and dissector are never joined. */
struct given_up {
    struct seen seen;
    gint is_begun; /* atomic */
    struct pipeline *pipeline;
};

static gpointer
put_for_ever(gpointer data)
{
    struct given_up *run = data;
    const struct pipeline_steps steps = {dissect, forget, add, &run->seen};
    guint64 number = 0;

    run->pipeline = pipeline_new(&steps, TRUE);
    g_atomic_int_set(&run->is_begun, TRUE);
    do {
        fill(&run->seen, run->pipeline, ++number, SMALL_BYTES);
    } while (pipeline_put(run->pipeline));
    pipeline_finish(run->pipeline);
    return NULL;
}

/* Gives up the frame that the run's dissection does not end. */
static void
give_up(struct given_up *run)
{
    g_thread_unref(g_thread_new("reader", put_for_ever, run));
    while (!g_atomic_int_get(&run->is_begun) || !g_atomic_int_get(&run->seen.is_lost))
        g_usleep(1000);
    pipeline_give_up(run->pipeline, run->seen.never_ends);
}

static void
what_is_before_a_lost_frame_is_added(void **state G_GNUC_UNUSED)
{
    enum { AT = 7 * 1001 };
    static struct given_up run = {.seen = {.never_ends = AT}};

    give_up(&run);
    assert_int_equal(run.seen.last_added, AT - 1);
}

/* Adding fails while the frame is given up: what was added is not added again. */
static void
a_failure_beside_a_lost_frame_ends_all(void **state G_GNUC_UNUSED)
{
    enum { AT = 7 * 1001, FAILS_AT = 3500 };
    static struct given_up run = {.seen = {.never_ends = AT, .fails_to_add = FAILS_AT, .fails_late = TRUE}};

    give_up(&run);
    assert_int_equal(run.seen.last_added, FAILS_AT);
}

void
pipeline_tests(GArray *tests)
{
    test_list_add(tests, "/pipeline/each_step_sees_all_in_order", each_step_sees_all_in_order, NULL);
    test_list_add(tests, "/pipeline/threads_begin_with_the_second_batch", threads_begin_with_the_second_batch, NULL);
    test_list_add(tests, "/pipeline/a_failure_ends_all", a_failure_ends_all, NULL);
    test_list_add(tests, "/pipeline/a_failure_in_the_last_batch_ends_all", a_failure_in_the_last_batch_ends_all, NULL);
    test_list_add(tests, "/pipeline/records_that_wait_are_bounded", records_that_wait_are_bounded, NULL);
    test_list_add(tests, "/pipeline/more_frames_wait_while_the_dissectors_start",
                  more_frames_wait_while_the_dissectors_start, NULL);
    test_list_add(tests, "/pipeline/what_is_before_a_lost_frame_is_added", what_is_before_a_lost_frame_is_added, NULL);
    test_list_add(tests, "/pipeline/a_failure_beside_a_lost_frame_ends_all", a_failure_beside_a_lost_frame_ends_all,
                  NULL);
}
