/*
 * capture.c - the capture that the program has open; see capture.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include <cfile.h>
#include <epan/plugin_if.h>
#include <epan/tap.h>

#include "../../run/reading.h"
#include "../assumptions.h"
#include "../capture_drops.h"
#include "../capture_identity.h"
#include "../columns/defined_fields.h"
#include "../columns/frame_notes.h"
#include "../observe/fast_path.h"
#include "../observe/frame_bytes.h"
#include "../observe/observer.h"
#include "../program.h"
#include "../show/distribution.h"
#include "../show/flow_tap.h"
#include "../show/refilter.h"

struct capture {
    capture_parts parts;
    run_settings settings; /* of the current run */
    packet_rules *rules;   /* of the current run; NULL: none */
    outputs *out;
    capture_identity *file; /* identity that the outputs record; NULL: none wanted */
    capture_drops *drops;   /* of the current run */
    capture_run *run;       /* NULL while no capture is open, or if a preference is invalid */
    observer *observer;
    frame_notes *notes; /* NULL when nothing but the measures is wanted */
    export_source source;
    const char *reason;   /* why there is no run, for messages */
    flow_tap_data tapped; /* of the frame being dissected */
    bool reads_once;      /* as program_reads_once() */
    bool is_refused;      /* by settings or protocol, for all that a program that reads once will read */
    reading_kind kind;
    const epan_t *epan; /* session of the newest frame */
    guint32 newest_frame;
    guint32 earlier_frames; /* of sessions before the current one: each numbers its frames from 1 */
    bool newest_has_time;
    guint32 coming_frame;   /* a frame of a rescan that is still to come, as far as was looked */
    guint32 frame_count;    /* of the capture that is rescanned; 0: not known */
    bool listens_for_all;   /* the listener that makes tshark -q dissect is there */
    bool listens_as_helper; /* the one that only makes taps active */
};

/* For callbacks without user data. */
static capture *current;

capture *
capture_new(const capture_parts *parts)
{
    capture *c = g_new0(capture, 1);
    c->parts = *parts;
    c->source = (export_source){.run = &c->run, .reason = &c->reason, .layout = &c->settings.layout};
    c->reason = "no capture is open";
    current = c;
    return c;
}

void
capture_install(capture *c)
{
    c->observer = observer_new();
}

static void
report_run_error(capture *c)
{
    GError *error = capture_run_take_error(c->run);
    if (error)
        program_report(error);
}

static void
take_plain(const frame_facts *facts)
{
    observer_note_plain(current->observer, facts);
}

/* Has trees made with the fields that frame notes need. */
static void
set_notes(capture *c, frame_notes *notes)
{
    frame_notes_free(c->notes);
    c->notes = notes;
    set_postdissector_wanted_hfids(c->parts.post_dissector, frame_notes_fields(notes));
}

/* Whether the newest frame, which is waiting, is known to have been kept by the first pass. Has to be called before its
 * frame_data is freed. Since 4.4 the session returns nothing for frames without a timestamp: these are assumed to be
 * kept. */
static bool
newest_stayed(const capture *c)
{
    return capture_run_has_waiting(c->run) && c->epan && c->newest_frame > 1 &&
           (!c->newest_has_time || assumption_frame(c->epan, c->newest_frame));
}

static void
report_partial(capture *c)
{
    g_autofree char *names = outputs_partial(c->out);
    if (names)
        program_report(g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED,
                                   "cicflow: the capture was not read to its end; the records so far are in %s",
                                   names));
}

/* Advances the reading and does what the event asks for, except taking its frame. */
static unsigned
advance(capture *c, reading_event event)
{
    unsigned steps;

    c->kind = reading_next(c->kind, event, &steps);
    if (steps & DO_TAKE_WAITING)
        capture_run_take_waiting(c->run);
    return steps;
}

