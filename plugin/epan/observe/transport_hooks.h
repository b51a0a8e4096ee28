/*
 * transport_hooks.h - our hooks in the "ip.proto" dissector table, before transports and tunnels.
 *
 * Each entry that matters is replaced by one of the same protocol that first tells us of the call and then makes
 * it. Layers, names and the enabling of protocols stay as they were: the original is called from a table of our own
 * without a layer being added again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_TRANSPORT_HOOKS_H
#define CICFLOW_TRANSPORT_HOOKS_H

#include "../compat.h"

/* Called before a protocol on top of IP is dissected; `ip` is what the dissector is handed (ws_ip4, ws_ip6 or NULL). */
typedef void (*transport_visit)(guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip);

/* Creates our table; once, when protocols are registered. */
void transport_hooks_register(int protocol, transport_visit visit);

/* Installs the hooks; once, after all other protocols are registered. */
void transport_hooks_install(void);

#endif
