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
#include <wsutil/report_message.h>

#include "epan/fast_path.h"
#include "epan/host.h"
#include "epan/observer.h"
#include "epan/options.h"
#include "epan/raw_observer.h"
#include "epan/session.h"
#include "epan/transport_hooks.h"

#define PROTOCOL_NAME "CIC Flow Features"
#define PROTOCOL_SHORT_NAME "CIC Flow"
#define PROTOCOL_FILTER_NAME "cicflow"

static struct {
    int protocol;
    int tap;
    dissector_handle_t post_dissector;
    option_texts texts;
    run_settings settings; /* of the current session */
    outputs *out;
    session *run; /* NULL while no capture is open, or with a preference that is wrong */
    observer *watch;
    bool listens_for_all;   /* the listener that makes tshark -q dissect is there */
    bool listens_as_helper; /* the one that only makes taps active */
} plugin;

/* What taps hand to listeners; listeners of ours need no more than being called. */
static const char tap_marker[] = PROTOCOL_FILTER_NAME;

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
    GError *error = session_take_error(plugin.run);
    if (error)
        report(error);
}

static void
listen(bool *done, const char *tap, guint flags)
{
    if (*done)
        return;
    GString *problem = register_tap_listener(tap, done, NULL, flags, NULL, NULL, NULL, NULL);
    if (problem) {
        report_failure("cicflow: cannot listen to packets: %s", problem->str);
        g_string_free(problem, TRUE);
        return;
    }
    *done = true;
}

static void
take_plain(const observation *packet)
{
    observer_note_plain(plugin.watch, packet);
}

static void
begin_session(void)
{
    GError *error = NULL;

    if (!proto_is_protocol_enabled(find_protocol_by_id(plugin.protocol)))
        return;
    /* Active taps tell a single pass from the first of two; without any listener they would never be active. */
    listen(&plugin.listens_as_helper, PROTOCOL_FILTER_NAME, TL_IS_DISSECTOR_HELPER);
    if (plugin.out && !host_reads_once()) {
        outputs_close(plugin.out, NULL);
        plugin.out = NULL;
    }
    if (!plugin.out) {
        run_settings_clear(&plugin.settings);
        if (!run_settings_init(&plugin.settings, &plugin.texts, &error)) {
            report(error);
            return;
        }
        plugin.out = outputs_new(&plugin.settings);
    }
    plugin.run = session_new(&plugin.settings, plugin.out);
    observer_begin(plugin.watch, plugin.settings.tunnel);
    if (plugin.settings.fast && host_reads_once())
        fast_path_begin(plugin.settings.dialect->rules->decode ? NULL : take_plain);
}

static void
finish_session(bool is_final)
{
    if (!plugin.run)
        return;
    session_finish(plugin.run, is_final);
    report_session_error();
}

static void
end_sequence(void)
{
    finish_session(false);
}

static void
end_session(void)
{
    finish_session(true);
    session_free(plugin.run);
    plugin.run = NULL;
    fast_path_end();
}

/* In the first of two passes the taps are not active: what was queued cannot be fetched. */
static bool
taps_are_active(packet_info *pinfo)
{
    tap_queue_packet(plugin.tap, pinfo, tap_marker);
    return fetch_tapped_data(plugin.tap, 0) != NULL;
}

static int
post_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    (void)tree;
    (void)data;
    if (!plugin.run)
        return 0;
    if (PINFO_FD_VISITED(pinfo)) {
        session_revisit(plugin.run);
    } else {
        frame_facts facts = observer_take(plugin.watch, pinfo);
        raw_observe(plugin.settings.dialect->rules, tvb, pinfo, &facts);
        if (taps_are_active(pinfo))
            session_add(plugin.run, &facts);
        else
            session_add_later(plugin.run, &facts, pinfo->epan);
    }
    report_session_error();
    return (int)tvb_captured_length(tvb);
}

static void
apply_preferences(void)
{
    if (options_want_output(&plugin.texts))
        listen(&plugin.listens_for_all, "frame", 0);
}

static void
visit(guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    if (plugin.run && ip && !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
        observer_visit(plugin.watch, protocol, tvb, pinfo, ip);
}

void
proto_register_cicflow(void)
{
    plugin.protocol = proto_register_protocol(PROTOCOL_NAME, PROTOCOL_SHORT_NAME, PROTOCOL_FILTER_NAME);
    options_register(prefs_register_protocol(plugin.protocol, apply_preferences), &plugin.texts);
    plugin.tap = register_tap(PROTOCOL_FILTER_NAME);
    plugin.post_dissector = register_dissector(PROTOCOL_FILTER_NAME, post_dissect, plugin.protocol);
    register_postdissector(plugin.post_dissector);
    transport_hooks_register(plugin.protocol, visit);
    fast_path_register(plugin.protocol);
    register_init_routine(begin_session);
    register_cleanup_routine(end_session);
    register_postseq_cleanup_routine(end_sequence);
}

void
proto_reg_handoff_cicflow(void)
{
    plugin.watch = observer_new();
    transport_hooks_install();
}