static void
end_flows(capture *c, unsigned steps)
{
    guint64 dropped;

    if (!(steps & (DO_END | DO_COMPLETE | DO_TELL_PARTIAL)))
        return;
    if (steps & DO_END) {
        if (capture_drops_get(c->drops, &dropped))
            capture_health_set_dropped(capture_run_health(c->run), dropped);
        capture_run_finish(c->run, newest_stayed(c));
    }
    report_run_error(c);
    if (steps & DO_COMPLETE) {
        capture_identity_note(c->file, c->out);
        c->file = NULL;
        capture_run_complete(c->run);
    }
    report_run_error(c);
    if (steps & DO_COMPLETE && !c->reads_once)
        refilter();
    if (steps & DO_TELL_PARTIAL)
        report_partial(c);
}

static void
take_event(capture *c, reading_event event)
{
    if (c->run)
        end_flows(c, advance(c, event));
}

static void
draw(void *unused G_GNUC_UNUSED)
{
    capture_draw(current);
}

/* tshark resets taps once, when it has read its last packet or a signal has stopped it. */
static void
reset_taps(void *unused G_GNUC_UNUSED)
{
    if (current->reads_once)
        take_event(current, TAPS_RESET);
}

static void
listen(bool *done, const char *tap, guint flags, tap_reset_cb reset, tap_draw_cb callback)
{
    if (*done)
        return;
    g_autoptr(GString) problem = register_tap_listener(tap, done, NULL, flags, reset, NULL, callback, NULL);
    if (problem) {
        program_report(
            g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED, "cicflow: cannot listen to packets: %s", problem->str));
        return;
    }
    *done = true;
}

/* Builds the settings of the new run and the rules applied to its frames. */
static bool
read_settings(capture *c)
{
    GError *error = NULL;
    option_texts texts = preferences_texts(c->parts.values);
    const char *input = program_input();
    g_autofree char *shown = distribution_columns(texts.distribution);

    texts.distribution = shown;
    if (!*texts.capture && input)
        texts.capture = input;
    run_settings_clear(&c->settings);
    g_clear_pointer(&c->rules, packet_rules_free);
    bool ok = run_settings_init(&c->settings, &texts, &error) &&
              run_settings_resolve(&c->settings, &defined_fields_catalog, &error) &&
              packet_rules_init(&c->rules, &c->settings, texts.label, flow_tree_fields(c->parts.tree), &error) &&
              (!c->reads_once || program_paths_are_free(&c->settings, &error));
    c->settings.shows_more = !c->reads_once && c->parts.values->tree;
    c->settings.wants_extras |= c->settings.shows_more;
    if (!ok)
        program_report(error);
    return ok;
}

static bool
open_outputs(capture *c)
{
    if (c->out)
        outputs_close(c->out, NULL);
    c->out = NULL;
    if (!read_settings(c))
        return false;
    bool is_live = c->reads_once && !program_reads_file();
    c->out = outputs_new(&c->settings, is_live ? OUTPUT_GROWING : OUTPUT_WHOLE);
    if (c->settings.parquet && program_reads_file()) {
        const char *path = program_input();
        c->file = capture_identity_begin(&path, 1);
    }
    return true;
}

static void
tell_ended(const flow *ended, void *stats)
{
    flow_stats_take(ended, stats);
    distribution_take(ended);
}

/* The run's flows outlive a session; what holds memory of the session begins anew. */
static void
begin_session(capture *c)
{
    c->coming_frame = 0;
    c->epan = NULL;
    observer_begin(c->observer, &c->settings);
    if (c->settings.fast && frame_notes_can_be_fast(c->notes) && c->reads_once)
        fast_path_begin(c->settings.dialect->rules, take_plain);
}

