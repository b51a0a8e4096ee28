/*
 * comment_labels.h - flow labels taken from packet comments.
 *
 * The label is the text after "label: " on the first comment line that begins with it. cicflowmeter --annotate writes
 * such comments, and one with the flow's number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_COMMENT_LABELS_H
#define CICFLOW_COMMENT_LABELS_H

#include "../compat.h"

#define COMMENT_LABEL "label: "
#define COMMENT_FLOW "flow: "

typedef struct comment_labels comment_labels;

comment_labels *comment_labels_new(void);
void comment_labels_free(comment_labels *labels);

/* The label in a record's comments, made safe for all outputs; owned by `labels`. NULL if there is none. */
const char *comment_labels_of(comment_labels *labels, const wtap_rec *record);

#endif
