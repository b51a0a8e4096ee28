/*
 * comment_labels.h - flow labels taken from packet comments.
 *
 * The label is the text after "label: " on the first comment line that begins with it. cicflowmeter --annotate writes
 * such comments, and one with the flow's number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../compat.h"

#define COMMENT_LABEL "label: "
#define COMMENT_FLOW "flow: "

/* Longer labels are cut. */
enum { COMMENT_LABEL_BYTES = 1024 };

/* The label in a record's comments, made safe for all outputs; owned by `labels`, which has each label once. NULL if
 * there is none. */
const char *comment_label(GStringChunk *labels, const wtap_rec *record);
