/*
 * frame.h - what a host tells a run about one frame of a capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FRAME_H
#define CICFLOW_FRAME_H

#include "../flow/flow_extras.h"
#include "../flow/fragment_table.h"
#include "../output/capture_counts.h"

/* A piece of a datagram may come in a datagram that came in pieces itself: so many deep. */
enum { FRAME_PIECES_MAX = 4 };

/* What became of a frame. A frame that brings a piece is used when the host has the datagram whole with it; the run
 * decides whether it is complete. */
typedef struct {
    frame_fate fate;
    observation packet;           /* time, frame and its lengths always; the others when the fate is FRAME_USED */
    const datagram_piece *pieces; /* that the frame brings, outermost first; borrowed for the call */
    unsigned piece_count;
    bool piece_is_filtered;    /* the user's filter leaves the frame out; where it waits with a piece */
    uint64_t joined_fragments; /* set by the run: earlier frames of the packet's datagram */
    bool is_plain;             /* it was decoded from its bytes, not dissected */
    unsigned depth;            /* of epan's layers, up to the packet's transport; 0: unknown */
    const packet_notes *notes; /* NULL when none are wanted */
    packet_values *values;     /* for defined columns; NULL: what the packet's facts are */
} frame_facts;

#endif
