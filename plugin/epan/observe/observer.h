/*
 * observer.h - from what epan decodes of a frame to an observation.
 *
 * The observer is registered in the "ip.proto" dissector table before the transports and of the protocols that carry
 * packets: epan calls it with the header just decoded and the bytes after it, it notes what it sees and passes the call
 * on. So it sees reassembled datagrams, tunnels and extension headers as epan sees them, in every kind of run, and
 * no protocol tree is needed. The post-dissector then takes the frame's observation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_OBSERVER_H
#define CICFLOW_OBSERVER_H

#include "../../run/frame.h"
#include "../../run/settings.h"
#include "../compat.h"

typedef struct observer observer;

observer *observer_new(void);

/* Begins a capture: forgets unfinished fragments, and watches VLAN tags if they make flows. Until its end epan takes
 * headers without a length (segmentation offload) for what they are, whatever the user's preferences. */
void observer_begin(observer *o, const run_settings *settings);
void observer_end(observer *o);

/* A protocol that epan is about to dissect, on top of an IP header: `ip` is what the dissector was handed, NULL after
 * an IPsec header. */
void observer_visit(observer *o, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip);

/* A frame of which everything is known without epan. */
void observer_note_plain(observer *o, const frame_facts *facts);

/* Ends a frame: what became of it. Once for every frame that is seen for the first time. */
frame_facts observer_take(observer *o, packet_info *pinfo);

#endif
