/*
 * plugin.c - registration: protocol, preferences, hooks into epan; and the one place with global state.
 *
 * Flow state changes only when a frame is seen for the first time. A session lives from epan's init routine to its
 * cleanup routine, where the flows still open are ended: that runs once for each capture in every mode.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "epan/compat.h"

#include <epan/prefs.h>
#include <epan/proto.h>
#include <epan/tap.h>
#include <gmodule.h>
#include <string.h>
#include <sys/stat.h>
#include <wsutil/report_message.h>

#include "epan/columns/frame_notes.h"
#include "epan/host.h"
#include "epan/observe/fast_path.h"
#include "epan/observe/frame_bytes.h"
#include "epan/observe/frame_reader.h"
#include "epan/observe/observer.h"
#include "epan/observe/transport_hooks.h"
#include "epan/observe/vlan_tags.h"
#include "epan/preferences.h"
#include "epan/show/distribution.h"
#include "epan/show/export.h"
#include "epan/show/flow_stats.h"
#include "epan/show/flow_tap.h"
#include "epan/show/table_window.h"
#include "epan/show/tree.h"
#include "run/capture_run.h"
#include "run/run_thread.h"

#define PROTOCOL_NAME "CIC Flow Features"
#define PROTOCOL_SHORT_NAME "CIC Flow"
#define PROTOCOL_FILTER_NAME "cicflow"

static struct {
    int protocol;
    int tap;
    dissector_handle_t post_dissector;
    preference_values values;
    run_settings settings; /* of the current capture_run */
    packet_rules *rules;   /* of the current session; NULL: none */
    outputs *out;
    capture_run *run; /* NULL while no capture is open, or with a preference that is wrong */
    run_thread *feed; /* what the session takes its frames from where they are read ahead; NULL: from us */
    observer *observer;
    flow_tree *tree;
    flow_stats *stats;
    export_source source;
    flow_tap_data tapped; /* of the frame being dissected */
    bool reads_once;      /* as host_reads_once() */
    bool has_frames;      /* of the current capture_run */
    const epan_t *epan;   /* of the newest frame */
    guint32 newest_frame;
    bool is_read_to_end;    /* tshark has come to the end of what it reads: it draws statistics */
    bool newest_is_last;    /* in such a visit: there is no frame behind the newest one */
    bool is_rescan;         /* the session visits a file again that was read to its end before */
    bool was_read_to_end;   /* the file that the session, or the one before, reads */
    bool reads_ahead;       /* the next frame shows whether its capture's others need tshark */
    frame_notes *notes;     /* NULL when nothing but the measures is wanted */
    bool listens_for_all;   /* the listener that makes tshark -q dissect is there */
    bool listens_as_helper; /* the one that only makes taps active */
} plugin;

static void
report(GError *error)
{
    report_failure("%s", error->message);
    g_error_free(error);
    host_fail_at_exit();
}

static void
report_session_error(void)
{
    GError *error = capture_run_take_error(plugin.run);
    if (error)
        report(error);
}

static void
listen(bool *done, const char *tap, guint flags, tap_draw_cb draw)
{
    if (*done)
        return;
    GString *problem = register_tap_listener(tap, done, NULL, flags, NULL, NULL, draw, NULL);
    if (problem) {
        report_failure("cicflow: cannot listen to packets: %s", problem->str);
        g_string_free(problem, TRUE);
        return;
    }
    *done = true;
}

/* A frame that is certain to stay. */
static void
add_frame(const frame_facts *facts)
{
    if (plugin.feed) {
        run_thread_add(plugin.feed, facts);
        return;
    }
    capture_run_add(plugin.run, facts);
    report_session_error();
}

/* A packet that tshark never sees. */
static void
take_unseen(const observation *packet)
{
    add_frame(&(frame_facts){.fate = FRAME_USED, .packet = *packet});
}

static void
take_plain(const observation *packet)
{
    observer_note_plain(plugin.observer, packet);
}

