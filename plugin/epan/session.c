/*
 * session.c - one reading of one capture; see session.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session.h"

#include "../output/capture_counts.h"

/* A frame whose stay is not certain yet. */
typedef struct {
    bool waits;
    frame_facts facts;
    packet_notes notes; /* of the facts */
    const epan_t *epan;
} waiting_frame;

struct session {
    const run_settings *settings;
    outputs *out;
    flow_table *table;
    capture_counts counts;
    history *past;
    waiting_frame waiting;
    bool finished, completed;
    uint64_t written; /* records in the frame being added */
    frame_place place;
    uint64_t place_frame;
    uint64_t adding_frame;   /* the one last added */
    uint64_t recorded_frame; /* the last with which its own flow ended, with a record */
    bool collects;
    GPtrArray *ended; /* of flow */
    session_record_listener listener;
    void *listener_data;
    flow_extras_table *extras; /* NULL when nobody wants any */
    const frame_facts *adding; /* the frame whose packet goes to some flow now, while extras are wanted */
    narration *told;           /* NULL: nobody wants to be told */
    GError *error;
};

static void
note_error(session *s, GError *error)
{
    if (s->error)
        g_error_free(error);
    else
        s->error = error;
}

static void
record(session *s, const flow *f)
{
    GError *error = NULL;

    s->counts.records++;
    s->counts.flows_by_protocol[f->protocol]++;
    if (s->told)
        narration_end(s->told, f);
    s->written++;
    if (f->last_frame == s->adding_frame)
        s->recorded_frame = f->last_frame;
    if (!outputs_add(s->out, f, &error))
        note_error(s, error);
    if (s->past) {
        history_keep(s->past, flow_table_copy(s->table, f));
        history_note_record(s->past, f);
    }
    if (s->collects)
        g_ptr_array_add(s->ended, flow_table_copy(s->table, f));
    if (s->listener)
        s->listener(f, s->listener_data);
}

/* Notes the packet that is being added, which became part of this flow. */
static void
note_packet(session *s, const flow *f)
{
    flow_extras_table_add(s->extras, f, &s->adding->packet, s->adding->notes);
    s->adding = NULL;
}

static void
set_label(session *s, flow_extras *extras)
{
    if (!s->counts.labels)
        return;
    guint label = packet_rules_label_of(s->settings->rules, extras->rule);
    extras->label = s->counts.labels[label];
    s->counts.flows_by_label[label]++;
}

/* Every ended flow comes through here; some end with the packet that is being added. */
static void
take_record(const flow *f, void *user)
{
    session *s = user;

    if (!s->extras) {
        record(s, f);
        return;
    }
    if (s->adding && f->last_frame == s->adding->packet.frame)
        note_packet(s, f);
    flow_extras *extras = flow_extras_table_end(s->extras, f);
    set_label(s, extras);
    flow *ended = flow_table_copy(s->table, f);
    ended->extras = extras;
    ended->has_extras = true;
    record(s, ended);
    g_free(ended);
}

session *
session_new(const run_settings *settings, outputs *out)
{
    session *s = g_new0(session, 1);
    s->settings = settings;
    s->out = out;
    s->told = narration_new(settings->verbose, settings->progress);
    s->table = flow_table_new(&settings->flow, take_record, s);
    s->ended = g_ptr_array_new_with_free_func(g_free);
    if (settings->wants_extras)
        s->extras = flow_extras_table_new(record_layout_has(&settings->layout, FEATURE_COMMUNITY_ID));
    if (settings->rules)
        s->counts.labels = packet_rules_labels(settings->rules);
    if (s->counts.labels)
        s->counts.flows_by_label = g_new0(uint64_t, g_strv_length((char **)s->counts.labels));
    return s;
}

void
session_keep_history(session *s)
{
    if (!s->past)
        s->past = history_new();
    if (s->extras)
        flow_extras_table_keep(s->extras);
}

static void
flush_outputs(session *s)
{
    GError *error = NULL;

    if (s->written == 0)
        return;
    s->written = 0;
    if (!outputs_flush(s->out, &error))
        note_error(s, error);
}

/* Frames counted as fragments share the fate of the frame that completes their datagram. */
static void
recount_fragments(session *s, uint64_t frames, frame_fate fate)
{
    uint64_t counted = MIN(frames, s->counts.frames[FRAME_FRAGMENT]);
    s->counts.frames[FRAME_FRAGMENT] -= counted;
    s->counts.frames[fate] += counted;
}

/* A flow that the packet ended has its place when there is a record of it; rules may drop flows. */
static void
note_place(session *s, const flow *f, const observation *packet, flow_direction direction)
{
    bool is_open = f->end_reason == END_OPEN;

    if (!is_open && s->recorded_frame != packet->frame)
        return;
    s->place = (frame_place){.packet = f->packets, .direction = direction, .flow = f};
    s->place_frame = packet->frame;
    if (!s->past)
        return;
    history_note(s->past, (guint32)packet->frame, f, direction);
    if (is_open)
        history_keep(s->past, flow_table_copy(s->table, f));
}

