/*
 * note_taker.c - what is wanted of a frame beyond its packet; see note_taker.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "note_taker.h"

struct note_taker {
    const run_settings *settings;
    packet_notes notes;
    bool has_complained;
};

note_taker *
note_taker_new(const run_settings *settings)
{
    if (!settings->rules && !settings->wants_notes)
        return NULL;
    note_taker *taker = g_new0(note_taker, 1);
    taker->settings = settings;
    return taker;
}

void
note_taker_free(note_taker *taker)
{
    g_free(taker);
}

GArray *
note_taker_fields(const note_taker *taker)
{
    if (!taker || !taker->settings->rules)
        return NULL;
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(int));
    packet_rules_add_fields(taker->settings->rules, fields);
    return fields;
}

bool
note_taker_can_be_fast(const note_taker *taker)
{
    return !taker;
}

/* Everybody who reads captures makes the trees that are asked for; a program that does not is told once. */
static bool
check_tree(note_taker *taker, proto_tree *tree, GError **error)
{
    if (tree || !packet_rules_need_tree(taker->settings->rules) || taker->has_complained)
        return true;
    taker->has_complained = true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                "cicflow: this program dissects packets without a protocol tree, so display filters match nothing");
    return false;
}

bool
note_taker_take(note_taker *taker, proto_tree *tree, frame_facts *facts, GError **error)
{
    const packet_rules *rules = taker->settings->rules;

    if (facts->fate != FRAME_USED)
        return true;
    if (rules && !packet_rules_accept(rules, tree)) {
        facts->fate = FRAME_FILTERED;
    } else if (taker->settings->wants_notes) {
        packet_notes_init(&taker->notes);
        if (rules)
            taker->notes.rule = packet_rules_match(rules, tree);
        facts->notes = &taker->notes;
    }
    return check_tree(taker, tree, error);
}
