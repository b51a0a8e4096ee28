/*
 * transport_hooks.h - our hooks in the "ip.proto" dissector table, before transports and tunnels.
 *
 * Each relevant entry is replaced by a handle of the same protocol, which calls us and then the original dissector.
 * Layers, names and enabled protocols do not change: the original is called through a table of our own, without adding
 * another layer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../compat.h"

/* Called before a protocol on top of IP is dissected; `ip` is what its dissector is handed (ws_ip4, ws_ip6 or NULL). */
typedef void (*transport_visit)(guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip);

/* Creates our table; once, when protocols are registered. */
void transport_hooks_register(int protocol, transport_visit visit);

/* Installs the hooks; once, after all other protocols are registered. */
void transport_hooks_install(void);