/* Adds the packet to a flow and its notes to the flow's extras. */
static const flow *
add_packet(session *s, const frame_facts *facts, flow_direction *direction)
{
    s->adding = s->extras ? facts : NULL;
    const flow *f = flow_table_add(s->table, &facts->packet, direction);
    if (f && s->adding)
        note_packet(s, f);
    s->adding = NULL;
    return f;
}

void
session_add(session *s, const frame_facts *facts)
{
    const observation *packet = &facts->packet;
    flow_direction direction;

    g_ptr_array_set_size(s->ended, 0);
    s->counts.frames[facts->fate]++;
    if (s->told)
        narration_frame(s->told, facts);
    recount_fragments(s, facts->joined_fragments, facts->fate);
    s->place_frame = 0;
    s->adding_frame = packet->frame;
    if (s->extras)
        flow_extras_table_forget(s->extras);
    if (facts->fate != FRAME_USED) {
        flow_table_advance(s->table, packet->time_ns);
        flush_outputs(s);
        return;
    }
    const flow *f = add_packet(s, facts, &direction);
    if (f)
        note_place(s, f, packet, direction);
    if (s->told)
        narration_packet(s->told, packet, f, direction);
    flush_outputs(s);
}

/* The waiting frame stayed. */
static void
add_waiting(session *s)
{
    waiting_frame *waiting = &s->waiting;

    if (!waiting->waits)
        return;
    waiting->waits = false;
    session_add(s, &waiting->facts);
}

void
session_add_later(session *s, const frame_facts *facts, const epan_t *epan)
{
    if (s->waiting.waits && s->waiting.facts.packet.frame != facts->packet.frame)
        add_waiting(s);
    s->waiting.waits = true;
    s->waiting.facts = *facts;
    s->waiting.epan = epan;
    if (facts->notes) {
        s->waiting.notes = *facts->notes;
        s->waiting.facts.notes = &s->waiting.notes;
    }
}

static void
finish(session *s)
{
    GError *error = NULL;

    s->finished = true;
    flow_table_finish(s->table);
    s->place_frame = 0; /* its flow is gone */
    if (!outputs_finish(s->out, &error))
        note_error(s, error);
}

void
session_complete(session *s)
{
    GError *error = NULL;
    const char *stats = s->settings->stats;

    if (!s->finished || s->completed)
        return;
    s->completed = true;
    if (!outputs_complete(s->out, &error)) {
        note_error(s, error);
        return;
    }
    if (stats && !outputs_have_failed(s->out) &&
        !capture_counts_write(stats, &s->counts, flow_table_counts(s->table), &error))
        note_error(s, error);
}

void
session_revisit(session *s)
{
    if (s->finished || !s->waiting.waits)
        return;
    add_waiting(s);
    finish(s);
}

/* Whether the waiting frame is known to have stayed. */
static bool
waiting_stayed(const waiting_frame *waiting)
{
    guint32 frame = (guint32)waiting->facts.packet.frame;
    return !waiting->epan || (frame > 1 && compat_frame_exists(waiting->epan, frame));
}

void
session_finish(session *s, bool is_final)
{
    const waiting_frame *waiting = &s->waiting;

    if (s->finished || (waiting->waits && waiting->epan && waiting->facts.packet.frame == 1 && !is_final))
        return;
    if (waiting->waits && waiting_stayed(waiting))
        add_waiting(s);
    finish(s);
}

bool
session_find(const session *s, guint32 frame, frame_place *place)
{
    if (s->past)
        return history_find(s->past, frame, place);
    *place = s->place;
    return s->place_frame == frame && frame > 0;
}

void
session_collect_ended(session *s, bool collect)
{
    s->collects = collect;
}

const GPtrArray *
session_ended(const session *s)
{
    return s->ended;
}

void
session_on_record(session *s, session_record_listener listener, void *data)
{
    s->listener = listener;
    s->listener_data = data;
}

bool
session_is_finished(const session *s)
{
    return s->finished;
}

const history *
session_history(const session *s)
{
    return s->past;
}

GError *
session_take_error(session *s)
{
    GError *error = s->error;
    s->error = NULL;
    return error;
}

void
session_free(session *s)
{
    if (!s)
        return;
    narration_free(s->told);
    flow_table_free(s->table);
    history_free(s->past);
    g_ptr_array_free(s->ended, TRUE);
    flow_extras_table_free(s->extras);
    g_free(s->counts.flows_by_label);
    g_clear_error(&s->error);
    g_free(s);
}
