/*
 * plain_decoder.h - decodes frames from their bytes where the result is the same as epan's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../flow/flow_rules.h"
#include "../../run/frame.h"
#include "../compat.h"

typedef struct plain_decoder plain_decoder;

/* For a new capture, by the protocols that epan has registered and enabled. NULL if the user's settings require
 * dissection. If the rules decode frames themselves, they decide which frames are plain. */
plain_decoder *plain_decoder_new(const flow_rules *rules);

/* The same without epan, by tables of what Wireshark registers by default. */
plain_decoder *plain_decoder_new_usual(const flow_rules *rules);

/* Whether the frame could be decoded from its bytes alone; the facts are then set. Must be called for every frame in
 * order. The facts borrow from the decoder until the next call. */
bool plain_decoder_decode(plain_decoder *decoder, const raw_frame *frame, frame_facts *facts);

void plain_decoder_free(plain_decoder *decoder);
