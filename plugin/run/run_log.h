/*
 * run_log.h - tells what happens to packets and flows while it happens: in words on standard error, in numbers in a
 * file.
 *
 * For people who look for the reason of a record, and for programs that show how far a run is. It changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RUN_LOG_H
#define CICFLOW_RUN_LOG_H

#include "../flow/flow.h"
#include "frame.h"

typedef struct run_log run_log;

typedef enum {
    RUN_LOG_NOTHING,
    RUN_LOG_FLOWS,  /* flows that begin and end, packets that are in none */
    RUN_LOG_PACKETS /* and every packet */
} run_log_depth;

/* Tells this much, each line with the prefix, which is borrowed; progress: file that holds the numbers of frames and
 * records so far, NULL: none. Free with run_log_free(). NULL when there is nothing to tell. */
run_log *run_log_new(unsigned depth, const char *prefix, const char *progress);

/* A frame, before its packet is added to a flow. */
void run_log_frame(run_log *n, const frame_facts *facts);

/* The packet has become part of the flow; NULL: of none that is still open. */
void run_log_packet(run_log *n, const observation *packet, const flow *f, flow_direction direction);

/* The flow has ended. */
void run_log_end(run_log *n, const flow *f);

void run_log_free(run_log *n);

#endif
