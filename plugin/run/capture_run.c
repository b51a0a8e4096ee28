/*
 * capture_run.c - one reading of one capture; see capture_run.h.
 *
 * Adding a frame handles, in this order: overdue datagrams; the frame's own pieces; its packet, which goes to the
 * table; its notes, which go to the flow's extras; flows that have ended, which go to labeller, outputs, log and index;
 * and the frame's position in its flow. The run only remembers what may be queried until the next frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture_run.h"

#include <string.h>

#include "../output/capture_counts.h"

/* A frame that is waiting. */
typedef struct {
    bool waits;
    frame_facts facts;
    packet_notes notes; /* notes of the facts */
    datagram_piece pieces[FRAME_PIECES_MAX];
} waiting_frame;

struct capture_run {
    const run_settings *settings;
    labeller *labels; /* NULL: flows are not labelled */
    outputs *out;
    flow_table *table;
    fragment_table *fragments;
    capture_counts counts;
    capture_health *health;
    frame_index *index; /* NULL: frames are not looked up later */
    waiting_frame waiting;
    bool finished, completed;
    frame_position position;
    uint64_t position_frame; /* 0: the frame added last belongs to no flow */
    GPtrArray *ended;        /* flows ended by the frame added last; owned by the index, if any */
    capture_run_record_listener listener;
    void *listener_data;
    flow_extras_table *extras; /* NULL: not wanted */
    run_log *log;              /* NULL: not wanted */
    GError *error;
};

/* Where an error goes: the first one is kept. */
static GError **
error_of(capture_run *run)
{
    return run->error ? NULL : &run->error;
}

/* Adds its extras to a flow that has ended. */
static void
set_extras(capture_run *run, flow *ended)
{
    flow_extras *extras = run->extras ? flow_extras_table_end(run->extras, ended) : NULL;

    ended->extras = extras;
    ended->has_extras = extras != NULL;
    if (ended->has_no_record)
        return;
    if (extras && run->settings->definitions)
        extras->defined = definitions_values(run->settings->definitions, ended, extras->measures);
    if (run->labels)
        labeller_set(run->labels, ended, extras);
}

static void
write_record(capture_run *run, const flow *ended)
{
    run->counts.records++;
    run->counts.flows_by_protocol[ended->protocol]++;
    if (run->log)
        run_log_end(run->log, ended);
    outputs_add(run->out, ended, error_of(run));
    if (run->listener)
        run->listener(ended, run->listener_data);
}

/* Takes the ended flows from the table. */
static void
take_ended(capture_run *run)
{
    flow *ended;

    while ((ended = flow_table_take_ended(run->table))) {
        set_extras(run, ended);
        if (run->index)
            frame_index_keep(run->index, ended);
        if (!ended->has_no_record) {
            write_record(run, ended);
            g_ptr_array_add(run->ended, ended);
        } else if (!run->index) {
            g_free(ended);
        }
    }
}

static void
forget_ended(capture_run *run)
{
    if (run->ended->len == 0)
        return;
    for (guint i = 0; i < run->ended->len && !run->index; i++)
        g_free(run->ended->pdata[i]);
    g_ptr_array_set_size(run->ended, 0);
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
    run->table = flow_table_new(&settings->flow);
    run->fragments = fragment_table_new();
    run->ended = g_ptr_array_new();
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
    if (run->index)
        return;
    forget_ended(run);
    run->index = frame_index_new();
    if (run->extras)
        flow_extras_table_keep(run->extras);
}

/* Frames counted as fragments so far get the fate of the frame that completes their datagram. */
static void
recount_fragments(capture_run *run, uint64_t frames, frame_fate fate)
{
    uint64_t counted = MIN(frames, run->counts.frames[FRAME_FRAGMENT]);
    run->counts.frames[FRAME_FRAGMENT] -= counted;
    run->counts.frames[fate] += counted;
}

/* Adds the packet of a frame, or of a datagram, to its flow. */
static void
add_used(capture_run *run, const frame_facts *facts)
{
    const observation *packet = &facts->packet;
    flow_direction direction;
    flow *f = flow_table_add(run->table, packet, &direction);

    if (f && run->extras)
        flow_extras_table_add(run->extras, f, packet, facts->notes, facts->values);
    take_ended(run);
    if (f) {
        run->position = (frame_position){.packet = f->packets, .direction = direction, .flow = f};
        run->position_frame = packet->frame;
        if (run->index)
            frame_index_note(run->index, (guint32)packet->frame, f, direction);
    }
    if (run->log)
        run_log_packet(run->log, packet, f, direction);
}

/* Datagrams whose waiting time is over count before the frame whose time shows it. */
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

/* Adds the frame's pieces to their datagrams, from the outermost inward. If the last one is complete, the frame counts:
 * with the packet that the host found in it, or else with the one that the pieces describe. */
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
    if (facts->fate == FRAME_USED) {
        add_used(run, facts);
        return;
    }
    flow_table_advance(run->table, facts->packet.time_ns);
    take_ended(run);
}

/* Forgets what belongs to the frame added before. */
static void
forget_last_frame(capture_run *run)
{
    run->position_frame = 0;
    forget_ended(run);
    if (run->extras)
        flow_extras_table_forget(run->extras);
}

void
capture_run_add(capture_run *run, const frame_facts *facts)
{
    datagram done;
    frame_facts joined = *facts;

    forget_last_frame(run);
    add_overdue(run, facts->packet.time_ns, false);
    run->position_frame = 0;
    if (facts->piece_count > 0)
        put_together(run, &joined, &done);
    add_frame(run, &joined);
    if (run->ended->len > 0)
        outputs_flush(run->out, error_of(run));
}

void
capture_run_advance(capture_run *run, int64_t time_ns)
{
    forget_last_frame(run);
    add_overdue(run, time_ns, false);
    flow_table_advance(run->table, time_ns);
    take_ended(run);
    (run->ended->len > 0 ? outputs_finish : outputs_flush)(run->out, error_of(run));
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
    run->finished = true;
    forget_last_frame(run);
    add_overdue(run, 0, true);
    flow_table_finish(run->table);
    take_ended(run);
    if (run->labels)
        run->counts.label_use = labeller_use(run->labels);
    forget_last_frame(run);
    outputs_finish(run->out, error_of(run));
}

void
capture_run_complete(capture_run *run)
{
    const char *stats = run->settings->stats;

    if (!run->finished || run->completed)
        return;
    run->completed = true;
    if (outputs_complete(run->out, error_of(run)) && stats && !outputs_have_failed(run->out))
        capture_counts_write(stats, &run->counts, flow_table_counts(run->table), error_of(run));
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
capture_run_find(const capture_run *run, guint32 frame, frame_position *position)
{
    if (run->index)
        return frame_index_find(run->index, frame, position);
    *position = run->position;
    return run->position_frame == frame && frame > 0;
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
    return g_steal_pointer(&run->error);
}

void
capture_run_free(capture_run *run)
{
    if (!run)
        return;
    run_log_free(run->log);
    packet_values_unref(run->waiting.facts.values);
    forget_ended(run);
    g_ptr_array_free(run->ended, TRUE);
    frame_index_free(run->index);
    flow_table_free(run->table);
    fragment_table_free(run->fragments);
    flow_extras_table_free(run->extras);
    capture_health_free(run->health);
    labeller_free(run->labels);
    g_clear_error(&run->error);
    g_free(run);
}
