/*
 * fast_path.h - plain frames without dissecting them (the preference cicflow.fast).
 *
 * Takes the place of the link layers in the "wtap_encap" dissector table. A frame that is plain (plain_frame.h), and
 * whose ports no protocol is known for that could carry further packets, is decoded in place and not dissected; all
 * others go to the dissector that was there. Only where nothing but our flows needs the dissection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FAST_PATH_H
#define CICFLOW_FAST_PATH_H

#include "../../flow/flow_rules.h"
#include "../../run/frame.h"
#include "../compat.h"

/* Takes what becomes of a frame that is not dissected. */
typedef void (*fast_path_take)(const frame_facts *facts);

/* Creates our table; once, when protocols are registered. */
void fast_path_register(int protocol);

/* Switches the fast path on for the capture that begins, taking the places on first use, unless something else wants
 * frames dissected. Frames that rules decode from their bytes are plain, by rules that do. */
void fast_path_begin(const flow_rules *rules, fast_path_take take);

/* Off: every frame is dissected. */
void fast_path_end(void);

#endif
