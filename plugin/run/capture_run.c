/*
 * capture_run.c - one reading of one capture; see capture_run.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture_run.h"

#include <string.h>

#include "../output/capture_counts.h"

/* A frame whose stay is not certain yet. */
typedef struct {
    bool waits;
    frame_facts facts;
    packet_notes notes; /* of the facts */
    datagram_piece pieces[FRAME_PIECES_MAX];
} waiting_frame;

struct capture_run {
    const run_settings *settings;
    labeller *labels; /* NULL: flows get none by rules */
    outputs *out;
    flow_table *table;
    fragment_table *fragments;
    capture_counts counts;
    capture_health *health;
    frame_index *index; /* NULL: frames are not looked up again */
    waiting_frame waiting;
    bool finished, completed;
    uint64_t written; /* records in the frame being added */
    frame_place place;
    uint64_t place_frame;
    uint64_t adding_frame;   /* the one last added */
    uint64_t recorded_frame; /* the last with which its own flow ended, with a record */
    bool collects;
    GPtrArray *ended; /* of flow */
    capture_run_record_listener listener;
    void *listener_data;
    flow_extras_table *extras; /* NULL when nobody wants any */
    const frame_facts *adding; /* the frame whose packet goes to some flow now, while extras are wanted */
    run_log *log;              /* NULL: nobody wants to be told */
    GError *error;
};

static void
note_error(capture_run *run, GError *error)
{
    if (run->error)
        g_error_free(error);
    else
        run->error = error;
}

static void
record(capture_run *run, const flow *f)
{
    GError *error = NULL;

    run->counts.records++;
    run->counts.flows_by_protocol[f->protocol]++;
    if (run->log)
        run_log_end(run->log, f);
    run->written++;
    if (f->last_frame == run->adding_frame)
        run->recorded_frame = f->last_frame;
    if (!outputs_add(run->out, f, &error))
        note_error(run, error);
    if (run->index) {
        frame_index_keep(run->index, flow_table_copy(run->table, f));
        frame_index_note_record(run->index, f);
    }
    if (run->collects)
        g_ptr_array_add(run->ended, flow_table_copy(run->table, f));
    if (run->listener)
        run->listener(f, run->listener_data);
}

/* Notes the packet that is being added, which became part of this flow. */
static void
note_packet(capture_run *run, const flow *f)
{
    flow_extras_table_add(run->extras, f, &run->adding->packet, run->adding->notes, run->adding->values);
    run->adding = NULL;
}

static void
set_extras(capture_run *run, flow *ended, flow_extras *extras)
{
    ended->extras = extras;
    ended->has_extras = true;
    if (run->settings->definitions)
        extras->defined = definitions_values(run->settings->definitions, ended, extras->measures);
}

/* Every ended flow comes through here; some end with the packet that is being added. */
static void
take_record(const flow *f, void *user)
{
    capture_run *run = user;

    if (!run->extras && !run->labels) {
        record(run, f);
        return;
    }
    if (run->adding && f->last_frame == run->adding->packet.frame)
        note_packet(run, f);
    flow_extras *extras = run->extras ? flow_extras_table_end(run->extras, f) : NULL;
    flow *ended = flow_table_copy(run->table, f);
    if (extras)
        set_extras(run, ended, extras);
    if (run->labels)
        labeller_set(run->labels, ended, extras);
    record(run, ended);
    g_free(ended);
}

capture_run *
capture_run_new(const run_settings *settings, const label_names *labels, outputs *out)
{
    capture_run *run = g_new0(capture_run, 1);
    run->settings = settings;
    run->out = out;
    run->health = capture_health_new();
    run->counts.health = capture_health_get(run->health);
    run->log = run_log_new(settings->verbose, settings->log_prefix, settings->progress);
    run->table = flow_table_new(&settings->flow, take_record, run);
    run->fragments = fragment_table_new();
    run->ended = g_ptr_array_new_with_free_func(g_free);
    if (settings->wants_extras)
        run->extras = flow_extras_table_new(run_settings_want(settings, FEATURE_COMMUNITY_ID),
                                            settings->definitions ? settings->definitions->plan : NULL);
    run->labels = labeller_new(settings, labels);
    if (run->labels)
        run->counts.labels = labeller_balance(run->labels);
    return run;
}

capture_health *
capture_run_health(const capture_run *run)
{
    return run->health;
}

void
capture_run_keep_index(capture_run *run)
{
    if (!run->index)
        run->index = frame_index_new();
    if (run->extras)
        flow_extras_table_keep(run->extras);
}

