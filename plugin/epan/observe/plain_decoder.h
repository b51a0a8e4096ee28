/*
 * plain_decoder.h - frames decoded from their bytes where that gives what epan would find in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PLAIN_DECODER_H
#define CICFLOW_PLAIN_DECODER_H

#include "../../flow/flow_rules.h"
#include "../../run/frame.h"
#include "../compat.h"

typedef struct plain_decoder plain_decoder;

/* For the capture that begins, by what epan has registered and enabled; NULL when the user's settings want frames
 * decoded in another way. Frames that rules decode from their bytes are plain, by rules that do. */
plain_decoder *plain_decoder_new(const flow_rules *rules);

/* The same, by the tables of what Wireshark has registered before a user changes anything; without epan. */
plain_decoder *plain_decoder_new_usual(const flow_rules *rules);

/* What becomes of a frame, if nothing but the frame's bytes is needed to tell it. To be asked for every frame in order.
 * The facts borrow from the decoder until the next call. */
bool plain_decoder_decode(plain_decoder *decoder, const raw_frame *frame, frame_facts *facts);

void plain_decoder_free(plain_decoder *decoder);

#endif
