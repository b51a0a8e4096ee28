/*
 * tunnels.h - which TCP and UDP packets may carry further packets that Wireshark would find.
 *
 * By port: all ports except those of protocols known to carry none. By payload: the few tunnel protocols that Wireshark
 * recognizes on any port, with tests that accept more than Wireshark does. Once a TCP connection has matched, all of
 * its later segments match, because a tunnel's messages span segments.
 *
 * The defaults of Wireshark 4.0 to 4.6 are in the .def files of this folder, so that epan is not needed to decide. If
 * users may have changed them (Decode As, preferences, protocols and heuristics switched on or off), the host adds what
 * is registered in epan instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "observation.h"
#include "raw_frame.h"

typedef enum { TUNNEL_IN_TCP, TUNNEL_IN_UDP, TUNNEL_TRANSPORTS } tunnel_transport;

typedef struct tunnels tunnels;

/* Nothing carries packets until it is added. */
tunnels *tunnels_new(void);

/* What may carry packets in Wireshark by default. */
tunnels *tunnels_new_default(void);

void tunnels_free(tunnels *c);

/* Adds a port whose protocol may carry packets. */
void tunnels_add_port(tunnels *c, tunnel_transport transport, guint16 port);

/* Adds a heuristic by its short name. One that is not known here may match any payload. */
void tunnels_add_heuristic(tunnels *c, tunnel_transport transport, const char *name);

/* Whether the protocol with this filter name is known to carry no packets. */
bool tunnels_is_plain_protocol(const char *name);

/* Whether this TCP or UDP packet may carry others. Must be called for every packet in order. */
bool tunnels_may_carry(tunnels *c, const observation *packet, const raw_frame *frame, size_t payload_at);
