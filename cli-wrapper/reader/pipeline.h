/*
 * pipeline.h - the way of a capture's frames, in their order: read, dissected unless they are plain, added to the run.
 *
 * Three threads share it where the capture is long enough: the caller reads, one adds, and one dissects, which begins
 * with the first frame that has to be. What waits between them is bounded, in frames and in bytes of records. Without
 * threads each step is done by the caller as soon as a frame is put, so nothing waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_PIPELINE_H
#define CICFLOWMETER_PIPELINE_H

#include "capture.h"
#include "run/frame.h"

/* A frame on its way. */
struct pipeline_frame {
    guint64 number;
    struct capture_record *record; /* to be dissected; NULL: the facts are known from its bytes */
    frame_facts facts;
};

/* What is done with a frame; FALSE when nothing more is to be done with any. Each step is always done by one thread. */
struct pipeline_steps {
    gboolean (*dissect)(gpointer data, struct pipeline_frame *frame); /* sets its facts, which live until forget() */
    void (*forget)(gpointer data);
    gboolean (*add)(gpointer data, const struct pipeline_frame *frame);
    gpointer data;
};

struct pipeline;

/* The steps are borrowed. Where there are threads facts must have no notes and no values. */
struct pipeline *pipeline_new(const struct pipeline_steps *steps, gboolean has_threads);

/* Room for the next frame, without a record; to be filled and put. */
struct pipeline_frame *pipeline_next(struct pipeline *pipeline);

/* Sends the frame on; its facts' pieces are copied where they have to wait. FALSE when nothing more is wanted. */
gboolean pipeline_put(struct pipeline *pipeline);

/* A record that is not needed any more, for the next one to be read into; NULL: there is none. */
struct capture_record *pipeline_unused_record(struct pipeline *pipeline);

/* By a thread of none of the steps: the dissection of this frame never ends. When it returns, all frames before that
 * are added and nothing is read any more; whoever waits for the dissection waits for ever. */
void pipeline_give_up(struct pipeline *pipeline, guint64 number);

/* Waits until all that was put is done, ends the threads, and frees. */
void pipeline_finish(struct pipeline *pipeline);

#endif
