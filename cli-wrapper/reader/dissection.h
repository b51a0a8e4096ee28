/*
 * dissection.h - dissects frames with epan, as tshark would, and observes the packets in them.
 *
 * epan is started once in a process, at the latest for the first frame that needs it; processes forked later inherit
 * it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "capture.h"
#include "epan/observe/plain_decoder.h"
#include "options.h"
#include "run/frame.h"
#include "run/label_file.h"
#include "run/settings.h"

/* Starts epan with the user's settings and what the options say of protocols, preferences and Decode As. Later calls
 * return the result of the first. */
gboolean dissection_start(const struct options *options, GError **error);

struct dissection;

/* The dissection of one capture, for which the definitions among the settings are looked up; everything is borrowed and
 * must outlive it. NULL when a filter or a labelling rule is wrong. */
struct dissection *dissection_new(run_settings *settings, const char *default_label, GError **error);
void dissection_free(struct dissection *dissection);

/* The labels that rules can give to flows; NULL: none. */
const label_names *dissection_labels(const struct dissection *dissection);

/* Whether every frame has to be dissected, for a filter, a label or a column. */
gboolean dissection_wants_all(const struct dissection *dissection);

/* Dissects a record, whose frame has that number. The record, and what the facts point to, are in use until
 * dissection_forget(), which must be called before the next frame. By one thread at a time. */
frame_facts dissection_take(struct dissection *dissection, struct capture_record *record, guint64 number);
void dissection_forget(struct dissection *dissection);

/* The filter name of the protocol that is being dissected right now; NULL: not known. From any thread. */
const char *dissection_protocol(const struct dissection *dissection);
