/*
 * plain_frame.h - decodes plain frames in place: those with at most one IP header, and no surprises.
 *
 * Anything that epan might decode differently (other link layers, source routes, most extension headers, contradictory
 * lengths) is refused, and left to epan. A snaplen may have cut what follows the fixed transport header, and
 * segmentation offload may have left the IP header without a length.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>

#include "fragment_table.h"
#include "observation.h"
#include "raw_frame.h"

/* Further properties of a plain frame. */
typedef struct {
    frame_fate fate;      /* FRAME_USED: the packet is complete; FRAME_FRAGMENT: the frame has a fragment */
    size_t payload_at;    /* offset of the transport payload, which a snaplen may have cut off; 0: none */
    datagram_piece piece; /* set with FRAME_FRAGMENT */
} plain_form;

/* True if the frame is plain. Time, frame and lengths are always set; for a first fragment of TCP or UDP also ports and
 * payload length, as far as the transport header is captured. */
bool plain_frame_decode(const raw_frame *frame, observation *packet, plain_form *form);
