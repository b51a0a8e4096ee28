/*
 * plain_frame.h - decoding in place the frames that are plain: one IP header, one transport header.
 *
 * Whatever could make a full decoder see something else (other link layers, fragments, options, extension headers,
 * contradictory lengths) is refused and left to it. A snaplen may have cut what follows the fixed transport header, and
 * segmentation offload may have left the IP header without a length.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PLAIN_FRAME_H
#define CICFLOW_PLAIN_FRAME_H

#include <stdbool.h>

#include "observation.h"
#include "raw_frame.h"

/* True when the frame is plain; then *packet is complete, and *payload_at is the offset of the transport's payload,
 * which a snaplen may have cut off. */
bool plain_frame_decode(const raw_frame *frame, observation *packet, size_t *payload_at);

#endif
