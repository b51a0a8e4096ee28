/*
 * python_frame.h - decodes frames as the Python CICFlowMeter fork does.
 *
 * A frame has to pass two checks: the fork's capture filter `ip and (tcp or udp or icmp)`, which looks at fixed offsets
 * of the frame, and its packet library, which has to find a whole transport header inside the datagram.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>

#include "../observation.h"
#include "../raw_frame.h"

/* False if the fork ignores the frame. Lengths are those of the captured bytes, link-layer padding counts as payload,
 * times are truncated to microseconds, and addresses and protocol are those of the outermost IPv4 header. */
bool python_frame_decode(const raw_frame *frame, observation *packet);