static void
begin_run(capture *c)
{
    record_view_init(&c->tapped.view, &c->settings);
    flow_tree_define(c->parts.tree, c->settings.dialect);
    c->drops = capture_drops_new();
    c->run = capture_run_new(&c->settings, packet_rules_labels(c->rules), c->out);
    if (!c->reads_once && c->parts.values->tree)
        capture_run_keep_index(c->run);
    flow_stats_begin(c->parts.stats);
    distribution_begin(&c->settings, c->parts.values->distribution);
    capture_run_on_record(c->run, tell_ended, c->parts.stats);
    set_notes(c, frame_notes_new(&c->settings, c->rules));
}

void
capture_begin(capture *c)
{
    c->reads_once = program_reads_once();
    if (c->run) {
        begin_session(c);
        return;
    }
    if (c->is_refused && c->reads_once)
        return;
    set_notes(c, NULL);
    c->kind = reading_begin(c->reads_once);
    c->earlier_frames = 0;
    c->is_refused = true;
    c->reason = "the protocol CIC Flow is disabled (Analyze > Enabled Protocols)";
    if (!proto_is_protocol_enabled(find_protocol_by_id(c->parts.protocol)))
        return;
    /* Active taps distinguish a single pass from the first of two; without a listener taps are never active. */
    listen(&c->listens_as_helper, FLOW_TAP_NAME, TL_IS_DISSECTOR_HELPER, reset_taps, draw);
    c->reason = "a preference of CIC Flow is wrong (Edit > Preferences > Protocols > CIC Flow)";
    if (!open_outputs(c))
        return;
    c->is_refused = false;
    begin_run(c);
    begin_session(c);
}

void
capture_end_sequence(capture *c)
{
    bool is_open = c->run && capture_run_waits_for_first(c->run);
    take_event(c, is_open ? SEQUENCE_END_OPEN : SEQUENCE_END);
}

void
capture_draw(capture *c)
{
    take_event(c, STATISTICS_DRAWN);
}

/* tshark's next session reads on, in the same file or, when live, in the next. */
static void
end_session(capture *c)
{
    c->earlier_frames += c->newest_frame;
    c->newest_frame = 0;
    if (!program_reads_file())
        capture_drops_end_file(c->drops, NULL);
}

void
capture_end(capture *c)
{
    take_event(c, CLEANUP);
    observer_end(c->observer);
    fast_path_end();
    if (c->run && c->kind != READING_NONE) {
        end_session(c);
        return;
    }
    g_clear_pointer(&c->run, capture_run_free);
    g_clear_pointer(&c->drops, capture_drops_free);
    g_clear_pointer(&c->file, capture_identity_free);
    c->reason = "no capture is open";
}

static void *
take_frame_count(capture_file *file, void *count)
{
    *(guint32 *)count = file->count;
    return NULL;
}

/* Whether the frame is the last that a rescan comes to: frames that are ignored are not dissected. */
static bool
is_last_of_rescan(capture *c, const packet_info *pinfo)
{
    if (c->coming_frame == 0) {
        c->frame_count = 0;
        plugin_if_get_capture_file(take_frame_count, &c->frame_count);
    }
    if (c->coming_frame <= pinfo->num)
        c->coming_frame = assumption_next_dissected(pinfo->epan, pinfo->num, c->frame_count);
    return c->coming_frame == 0;
}

/* Taps are inactive in the first of two passes and for read filters: tapped data cannot be fetched then. */
static reading_event
event_of(capture *c, packet_info *pinfo)
{
    if (PINFO_FD_VISITED(pinfo))
        return FRAME_SEEN_AGAIN;
    if (!fetch_tapped_data(c->parts.tap, 0))
        return FRAME_MAY_STAY;
    if (c->reads_once || !assumption_file_is_closed(pinfo->epan))
        return FRAME_STAYS;
    return is_last_of_rescan(c, pinfo) ? FRAME_RESCAN_LAST : FRAME_RESCAN;
}

static void
take_notes(capture *c, packet_info *pinfo, proto_tree *tree, frame_facts *facts)
{
    GError *error = NULL;

    frame_notes_look_at(c->notes, pinfo->rec);
    if (c->notes && !frame_notes_take(c->notes, pinfo, tree, facts, &error))
        program_report(error);
}

