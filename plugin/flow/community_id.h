/*
 * community_id.h - Community ID, version 1: one text for a flow in the logs of every tool that knows it.
 *
 * https://github.com/corelight/community-id-spec, with the seed 0. ICMP has type and code for ports; the types of
 * requests and replies serve as each other's port, so that both directions have one ID, and other messages keep their
 * direction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_COMMUNITY_ID_H
#define CICFLOW_COMMUNITY_ID_H

#include "observation.h"

enum { COMMUNITY_ID_BYTES = 31 }; /* "1:", 28 letters of base64, and the end */

/* Writes the ID of a packet's flow; empty text where the protocol has none. */
void community_id_write(char out[COMMUNITY_ID_BYTES], const observation *packet);

#endif
