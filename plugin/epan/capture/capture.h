/*
 * capture.h - the capture that the program has open: turns epan's callbacks into the events of run/reading.h and
 * dissected frames into the frame facts of run/capture_run.h.
 *
 * What flows in: epan's routines (init, post-dissector, tap, cleanup) and the preferences. What flows out: facts of
 * frames to the run, fields to the tree, records to listeners of the tap. There is one instance for the life of the
 * program; it owns the settings, rules, outputs and run of the open capture, and borrows what was registered.
 *
 * Flow state changes only when a frame is seen for the first time; showing a frame again never does. A run lives from
 * epan's init routine to its cleanup routine, where the flows still open are ended: every program calls it once for
 * each capture. Which kind of reading this is, and all measuring, is decided elsewhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../preferences.h"
#include "../show/export.h"
#include "../show/flow_stats.h"
#include "../show/tree.h"

typedef struct capture capture;

/* What was registered with Wireshark; borrowed. */
typedef struct {
    int protocol, tap;
    dissector_handle_t post_dissector;
    const preference_values *values;
    flow_tree *tree;
    flow_stats *stats;
} capture_parts;

capture *capture_new(const capture_parts *parts);

/* To be called once all protocols are registered. */
void capture_install(capture *c);

/* The preferences have changed; a capture that is already open keeps the ones it started with. */
void capture_apply_preferences(capture *c);

/* Called by the init routine, at the end of a sequence of frames, when statistics are drawn, and by the cleanup
 * routine. */
void capture_begin(capture *c);
void capture_end_sequence(capture *c);
void capture_draw(capture *c);
void capture_end(capture *c);

/* A protocol on top of IP is about to be dissected. */
void capture_visit(capture *c, guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip);

/* The post-dissector. */
int capture_frame(capture *c, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* The records of the capture that is open, for menus. */
const export_source *capture_records(const capture *c);
