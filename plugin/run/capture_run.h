/*
 * capture_run.h - one reading of one capture: from frames seen for the first time to records, files and statistics.
 *
 * Frame facts come in from a host; rows go out to the outputs, counts to the caller. The run owns the table of open
 * flows, the flows that ended with the last frame, and the index, which owns all ended flows where frames are visited
 * again. A run never dissects, does not know which program it is part of, and never reads a capture itself, so its
 * tests need no tshark. No flow is copied.
 *
 * A frame that is certain to be kept is added at once. In the first of two passes a frame waits until the next frame or
 * the end of the pass shows whether it was kept. A frame that is seen again before that replaces the waiting one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "frame.h"
#include "frame_index.h"
#include "labeller.h"
#include "outputs.h"
#include "run_log.h"

typedef struct capture_run capture_run;

/* All arguments are borrowed and must outlive the run; labels NULL: flows are not labelled by rules. */
capture_run *capture_run_new(const run_settings *settings, const label_names *labels, outputs *out);

/* From now on keeps what capture_run_find() needs to answer for every frame. */
void capture_run_keep_index(capture_run *run);

/* The health counters, which have to be given every frame as it is read, used or not, in the thread that reads. */
capture_health *capture_run_health(const capture_run *run);

/* Adds a frame; its notes and values are borrowed for the call. */
void capture_run_add(capture_run *run, const frame_facts *facts);

/* Makes a frame wait until it is known whether it is kept. */
void capture_run_add_later(capture_run *run, const frame_facts *facts);

/* Whether a frame is waiting. */
bool capture_run_has_waiting(const capture_run *run);

/* Adds the waiting frame, if any, since it was kept. */
void capture_run_take_waiting(capture_run *run);

/* Whether the waiting frame is the capture's first: tshark remembers a first frame whether it was kept or not, so the
 * end of a first pass does not show that. */
bool capture_run_waits_for_first(const capture_run *run);

/* Ends all open flows; further calls do nothing. A waiting frame is added if it is known to have been kept. */
void capture_run_finish(capture_run *run, bool newest_stayed);

/* To be called once the whole capture has been read: completes the outputs of a finished run, and writes its
 * statistics. */
void capture_run_complete(capture_run *run);

/* No packet has come until this time: ends flows that have timed out, and flushes their rows. */
void capture_run_advance(capture_run *run, int64_t time_ns);

/* The counts of frames and flows so far. */
const capture_counts *capture_run_counts(const capture_run *run);
const flow_counts *capture_run_flow_counts(const capture_run *run);

/* The labeller; NULL if flows are not labelled. */
const labeller *capture_run_labels(const capture_run *run);

/* The position of a frame in its flow: of any frame if there is an index, else only of the frame added last. */
bool capture_run_find(const capture_run *run, guint32 frame, frame_position *position);

/* The flows that the frame added last has ended (of flow); valid until the next frame. */
const GPtrArray *capture_run_ended(const capture_run *run);

/* Calls the listener with every flow that ends, in the order of records; the flow is borrowed for the call. */
typedef void (*capture_run_record_listener)(const flow *ended, void *data);
void capture_run_on_record(capture_run *run, capture_run_record_listener listener, void *data);

/* The index; NULL if none is kept. */
const frame_index *capture_run_index(const capture_run *run);

/* The first error since the last call, to be reported and freed by the caller; NULL if there was none. */
GError *capture_run_take_error(capture_run *run);

/* Frees the run; flows and outputs that are not finished are lost. */
void capture_run_free(capture_run *run);
