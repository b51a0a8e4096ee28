/*
 * frame_bytes.h - observations for dialects that parse frames themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <wiretap/wtap.h>

#include "../../flow/flow_rules.h"
#include "observer.h"

/* The frame's bytes as they are in the file. They are epan's, and valid while the frame is dissected. */
void raw_frame_init(raw_frame *frame, tvbuff_t *tvb, packet_info *pinfo);

/* The same before dissection, without the frame number; false if the record is not a packet. */
bool raw_frame_from_record(raw_frame *frame, const wtap_rec *rec, const guint8 *bytes);

/* Replaces epan's result for a frame by what the rules decode from its bytes, if they decode frames themselves. */
void frame_bytes_decode(const flow_rules *rules, const raw_frame *frame, frame_facts *facts);

/* The same for the frame being dissected. */
void frame_bytes_decode_dissected(const flow_rules *rules, tvbuff_t *tvb, packet_info *pinfo, frame_facts *facts);
