/*
 * streams.h - what epan's analysis of TCP and UDP knows of a packet, from its conversations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_STREAMS_H
#define CICFLOW_STREAMS_H

#include "../../flow/observation.h"
#include "../compat.h"

/* Sets the number of the packet's stream, and whether it is a retransmission, of the frame just dissected. *stream is
 * -1 for other protocols and where epan has no conversation. */
void streams_look_up(packet_info *pinfo, const observation *packet, int64_t *stream, bool *is_retransmission);

#endif
