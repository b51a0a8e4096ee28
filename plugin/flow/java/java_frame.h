/*
 * java_frame.h - decodes frames as the Java tools do.
 *
 * A frame is scanned as Ethernet first. When that gives no IPv4 header, or one that cannot be read, it is scanned again
 * with its very first byte taken for the start of an IPv4 header, whatever it is: raw IP captures work by that, and
 * ARP, IPv6 and other frames become packets between "addresses" made of their bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../observation.h"
#include "../raw_frame.h"

/* Protocols that these tools know besides TCP and UDP. */
enum { JAVA_PROTOCOL_NONE = 0, JAVA_PROTOCOL_IGMP = 2, JAVA_PROTOCOL_SCTP = 132 };

/* Both are flow_rules.decode. The header length is that of the transport header, 0 if there is none. */
bool java_frame_decode(const raw_frame *frame, observation *packet);
bool java_fixed_frame_decode(const raw_frame *frame, observation *packet);
