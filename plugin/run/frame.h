/*
 * frame.h - the facts of one frame that a host passes to a run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow/flow_extras.h"
#include "../flow/fragment_table.h"
#include "../output/capture_counts.h"

/* Fragmented datagrams may be nested: the greatest depth. */
enum { FRAME_PIECES_MAX = 4 };

/* The facts of a frame. A frame with a fragment has the fate FRAME_USED if the host has the whole datagram; the run
 * decides whether it is complete. */
typedef struct {
    frame_fate fate;
    observation packet;           /* time, frame number and lengths always; the rest if the fate is FRAME_USED */
    const datagram_piece *pieces; /* fragments in the frame, outermost first; borrowed for the call */
    unsigned piece_count;
    bool piece_is_filtered;    /* the user's filter excludes the frame; it waits with its piece */
    uint64_t joined_fragments; /* set by the run: number of earlier frames of the packet's datagram */
    bool is_plain;             /* decoded from its bytes, not dissected */
    unsigned depth;            /* number of epan's layers up to the packet's transport; 0: unknown */
    const packet_notes *notes; /* NULL: not wanted */
    packet_values *values;     /* for defined columns; NULL: use the packet's facts */
} frame_facts;