/* Trees are made with the fields that notes are taken from. */
static void
set_note_taker(frame_notes *taker)
{
    frame_notes_free(plugin.notes);
    plugin.notes = taker;
    set_postdissector_wanted_hfids(plugin.post_dissector, frame_notes_fields(taker));
}

/* Whether the newest frame is known to have been kept by a first pass. */
static bool
newest_stayed(void)
{
    return plugin.epan && plugin.newest_frame > 1 && compat_frame_exists(plugin.epan, plugin.newest_frame);
}

static void
finish_session(bool is_final)
{
    if (!plugin.run)
        return;
    g_clear_pointer(&plugin.feed, run_thread_free);
    capture_run_finish(plugin.run, is_final, newest_stayed());
    report_session_error();
}

static void
complete_session(void)
{
    if (!plugin.run)
        return;
    capture_run_complete(plugin.run);
    report_session_error();
}

/* tshark draws statistics after its last frame, and not when a signal ended the reading. */
static void
end_before_drawing(void)
{
    if (!plugin.reads_once)
        return;
    plugin.is_read_to_end = true;
    finish_session(true);
}

/* Wireshark visits all frames of a file anew after a change of preferences, and announces no end of that. The user may
 * stop it before. */
static void
end_rescan(void)
{
    if (!plugin.is_rescan || !plugin.was_read_to_end || !plugin.newest_is_last)
        return;
    finish_session(true);
    complete_session();
}

/* In Wireshark drawing is a matter of time, it may also happen in the middle. */
static void
draw(void *unused)
{
    (void)unused;
    if (plugin.reads_once)
        plugin.is_read_to_end = true;
    else if (plugin.run)
        end_rescan();
}

/* A path among the saved preferences names the same file in every run. Where each run is for one capture, a later one
 * must not replace what an earlier one has written there. */
static bool
is_written_already(const char *preference, const char *path)
{
    struct stat file;

    if (!path || stat(path, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size == 0 || host_was_given(preference))
        return false;
    report(g_error_new(
        G_FILE_ERROR, G_FILE_ERROR_EXIST,
        "%s: %s, from the saved preferences, holds the output of an earlier run; give a path with -o %s:PATH",
        preference, path, preference));
    return true;
}

static bool
has_outputs_of_earlier_runs(void)
{
    const run_settings *settings = &plugin.settings;
    return plugin.reads_once &&
           (is_written_already("cicflow.csv", settings->csv) || is_written_already("cicflow.jsonl", settings->jsonl) ||
            is_written_already("cicflow.parquet", settings->parquet) ||
            is_written_already("cicflow.stats", settings->stats) ||
            is_written_already("cicflow.progress", settings->progress));
}

/* The settings of the session that begins, with the rules that its frames are decided on by. */
static bool
read_settings(void)
{
    GError *error = NULL;
    option_texts texts = preferences_texts(&plugin.values);
    char *input = host_input();

    if (!*texts.capture && input)
        texts.capture = input;
    run_settings_clear(&plugin.settings);
    g_clear_pointer(&plugin.rules, packet_rules_free);
    bool ok = run_settings_init(&plugin.settings, &texts, &error) &&
              packet_rules_init(&plugin.rules, plugin.settings.filter, plugin.settings.labels, texts.label, &error);
    g_free(input);
    if (!ok)
        report(error);
    return ok;
}

static void
begin_session(void)
{
    set_note_taker(NULL);
    plugin.reads_once = host_reads_once();
    plugin.has_frames = false;
    plugin.is_read_to_end = false;
    plugin.is_rescan = false;
    if (!proto_is_protocol_enabled(find_protocol_by_id(plugin.protocol)))
        return;
    /* Active taps tell a single pass from the first of two; without any listener they would never be active. */
    listen(&plugin.listens_as_helper, PROTOCOL_FILTER_NAME, TL_IS_DISSECTOR_HELPER, draw);
    if (plugin.out && !plugin.reads_once) {
        outputs_close(plugin.out, NULL);
        plugin.out = NULL;
    }
    if (!plugin.out) {
        if (!read_settings())
            return;
        if (has_outputs_of_earlier_runs())
            return;
        bool is_live = plugin.reads_once && !host_reads_file();
        plugin.out = outputs_new(&plugin.settings, is_live ? OUTPUT_GROWING : OUTPUT_WHOLE);
    }
    record_view_init(&plugin.tapped.view, &plugin.settings.layout);
    plugin.run = capture_run_new(&plugin.settings, packet_rules_labels(plugin.rules), plugin.out);
    if (!plugin.reads_once && plugin.values.tree)
        capture_run_keep_index(plugin.run);
    flow_stats_begin(plugin.stats);
    capture_run_on_record(plugin.run, flow_stats_take, plugin.stats);
    observer_begin(plugin.observer, plugin.settings.tunnel);
    set_note_taker(frame_notes_new(&plugin.settings, plugin.rules));
    bool can_be_fast = plugin.settings.fast && frame_notes_can_be_fast(plugin.notes);
    plugin.reads_ahead = can_be_fast && host_wants_records_only();
    if (can_be_fast && plugin.reads_once)
        fast_path_begin(plugin.settings.dialect->rules, take_plain);
}

/* The first of two passes of tshark ends like this also when a signal ended it. */
static void
end_sequence(void)
{
    plugin.was_read_to_end = true;
    finish_session(false);
    if (!plugin.reads_once)
        complete_session();
}

static void
report_partial(void)
{
    char *names = outputs_partial(plugin.out);
    if (names)
        report(g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED,
                           "cicflow: the capture was not read to its end; the records so far are in %s", names));
    g_free(names);
}

