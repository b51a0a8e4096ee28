/*
 * frame_bytes.h - observations of the dialects that parse frames themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FRAME_BYTES_H
#define CICFLOW_FRAME_BYTES_H

#include <wiretap/wtap.h>

#include "../../flow/flow_rules.h"
#include "observer.h"

/* The frame as the file has it. The bytes are epan's, valid while the frame is dissected. */
void raw_frame_init(raw_frame *frame, tvbuff_t *tvb, packet_info *pinfo);

/* The same before the frame is dissected, without its number; false for a record that is not a packet's. */
bool raw_frame_from_record(raw_frame *frame, const wtap_rec *rec, const guint8 *bytes);

/* Replaces what epan made of a frame by what the rules make of it, if they look at bytes at all. */
void frame_bytes_decode(const flow_rules *rules, const raw_frame *frame, frame_facts *facts);

/* The same, of the frame being dissected. */
void frame_bytes_decode_dissected(const flow_rules *rules, tvbuff_t *tvb, packet_info *pinfo, frame_facts *facts);

#endif
