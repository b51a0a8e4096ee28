/*
 * run_log.h - logs what happens to packets and flows on standard error, and writes progress counts to a file.
 *
 * The log explains where a record comes from; the file lets programs show the progress of a run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow/flow.h"
#include "frame.h"

typedef struct run_log run_log;

typedef enum {
    RUN_LOG_NOTHING,
    RUN_LOG_FLOWS,  /* flows that begin and end, and packets that belong to none */
    RUN_LOG_PACKETS /* also every packet */
} run_log_depth;

/* Logs in this depth, each line with the prefix, which is borrowed; progress: file for the numbers of frames and
 * records so far, NULL: none. Free with run_log_free(). NULL if neither is wanted. */
run_log *run_log_new(unsigned depth, const char *prefix, const char *progress);

/* A frame, before its packet is added to a flow. */
void run_log_frame(run_log *log, const frame_facts *facts);

/* The packet has become part of the flow; NULL: of no flow that is still open. */
void run_log_packet(run_log *log, const observation *packet, const flow *f, flow_direction direction);

/* The flow has ended. */
void run_log_end(run_log *log, const flow *f);

void run_log_free(run_log *log);
