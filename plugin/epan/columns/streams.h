/*
 * streams.h - stream numbers and retransmissions from epan's TCP and UDP analysis.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_STREAMS_H
#define CICFLOW_STREAMS_H

#include "../../flow/observation.h"
#include "../compat.h"

/* Returns the stream number of the frame just dissected, and whether its packet is a retransmission. *stream is -1 for
 * other protocols, and if epan has no conversation. */
void streams_look_up(packet_info *pinfo, const observation *packet, int64_t *stream, bool *is_retransmission);

#endif