/* Records other than packets have no bytes to compare. */
static void
check_health(capture *c, tvbuff_t *tvb, packet_info *pinfo)
{
    raw_frame frame;

    if (!pinfo->rec || pinfo->rec->rec_type != REC_TYPE_PACKET)
        return;
    raw_frame_init(&frame, tvb, pinfo);
    capture_health_add(capture_run_health(c->run), &frame);
    capture_drops_watch(c->drops, assumption_capture(pinfo->epan), pinfo->rec);
}

static void
take_frame(capture *c, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned steps)
{
    frame_facts facts = observer_take(c->observer, pinfo);

    frame_bytes_decode_dissected(c->settings.dialect->rules, tvb, pinfo, &facts);
    take_notes(c, pinfo, tree, &facts);
    check_health(c, tvb, pinfo);
    facts.packet.frame += c->earlier_frames;
    c->epan = pinfo->epan;
    c->newest_frame = pinfo->num;
    c->newest_has_time = pinfo->fd->has_ts;
    if (steps & DO_TAKE) {
        capture_run_add(c->run, &facts);
        return;
    }
    if (c->parts.values->tree || flow_stats_are_requested(c->parts.stats))
        capture_run_keep_index(c->run);
    capture_run_add_later(c->run, &facts);
}

int
capture_frame(capture *c, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    flow_tap_data *tapped = &c->tapped;

    if (!c->run)
        return 0;
    tap_queue_packet(c->parts.tap, pinfo, tapped);
    reading_event event = event_of(c, pinfo);
    bool shows_completed = c->reads_once && event == FRAME_STAYS && flow_tree_wants_completed(tree);
    unsigned steps = advance(c, event);
    if (steps & (DO_TAKE | DO_WAIT))
        take_frame(c, tvb, pinfo, tree, steps);
    end_flows(c, steps);
    report_run_error(c);
    tapped->is_flow_packet = capture_run_find(c->run, c->earlier_frames + pinfo->num, &tapped->position);
    if (c->parts.values->tree)
        flow_tree_add(c->parts.tree, tree, tvb, pinfo, tapped->is_flow_packet ? &tapped->position : NULL,
                      shows_completed ? capture_run_ended(c->run) : NULL, &tapped->view);
    return (int)tvb_captured_length(tvb);
}

/* Wireshark decides whether to build trees before the run that needs them begins, and filters may use defined columns
 * before that; so both are set up when a preference changes. */
static void
announce_fields(capture *c)
{
    run_settings settings;
    packet_rules *rules = NULL;
    option_texts texts = preferences_texts(c->parts.values);
    bool is_fine =
        run_settings_init(&settings, &texts, NULL) && run_settings_resolve(&settings, &defined_fields_catalog, NULL);

    if (is_fine)
        flow_tree_define(c->parts.tree, settings.dialect);
    if (is_fine && !program_reads_once() &&
        packet_rules_init(&rules, &settings, texts.label, flow_tree_fields(c->parts.tree), NULL)) {
        settings.shows_more = c->parts.values->tree;
        frame_notes *notes = frame_notes_new(&settings, rules);
        set_postdissector_wanted_hfids(c->parts.post_dissector, frame_notes_fields(notes));
        frame_notes_free(notes);
    }
    packet_rules_free(rules);
    run_settings_clear(&settings);
}

void
capture_apply_preferences(capture *c)
{
    announce_fields(c);
    option_texts texts = preferences_texts(c->parts.values);
    if (option_texts_want_output(&texts))
        listen(&c->listens_for_all, "frame", 0, NULL, NULL);
}

void
capture_visit(capture *c, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    if (c->run && !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
        observer_visit(c->observer, protocol, tvb, pinfo, ip);
}

const export_source *
capture_records(const capture *c)
{
    return &c->source;
}