static void
end_session(void)
{
    if (!plugin.run)
        return;
    finish_session(true);
    bool was_visited = plugin.has_frames && plugin.was_read_to_end && (!plugin.is_rescan || plugin.newest_is_last);
    if (plugin.reads_once ? plugin.is_read_to_end : was_visited)
        complete_session();
    else if (plugin.reads_once)
        report_partial();
    g_clear_pointer(&plugin.run, capture_run_free);
    observer_end(plugin.observer);
    fast_path_end();
    frame_reader_end();
}

/* The frames of a file that is read lie ahead; those of one that is visited anew are there, or were shown already. */
static void
note_frame(packet_info *pinfo)
{
    plugin.epan = pinfo->epan;
    plugin.newest_frame = pinfo->num;
    if (plugin.reads_once)
        return;
    plugin.newest_is_last = !compat_frame_exists(pinfo->epan, pinfo->num + 1);
    if (plugin.has_frames)
        return;
    plugin.has_frames = true;
    plugin.is_rescan = !plugin.newest_is_last || compat_was_read(pinfo);
    if (!plugin.is_rescan)
        plugin.was_read_to_end = false;
}

static void
take_notes(packet_info *pinfo, proto_tree *tree, frame_facts *facts)
{
    GError *error = NULL;

    if (plugin.notes && !frame_notes_take(plugin.notes, pinfo, tree, facts, &error))
        report(error);
}

/* A frame that is seen for the first time, in the only pass or in the first of two. */
static void
take_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool is_only_pass)
{
    frame_facts facts = observer_take(plugin.observer, pinfo);

    raw_observe(plugin.settings.dialect->rules, tvb, pinfo, &facts);
    take_notes(pinfo, tree, &facts);
    facts.packet.frame += frame_reader_taken();
    note_frame(pinfo);
    if (is_only_pass) {
        add_frame(&facts);
        return;
    }
    if (plugin.values.tree || flow_stats_are_requested(plugin.stats))
        capture_run_keep_index(plugin.run);
    capture_run_add_later(plugin.run, &facts);
}

/* After the first frame, from the others if they are needed for nothing else. Where reading may wait, records may not
 * wait for further frames. */
static void
read_ahead(packet_info *pinfo, bool may)
{
    bool waits;

    if (plugin.reads_ahead && may && frame_reader_begin(pinfo, take_unseen, &waits) && !waits &&
        plugin.settings.threads > 1)
        plugin.feed = run_thread_new(plugin.run);
    plugin.reads_ahead = false;
}

