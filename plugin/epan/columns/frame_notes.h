/*
 * frame_notes.h - filter, labels and further columns of a frame: whether the filter lets it pass, which
 * labelling rule it matches, and what further columns are made of.
 *
 * Everything is taken when a frame is seen for the first time. When nothing of this is wanted there is no note wanted,
 * and epan makes no tree for us.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FRAME_NOTES_H
#define CICFLOW_FRAME_NOTES_H

#include "../../run/frame.h"
#include "../../run/settings.h"
#include "packet_rules.h"

typedef struct frame_notes frame_notes;

/* Whether anything is wanted that frames may have to be dissected for. */
bool frame_notes_are_wanted(const run_settings *settings);

/* NULL when nothing is wanted. The rules, NULL for none, are borrowed and must outlive it. */
frame_notes *frame_notes_new(const run_settings *settings, const packet_rules *rules);
void frame_notes_free(frame_notes *wanted);

/* The fields (int) that trees must have, for set_postdissector_wanted_hfids(), which takes the array over; NULL for
 * none. */
GArray *frame_notes_fields(const frame_notes *wanted);

/* Whether frames can do without being dissected. */
bool frame_notes_can_be_fast(const frame_notes *wanted);

/* Looks at the record of the frame that is taken next; its comments are gone after the dissection. */
void frame_notes_look_at(frame_notes *wanted, const wtap_rec *record);

/* Completes a dissected frame's facts: their fate by the filter, and their notes, the wanted's until the next frame.
 * False with an error, once, when epan has no tree where one is needed; the packet is then one that matches nothing and
 * has no names. */
bool frame_notes_take(frame_notes *wanted, packet_info *pinfo, proto_tree *tree, frame_facts *facts, GError **error);

#endif
