/*
 * run_thread.h - a run with a thread of its own, where frames are read faster than flows are kept.
 *
 * While there is a feed the run belongs to its thread: nothing else may be asked of it. Frames are taken in the
 * order in which they are added. Memory is bounded: when the run falls behind, adding waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RUN_THREAD_H
#define CICFLOW_RUN_THREAD_H

#include "capture_run.h"

typedef struct run_thread run_thread;

/* The run is borrowed, and is the caller's again when the feed is freed. */
run_thread *run_thread_new(capture_run *run);

/* Has the run take a frame, soon. */
void run_thread_add(run_thread *thread, const frame_facts *facts);

/* Waits until the run has taken all frames, and ends the thread. */
void run_thread_free(run_thread *thread);

#endif
