/*
 * python_frame.h - what the Python CICFlowMeter fork makes of a frame's bytes.
 *
 * Two gates: the fork's capture filter `ip and (tcp or udp or icmp)`, which looks at fixed places of the frame, and its
 * packet library, which must find a whole transport header inside the datagram.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PYTHON_FRAME_H
#define CICFLOW_PYTHON_FRAME_H

#include <stdbool.h>

#include "../observation.h"
#include "../raw_frame.h"

/* False when the fork ignores the frame. Lengths are those of the captured bytes, link-layer padding is payload, times
 * are cut to microseconds, addresses and protocol those of the outermost IPv4 header. */
bool python_frame_decode(const raw_frame *frame, observation *packet);

#endif