/* While frames are visited anew none is visited a third time. */
static void
revisit(void)
{
    if (!plugin.reads_once)
        end_rescan();
    capture_run_revisit(plugin.run);
    if (!plugin.reads_once && plugin.was_read_to_end)
        complete_session();
}

static int
post_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    flow_tap_data *tapped = &plugin.tapped;

    (void)data;
    if (!plugin.run)
        return 0;
    if (plugin.feed) {
        take_frame(tvb, pinfo, tree, true);
        return (int)tvb_captured_length(tvb);
    }
    /* In the first of two passes the taps are not active: what was queued cannot be fetched. */
    tap_queue_packet(plugin.tap, pinfo, tapped);
    bool is_first_visit = !PINFO_FD_VISITED(pinfo) && !capture_run_is_finished(plugin.run);
    bool is_only_pass = fetch_tapped_data(plugin.tap, 0) != NULL;
    bool shows_completed = tree && is_first_visit && is_only_pass && plugin.reads_once;

    capture_run_collect_ended(plugin.run, shows_completed);
    if (is_first_visit)
        take_frame(tvb, pinfo, tree, is_only_pass);
    else
        revisit();
    read_ahead(pinfo, is_only_pass && !tree && !pinfo->cinfo);
    report_session_error();
    tapped->is_flow_packet = capture_run_find(plugin.run, pinfo->num, &tapped->place);
    if (tree && plugin.values.tree)
        flow_tree_add(plugin.tree, tree, tvb, pinfo, tapped->is_flow_packet ? &tapped->place : NULL,
                      shows_completed ? capture_run_ended(plugin.run) : NULL, &tapped->view);
    return (int)tvb_captured_length(tvb);
}

/* When a preference changes, Wireshark decides whether to make trees before the session begins that wants them. */
static void
announce_fields(void)
{
    run_settings settings;
    packet_rules *rules = NULL;
    option_texts texts = preferences_texts(&plugin.values);

    if (host_reads_once())
        return;
    if (run_settings_init(&settings, &texts, NULL) &&
        packet_rules_init(&rules, settings.filter, settings.labels, texts.label, NULL)) {
        frame_notes *taker = frame_notes_new(&settings, rules);
        set_postdissector_wanted_hfids(plugin.post_dissector, frame_notes_fields(taker));
        frame_notes_free(taker);
    }
    packet_rules_free(rules);
    run_settings_clear(&settings);
}

static void
apply_preferences(void)
{
    announce_fields();
    option_texts texts = preferences_texts(&plugin.values);
    if (option_texts_want_output(&texts))
        listen(&plugin.listens_for_all, "frame", 0, NULL);
}

static void
visit(guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    if (plugin.run && !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
        observer_visit(plugin.observer, protocol, tvb, pinfo, ip);
}

void
proto_register_cicflow(void)
{
    plugin.protocol = proto_register_protocol(PROTOCOL_NAME, PROTOCOL_SHORT_NAME, PROTOCOL_FILTER_NAME);
    preferences_register(prefs_register_protocol(plugin.protocol, apply_preferences), &plugin.values);
    plugin.tree = flow_tree_register(plugin.protocol);
    plugin.tap = register_tap(FLOW_TAP_NAME);
    plugin.stats = flow_stats_register(end_before_drawing);
    plugin.source = (export_source){.run = &plugin.run, .layout = &plugin.settings.layout};
    export_register(&plugin.source);
    table_window_register();
    plugin.post_dissector = register_dissector(PROTOCOL_FILTER_NAME, post_dissect, plugin.protocol);
    register_postdissector(plugin.post_dissector);
    transport_hooks_register(plugin.protocol, visit);
    vlan_tags_register(plugin.protocol);
    fast_path_register(plugin.protocol);
    register_init_routine(begin_session);
    register_cleanup_routine(end_session);
    register_postseq_cleanup_routine(end_sequence);
}

void
proto_reg_handoff_cicflow(void)
{
    plugin.observer = observer_new();
    distribution_register();
    transport_hooks_install();
}
