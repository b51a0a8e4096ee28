/*
 * comment_labels.h - labels that packet comments in a capture give.
 *
 * The first line of a packet's comments that begins with "label: " has the label after that. cicflowmeter --annotate
 * writes such comments, and one with the flow's number.
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

/* The label in the comments of a record (NULL: there is none), fit to be written anywhere; it lives as long as the
 * labels. NULL: there is none. */
const char *comment_labels_of(comment_labels *labels, const wtap_rec *record);

#endif
