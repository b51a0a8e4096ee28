/*
 * capture_counts.h - counts of what became of the frames and flows of a capture, written as a JSON object.
 *
 * Every frame read is counted once: as used, or as skipped for one reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "../flow/capture_health.h"
#include "../flow/feature.h"
#include "../flow/flow_table.h"
#include "../flow/frame_fate.h"
#include "label_balance.h"

enum { PROTOCOL_NUMBERS = 256 };

/* Statistics of labelling: rules, or rows of a table of ground truth, and the flows that match them. */
typedef struct {
    uint64_t rows, unmatched_rows;
    uint64_t conflicting_flows; /* flows that match rows with different labels */
} label_use;

typedef struct {
    uint64_t frames[FRAME_FATES];
    uint64_t flows_by_protocol[PROTOCOL_NUMBERS];
    uint64_t records;
    uint64_t incomplete_datagrams;  /* datagrams with missing pieces: counted without them, or skipped */
    uint64_t datagrams_ended_early; /* those of them that ended for lack of room */
    label_balance *labels;          /* NULL: flows are not labelled by rules */
    label_use label_use;
    const capture_health_counts *health;
} capture_counts;

/* The name of a fate in the statistics: "used", "no_ip", ... */
const char *frame_fate_name(frame_fate fate);

/* Writes the counts as a JSON object and a newline to the file, which appears when it is complete; "-" is standard
 * output. No partial file remains after an error. */
gboolean capture_counts_write(const char *path, const capture_counts *counts, const flow_counts *flows, GError **error);
