/*
 * frame_reader.h - plain frames taken as they are read, before tshark has a look at them.
 *
 * Even a frame that is not dissected costs tshark more than reading it. So where nothing but our records is wanted of a
 * capture, this stands in front of the capture's own reading function (wiretap's): it takes the packets it can
 * (fast_path.h), and hands on to tshark, in order, the frames that need dissection. tshark then numbers only those;
 * frame_reader_taken() is the difference.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FRAME_READER_H
#define CICFLOW_FRAME_READER_H

#include "../../flow/observation.h"
#include "../compat.h"

/* Takes a packet that tshark will not see. */
typedef void (*frame_reader_take)(const observation *packet);

/* Takes over the reading of the capture that the frame just dissected comes from. False, and nothing has changed, when
 * the capture's reading function cannot be had. *waits: reading may wait for packets, as from a pipe. */
bool frame_reader_begin(packet_info *pinfo, frame_reader_take take, bool *waits);

/* Frames taken so far. */
guint64 frame_reader_taken(void);

/* The capture is at its end: forgets it. */
void frame_reader_end(void);

#endif
