/*
 * plugin.c - registration: protocol, preferences, hooks into epan; and the one place with global state.
 *
 * What the hooks do is in epan/capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "epan/compat.h"

#include <epan/prefs.h>
#include <epan/proto.h>
#include <epan/tap.h>

#include "epan/capture/capture.h"
#include "epan/observe/fast_path.h"
#include "epan/observe/transport_hooks.h"
#include "epan/observe/vlan_tags.h"
#include "epan/preferences.h"
#include "epan/show/conversations.h"
#include "epan/show/distribution.h"
#include "epan/show/export.h"
#include "epan/show/flow_stats.h"
#include "epan/show/flow_tap.h"
#include "epan/show/table_window.h"
#include "epan/show/tree.h"

#define PROTOCOL_NAME "CIC Flow Features"
#define PROTOCOL_SHORT_NAME "CIC Flow"
#define PROTOCOL_FILTER_NAME "cicflow"

static struct {
    preference_values values;
    capture *capture;
} plugin;

static void
begin(void)
{
    capture_begin(plugin.capture);
}

static void
end(void)
{
    capture_end(plugin.capture);
}

static void
end_sequence(void)
{
    capture_end_sequence(plugin.capture);
}

static void
draw(void)
{
    capture_draw(plugin.capture);
}

static void
apply_preferences(void)
{
    capture_apply_preferences(plugin.capture);
}

static void
visit(guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    capture_visit(plugin.capture, protocol, tvb, pinfo, ip);
}

static int
post_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data G_GNUC_UNUSED)
{
    return capture_frame(plugin.capture, tvb, pinfo, tree);
}

void
proto_register_cicflow(void)
{
    int protocol = proto_register_protocol(PROTOCOL_NAME, PROTOCOL_SHORT_NAME, PROTOCOL_FILTER_NAME);

    preferences_register(prefs_register_protocol(protocol, apply_preferences), &plugin.values);
    capture_parts parts = {
        .protocol = protocol,
        .tap = register_tap(FLOW_TAP_NAME),
        .post_dissector = register_dissector(PROTOCOL_FILTER_NAME, post_dissect, protocol),
        .values = &plugin.values,
        .tree = flow_tree_register(protocol),
        .stats = flow_stats_register(draw),
    };
    plugin.capture = capture_new(&parts);
    export_register(capture_records(plugin.capture));
    conversations_register(protocol);
    table_window_register();
    register_postdissector(parts.post_dissector);
    transport_hooks_register(protocol, visit);
    vlan_tags_register(protocol);
    fast_path_register(protocol);
    register_init_routine(begin);
    register_cleanup_routine(end);
    register_postseq_cleanup_routine(end_sequence);
}

void
proto_reg_handoff_cicflow(void)
{
    capture_install(plugin.capture);
    distribution_register(draw);
    transport_hooks_install();
}
