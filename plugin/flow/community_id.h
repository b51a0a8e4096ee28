/*
 * community_id.h - Community ID, version 1: an identifier of a flow that many tools share.
 *
 * https://github.com/corelight/community-id-spec, with the seed 0. For ICMP, type and code take the place of ports. The
 * types of a request and its reply serve as the two ports, so that both directions have the same ID; other messages are
 * one-way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "observation.h"

enum { COMMUNITY_ID_BYTES = 31 }; /* "1:", 28 base64 characters and a NUL */

/* Writes the ID of a packet's flow; an empty string if the protocol has none. */
void community_id_write(char out[COMMUNITY_ID_BYTES], const observation *packet);