static void
flush_outputs(capture_run *run)
{
    GError *error = NULL;

    if (run->written == 0)
        return;
    run->written = 0;
    if (!outputs_flush(run->out, &error))
        note_error(run, error);
}

/* Frames counted as fragments share the fate of the frame that completes their datagram. */
static void
recount_fragments(capture_run *run, uint64_t frames, frame_fate fate)
{
    uint64_t counted = MIN(frames, run->counts.frames[FRAME_FRAGMENT]);
    run->counts.frames[FRAME_FRAGMENT] -= counted;
    run->counts.frames[fate] += counted;
}

/* A flow that the packet ended has its place when there is a record of it; rules may drop flows. */
static void
note_place(capture_run *run, const flow *f, const observation *packet, flow_direction direction)
{
    bool is_open = f->end_reason == END_OPEN;

    if (!is_open && run->recorded_frame != packet->frame)
        return;
    run->place = (frame_place){.packet = f->packets, .direction = direction, .flow = f};
    run->place_frame = packet->frame;
    if (!run->index)
        return;
    frame_index_note(run->index, (guint32)packet->frame, f, direction);
    if (is_open)
        frame_index_keep(run->index, flow_table_copy(run->table, f));
}

/* Adds the packet to a flow and its notes to the flow's extras. */
static const flow *
add_packet(capture_run *run, const frame_facts *facts, flow_direction *direction)
{
    run->adding = run->extras ? facts : NULL;
    const flow *f = flow_table_add(run->table, &facts->packet, direction);
    if (f && run->adding)
        note_packet(run, f);
    run->adding = NULL;
    return f;
}

/* Adds the packet of a frame, or of a datagram. */
static void
add_used(capture_run *run, const frame_facts *facts)
{
    const observation *packet = &facts->packet;
    flow_direction direction;

    run->adding_frame = packet->frame;
    const flow *f = add_packet(run, facts, &direction);
    if (f)
        note_place(run, f, packet, direction);
    if (run->log)
        run_log_packet(run->log, packet, f, direction);
}

/* Datagrams that are not waited for any longer count before the frame that shows it. */
static void
add_overdue(capture_run *run, int64_t now_ns, bool all)
{
    datagram late;

    while (fragment_table_take(run->fragments, now_ns, all, &late)) {
        run->counts.incomplete_datagrams++;
        run->counts.datagrams_ended_early += late.is_early;
        recount_fragments(run, late.frames, late.fate);
        frame_facts facts = {.fate = late.fate, .packet = late.packet, .notes = late.has_notes ? &late.notes : NULL};
        if (late.fate == FRAME_USED)
            add_used(run, &facts);
    }
}

/* Adds the frame's pieces to their datagrams, from the outermost on. The frame counts if the last one is complete: with
 * what the host found in it, or with what the pieces say. */
static void
put_together(capture_run *run, frame_facts *facts, datagram *done)
{
    piece_frame frame = {
        .time_ns = facts->packet.time_ns,
        .number = facts->packet.frame,
        .frames = 1,
        .length_bytes = facts->packet.length_bytes,
        .captured_bytes = facts->packet.captured_bytes,
        .notes = facts->notes,
        .is_filtered = facts->piece_is_filtered,
    };

    for (unsigned i = 0; i < facts->piece_count; i++) {
        if (!fragment_table_add(run->fragments, &facts->pieces[i], &frame, done)) {
            facts->fate = FRAME_FRAGMENT;
            return;
        }
        frame.frames = done->frames;
        frame.length_bytes = done->packet.length_bytes;
        frame.captured_bytes = done->packet.captured_bytes;
        if (facts->pieces[i].is_whole)
            continue;
        facts->fate = done->fate;
        facts->packet = done->packet;
        facts->values = NULL;
        facts->notes = done->has_notes ? &done->notes : NULL;
    }
    facts->packet.time_ns = frame.time_ns;
    facts->packet.frame = frame.number;
    facts->packet.length_bytes = frame.length_bytes;
    facts->packet.captured_bytes = frame.captured_bytes;
    facts->joined_fragments = frame.frames - 1;
}

static void
add_frame(capture_run *run, const frame_facts *facts)
{
    run->counts.frames[facts->fate]++;
    if (run->log)
        run_log_frame(run->log, facts);
    recount_fragments(run, facts->joined_fragments, facts->fate);
    if (facts->fate == FRAME_USED)
        add_used(run, facts);
    else
        flow_table_advance(run->table, facts->packet.time_ns);
    flush_outputs(run);
}

