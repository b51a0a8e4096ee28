/*
 * capture_counts.h - what became of the frames and flows of a capture, and that as one JSON object.
 *
 * Every frame read is counted once: as used, or as skipped for one reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CAPTURE_COUNTS_H
#define CICFLOW_CAPTURE_COUNTS_H

#include <glib.h>

#include "../flow/capture_health.h"
#include "../flow/feature.h"
#include "../flow/flow_table.h"
#include "../flow/frame_fate.h"
#include "label_balance.h"

enum { PROTOCOL_NUMBERS = 256 };

/* What the rows of the file of labels, its rules or those of a table, and the flows say of each other. */
typedef struct {
    uint64_t rows, unmatched_rows;
    uint64_t conflicting_flows; /* match rows of a table with different labels */
} label_use;

typedef struct {
    uint64_t frames[FRAME_FATES];
    uint64_t flows_by_protocol[PROTOCOL_NUMBERS];
    uint64_t records;
    uint64_t incomplete_datagrams;  /* of which pieces are missing: counted without, or skipped */
    uint64_t datagrams_ended_early; /* of these, for lack of room to wait */
    label_balance *labels;          /* NULL when flows get no labels by rules */
    label_use label_use;
    const capture_health_counts *health;
} capture_counts;

/* Name of a fate as the statistics have it: "used", "no_ip", ... */
const char *frame_fate_name(frame_fate fate);

/* Writes the counts as a JSON object and a line end to the file, which appears when it is complete; "-" is standard
 * output. No partial file is left after an error. */
gboolean capture_counts_write(const char *path, const capture_counts *counts, const flow_counts *flows, GError **error);

#endif
