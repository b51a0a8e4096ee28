/*
 * pipeline.h - takes a capture's frames, in order, through three steps: reading, dissection (unless plain), adding to
 * the run.
 *
 * Three threads share it where the capture is long enough: the caller reads, one adds, and one dissects, which begins
 * with the first frame that has to be. The queues between them are bounded, in frames and in bytes of records. Without
 * threads each step is done by the caller as soon as a frame is put, so nothing waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "capture.h"
#include "run/frame.h"

/* A frame on its way through the pipeline. */
struct pipeline_frame {
    guint64 number;
    struct capture_record *record; /* to be dissected; NULL: the facts are known from its bytes */
    frame_facts facts;
};

/* The steps; each is always done by the same thread. A step returns FALSE to stop the pipeline. */
struct pipeline_steps {
    gboolean (*dissect)(gpointer data, struct pipeline_frame *frame); /* sets its facts, which live until forget() */
    void (*forget)(gpointer data);
    gboolean (*add)(gpointer data, const struct pipeline_frame *frame);
    gpointer data;
};

struct pipeline;

/* The steps are borrowed. With threads, facts must have no notes and no values. */
struct pipeline *pipeline_new(const struct pipeline_steps *steps, gboolean has_threads);

/* Room for the next frame, without a record; to be filled and put. */
struct pipeline_frame *pipeline_next(struct pipeline *pipeline);

/* Passes the frame on; if it has to wait, the pieces in its facts are copied. FALSE when nothing more is wanted. */
gboolean pipeline_put(struct pipeline *pipeline);

/* A record that is no longer needed, to read the next one into; NULL: there is none. */
struct capture_record *pipeline_unused_record(struct pipeline *pipeline);

/* Called, by a thread that does none of the steps, when the dissection of this frame does not end. On return all frames
 * before it have been added and no more are read; a thread waiting for the dissection waits for ever. */
void pipeline_give_up(struct pipeline *pipeline, guint64 number);

/* Waits until all that was put is done, ends the threads, and frees. */
void pipeline_finish(struct pipeline *pipeline);
