/*
 * frame_notes.h - what is taken from a frame besides its packet: whether it passes the user's filter, which labelling
 * rule it matches, and the values of further columns.
 *
 * Everything is taken when a frame is seen for the first time. If none of it is wanted, there are no frame_notes and
 * epan builds no tree for us.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../run/frame.h"
#include "../../run/settings.h"
#include "packet_rules.h"

typedef struct frame_notes frame_notes;

/* Whether any setting may need frames to be dissected. */
bool frame_notes_are_wanted(const run_settings *settings);

/* NULL if nothing is wanted. The rules (NULL for none) are borrowed and must outlive the notes. */
frame_notes *frame_notes_new(const run_settings *settings, const packet_rules *rules);
void frame_notes_free(frame_notes *wanted);

/* The fields (int) that trees must have, for set_postdissector_wanted_hfids(), which takes ownership; NULL for none. */
GArray *frame_notes_fields(const frame_notes *wanted);

/* Whether plain frames need no dissection. */
bool frame_notes_can_be_fast(const frame_notes *wanted);

/* Takes the comments of the next frame's record; they are no longer available after dissection. */
void frame_notes_look_at(frame_notes *wanted, const wtap_rec *record);

/* Completes the facts of a dissected frame: its fate by the filter, and its notes, valid until the next frame. False
 * with an error, once, if epan built no tree although one is needed; such a packet matches no rule and has no names. */
bool frame_notes_take(frame_notes *wanted, packet_info *pinfo, proto_tree *tree, frame_facts *facts, GError **error);
