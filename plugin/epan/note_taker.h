/*
 * note_taker.h - what the user wants to know of a frame beyond its packet: whether the filter lets it pass, which
 * labelling rule it matches, and what further columns are made of.
 *
 * Everything is taken when a frame is seen for the first time. When nothing of this is wanted there is no note taker,
 * and epan makes no tree for us.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_NOTE_TAKER_H
#define CICFLOW_NOTE_TAKER_H

#include "options.h"

typedef struct note_taker note_taker;

/* NULL when nothing is wanted. The settings are borrowed and must outlive it. */
note_taker *note_taker_new(const run_settings *settings);
void note_taker_free(note_taker *taker);

/* The fields (int) that trees must have, for set_postdissector_wanted_hfids(), which takes the array over; NULL for
 * none. */
GArray *note_taker_fields(const note_taker *taker);

/* Whether frames can do without being dissected. */
bool note_taker_can_be_fast(const note_taker *taker);

/* Completes a dissected frame's facts: their fate by the filter, and their notes, the taker's until the next frame.
 * False with an error, once, when epan has no tree where one is needed; the packet is then one that matches nothing and
 * has no names. */
bool note_taker_take(note_taker *taker, packet_info *pinfo, proto_tree *tree, frame_facts *facts, GError **error);

#endif
