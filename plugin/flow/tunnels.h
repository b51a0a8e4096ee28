/*
 * tunnels.h - which TCP and UDP packets Wireshark may find further packets in.
 *
 * By their ports: all but those of protocols known to be the end of the road. By their payload: the few protocols that
 * Wireshark recognizes on any port and that carry packets, tested here as loosely as is useful. On a TCP connection
 * on which one begins everything that follows belongs to it, because a tunnel's messages span segments.
 *
 * What Wireshark 4.0 to 4.6 have unless a user changes it is a table here (the .def files beside), so that nothing of
 * Wireshark needs to be started to decide. Where users changed what ports or payloads mean (Decode As, protocols and
 * heuristics that are on or off, preferences), a host reads off Wireshark what is in force, and adds that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_TUNNELS_H
#define CICFLOW_TUNNELS_H

#include <glib.h>
#include <stdbool.h>

#include "observation.h"
#include "raw_frame.h"

typedef enum { TUNNEL_IN_TCP, TUNNEL_IN_UDP, TUNNEL_TRANSPORTS } tunnel_transport;

typedef struct tunnels tunnels;

/* Nothing carries until it is added. */
tunnels *tunnels_new(void);

/* What may carry in Wireshark without changes by a user. */
tunnels *tunnels_new_default(void);

void tunnels_free(tunnels *c);

/* A port whose protocol may carry. */
void tunnels_add_port(tunnels *c, tunnel_transport transport, guint16 port);

/* A protocol that Wireshark recognizes by payload, by the short name of its heuristic. One that is not known here may
 * be in any payload. */
void tunnels_add_heuristic(tunnels *c, tunnel_transport transport, const char *name);

/* Whether the protocol of this filter name, on a port, is known to carry nothing. */
bool tunnels_is_plain_protocol(const char *name);

/* Whether this TCP or UDP packet may carry others. To be asked for every packet in order. */
bool tunnels_may_carry(tunnels *c, const observation *packet, const raw_frame *frame, size_t payload_at);

#endif
