/*
 * plain_frame.h - decoding in place the frames that are plain: one IP header and what follows it, or none.
 *
 * Whatever could make a full decoder see something else (other link layers, source routes, most extension headers,
 * contradictory lengths) is refused and left to it. A snaplen may have cut what follows the fixed transport header, and
 * segmentation offload may have left the IP header without a length.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PLAIN_FRAME_H
#define CICFLOW_PLAIN_FRAME_H

#include <stdbool.h>

#include "fragment_table.h"
#include "observation.h"
#include "raw_frame.h"

/* What a plain frame is beyond its packet. */
typedef struct {
    frame_fate fate;      /* FRAME_USED: the packet is complete; FRAME_FRAGMENT: the frame brings a piece */
    size_t payload_at;    /* offset of the transport's payload, which a snaplen may have cut off; 0: there is none */
    datagram_piece piece; /* set with FRAME_FRAGMENT */
} plain_form;

/* True when the frame is plain. Of every packet time, frame and lengths are set; of a first piece of TCP or UDP, ports
 * and payload length too as far as the transport header is there. */
bool plain_frame_decode(const raw_frame *frame, observation *packet, plain_form *form);

#endif
