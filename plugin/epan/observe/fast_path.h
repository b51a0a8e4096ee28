/*
 * fast_path.h - plain frames without dissecting them (the preference cicflow.fast).
 *
 * Takes the place of the link layers in the "wtap_encap" dissector table. A plain frame (plain_frame.h) that cannot
 * carry further packets by its ports (tunnels.h) is decoded in place; all others go to the original dissector. The fast
 * path is only used if nothing but our flows needs the dissection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../flow/flow_rules.h"
#include "../../run/frame.h"
#include "../compat.h"

/* Called with the facts of a frame that was not dissected. */
typedef void (*fast_path_take)(const frame_facts *facts);

/* Creates our table; once, when protocols are registered. */
void fast_path_register(int protocol);

/* Enables the fast path for the new capture, unless something else wants frames dissected; the table entries are
 * replaced on first use. If the rules decode frames themselves, they decide which frames are plain. */
void fast_path_begin(const flow_rules *rules, fast_path_take take);

/* Disables it: every frame is dissected. */
void fast_path_end(void);
