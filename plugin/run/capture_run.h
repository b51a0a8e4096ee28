/*
 * capture_run.h - one reading of one capture: from frames seen for the first time to records, files and statistics.
 *
 * Facts of frames flow in from a host; rows flow out to the outputs, counts to the caller. The run owns the table of
 * open flows, the flows that ended with the last frame, and the index, which owns all ended flows where frames are
 * visited again. A run never dissects, never asks which program it is part of, and never reads a capture itself: so its
 * tests need no tshark. No flow is copied.
 *
 * A frame is taken at once where it is certain to stay. In the first of two passes the next frame or the end of the
 * pass shows whether it was kept; until then it waits. A frame seen again before that replaces the one that waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CAPTURE_RUN_H
#define CICFLOW_CAPTURE_RUN_H

#include "frame.h"
#include "frame_index.h"
#include "labeller.h"
#include "outputs.h"
#include "run_log.h"

typedef struct capture_run capture_run;

/* Everything is borrowed and must outlive the run; labels NULL: flows get none by rules. */
capture_run *capture_run_new(const run_settings *settings, const label_names *labels, outputs *out);

/* Keeps from now on what is needed to answer capture_run_find() for every frame. */
void capture_run_keep_index(capture_run *run);

/* What has to see every frame as it is read, used or not, on the thread that reads them. */
capture_health *capture_run_health(const capture_run *run);

/* Takes a frame; its notes and values are borrowed for the call. */
void capture_run_add(capture_run *run, const frame_facts *facts);

/* Lets a frame wait until it is known whether it stays. */
void capture_run_add_later(capture_run *run, const frame_facts *facts);

/* Whether a frame waits. */
bool capture_run_has_waiting(const capture_run *run);

/* The frame that waits has stayed, if any does. */
void capture_run_take_waiting(capture_run *run);

/* Whether the frame that waits is the first: tshark remembers a first frame whether it stayed or not, so the end of a
 * first pass does not show that. */
bool capture_run_waits_for_first(const capture_run *run);

/* Ends all open flows; once done further calls do nothing. A frame that waits is added if it is known to have stayed.
 */
void capture_run_finish(capture_run *run, bool newest_stayed);

/* All of the capture was read: completes the outputs of a run that is finished, and writes its statistics; once. */
void capture_run_complete(capture_run *run);

/* No packet came until this time: flows whose time-outs are over end, and their rows are handed to the system. */
void capture_run_advance(capture_run *run, int64_t time_ns);

/* What became of the frames and flows so far. */
const capture_counts *capture_run_counts(const capture_run *run);
const flow_counts *capture_run_flow_counts(const capture_run *run);

/* What gives flows their labels; NULL: nothing does. */
const labeller *capture_run_labels(const capture_run *run);

/* The position of the frame in its flow: of any frame with an index, else of the frame last added, until the next one.
 */
bool capture_run_find(const capture_run *run, guint32 frame, frame_position *position);

/* The flows that the frame last added has ended: of flow, the run's until the next frame. */
const GPtrArray *capture_run_ended(const capture_run *run);

/* Calls the listener with every flow that ends, in the order of records; the flow is borrowed for the call. */
typedef void (*capture_run_record_listener)(const flow *ended, void *data);
void capture_run_on_record(capture_run *run, capture_run_record_listener listener, void *data);

/* The index, NULL when none is kept. */
const frame_index *capture_run_index(const capture_run *run);

/* The first thing that went wrong since the last call, for the caller to report and free; NULL when nothing did. */
GError *capture_run_take_error(capture_run *run);

/* Frees; what was not finished is lost. */
void capture_run_free(capture_run *run);

#endif
