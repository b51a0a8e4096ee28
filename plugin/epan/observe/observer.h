/*
 * observer.h - turns what epan decodes from a frame into an observation.
 *
 * The observer is hooked into the "ip.proto" dissector table in front of the transports and of the protocols that carry
 * packets: epan calls it with the header just decoded and the bytes after it, and it passes the call on. So it sees
 * reassembled datagrams, tunnels and extension headers as epan does, in every kind of run and without a protocol tree.
 * The post-dissector then takes the frame's observation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../run/frame.h"
#include "../../run/settings.h"
#include "../compat.h"

typedef struct observer observer;

observer *observer_new(void);

/* Begins a capture: forgets incomplete datagrams, and watches VLAN tags if they distinguish flows. Until the capture
 * ends, epan accepts IP headers without a length (segmentation offload) whatever the user's preferences. */
void observer_begin(observer *o, const run_settings *settings);
void observer_end(observer *o);

/* A protocol on top of an IP header is about to be dissected. `ip` is what its dissector is handed; NULL after an IPsec
 * header. */
void observer_visit(observer *o, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip);

/* Notes a frame that was decoded without epan. */
void observer_note_plain(observer *o, const frame_facts *facts);

/* Ends a frame and returns its facts. Once for every frame that is seen for the first time. */
frame_facts observer_take(observer *o, packet_info *pinfo);
