/*
 * narration.h - tells what happens to packets and flows while it happens: in words on standard error, in numbers in a
 * file.
 *
 * For people who look for the reason of a record, and for programs that show how far a run is. It changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_NARRATION_H
#define CICFLOW_NARRATION_H

#include "../flow/flow.h"
#include "observer.h"

typedef struct narration narration;

typedef enum {
    NARRATE_NOTHING,
    NARRATE_FLOWS,  /* flows that begin and end, packets that are in none */
    NARRATE_PACKETS /* and every packet */
} narration_depth;

/* Tells this much; progress: file that holds the numbers of frames and records so far, NULL: none. Free with
 * narration_free(). NULL when there is nothing to tell. */
narration *narration_new(unsigned depth, const char *progress);

/* A frame, before its packet is added to a flow. */
void narration_frame(narration *n, const frame_facts *facts);

/* The packet has become part of the flow; NULL: of none that is still open. */
void narration_packet(narration *n, const observation *packet, const flow *f, flow_direction direction);

/* The flow has ended. */
void narration_end(narration *n, const flow *f);

void narration_free(narration *n);

#endif