void
capture_run_add(capture_run *run, const frame_facts *facts)
{
    g_ptr_array_set_size(run->ended, 0);
    run->place_frame = 0;
    if (run->extras)
        flow_extras_table_forget(run->extras);
    add_overdue(run, facts->packet.time_ns, false);
    run->place_frame = 0;
    run->adding_frame = facts->packet.frame;
    if (facts->piece_count == 0) {
        add_frame(run, facts);
        return;
    }
    frame_facts joined = *facts;
    datagram done;
    put_together(run, &joined, &done);
    add_frame(run, &joined);
}

void
capture_run_advance(capture_run *run, int64_t time_ns)
{
    GError *error = NULL;

    add_overdue(run, time_ns, false);
    flow_table_advance(run->table, time_ns);
    bool has_ended = run->written > 0;
    run->written = 0;
    if (!(has_ended ? outputs_finish(run->out, &error) : outputs_flush(run->out, &error)))
        note_error(run, error);
}

const labeller *
capture_run_labels(const capture_run *run)
{
    return run->labels;
}

const capture_counts *
capture_run_counts(const capture_run *run)
{
    return &run->counts;
}

const flow_counts *
capture_run_flow_counts(const capture_run *run)
{
    return flow_table_counts(run->table);
}

void
capture_run_take_waiting(capture_run *run)
{
    waiting_frame *waiting = &run->waiting;

    if (run->finished || !waiting->waits)
        return;
    waiting->waits = false;
    capture_run_add(run, &waiting->facts);
    g_clear_pointer(&waiting->facts.values, packet_values_unref);
}

void
capture_run_add_later(capture_run *run, const frame_facts *facts)
{
    if (run->waiting.waits && run->waiting.facts.packet.frame != facts->packet.frame)
        capture_run_take_waiting(run);
    run->waiting.waits = true;
    packet_values_unref(run->waiting.facts.values);
    run->waiting.facts = *facts;
    packet_values_ref(run->waiting.facts.values);
    if (facts->piece_count > 0) {
        memcpy(run->waiting.pieces, facts->pieces, facts->piece_count * sizeof *facts->pieces);
        run->waiting.facts.pieces = run->waiting.pieces;
    }
    if (facts->notes) {
        run->waiting.notes = *facts->notes;
        run->waiting.facts.notes = &run->waiting.notes;
    }
}

static void
finish(capture_run *run)
{
    GError *error = NULL;

    run->finished = true;
    add_overdue(run, 0, true);
    flow_table_finish(run->table);
    if (run->labels)
        run->counts.label_use = labeller_use(run->labels);
    run->place_frame = 0; /* its flow is gone */
    if (!outputs_finish(run->out, &error))
        note_error(run, error);
}

void
capture_run_complete(capture_run *run)
{
    GError *error = NULL;
    const char *stats = run->settings->stats;

    if (!run->finished || run->completed)
        return;
    run->completed = true;
    if (!outputs_complete(run->out, &error)) {
        note_error(run, error);
        return;
    }
    if (stats && !outputs_have_failed(run->out) &&
        !capture_counts_write(stats, &run->counts, flow_table_counts(run->table), &error))
        note_error(run, error);
}

bool
capture_run_has_waiting(const capture_run *run)
{
    return run->waiting.waits;
}

bool
capture_run_waits_for_first(const capture_run *run)
{
    return run->waiting.waits && run->waiting.facts.packet.frame == 1;
}

void
capture_run_finish(capture_run *run, bool newest_stayed)
{
    if (run->finished)
        return;
    if (newest_stayed)
        capture_run_take_waiting(run);
    finish(run);
}

bool
capture_run_find(const capture_run *run, guint32 frame, frame_place *place)
{
    if (run->index)
        return frame_index_find(run->index, frame, place);
    *place = run->place;
    return run->place_frame == frame && frame > 0;
}

void
capture_run_collect_ended(capture_run *run, bool collect)
{
    run->collects = collect;
}

const GPtrArray *
capture_run_ended(const capture_run *run)
{
    return run->ended;
}

void
capture_run_on_record(capture_run *run, capture_run_record_listener listener, void *data)
{
    run->listener = listener;
    run->listener_data = data;
}

const frame_index *
capture_run_index(const capture_run *run)
{
    return run->index;
}

GError *
capture_run_take_error(capture_run *run)
{
    GError *error = run->error;
    run->error = NULL;
    return error;
}

void
capture_run_free(capture_run *run)
{
    if (!run)
        return;
    run_log_free(run->log);
    packet_values_unref(run->waiting.facts.values);
    flow_table_free(run->table);
    fragment_table_free(run->fragments);
    frame_index_free(run->index);
    g_ptr_array_free(run->ended, TRUE);
    flow_extras_table_free(run->extras);
    capture_health_free(run->health);
    labeller_free(run->labels);
    g_clear_error(&run->error);
    g_free(run);
}
