/*
 * frame.h - what a host tells a run about one frame of a capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FRAME_H
#define CICFLOW_FRAME_H

#include "../flow/flow_extras.h"
#include "../output/capture_counts.h"

/* What became of a frame. */
typedef struct {
    frame_fate fate;
    observation packet;        /* set when the fate is FRAME_USED; its time and frame always */
    uint64_t joined_fragments; /* earlier frames that this one completes to a datagram */
    unsigned depth;            /* of epan's layers, up to the packet's transport; 0: unknown */
    const packet_notes *notes; /* NULL when nobody wants any */
    packet_values *values;     /* for defined columns; NULL: what the packet's facts are */
} frame_facts;

#endif
