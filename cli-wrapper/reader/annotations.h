/*
 * annotations.h - a copy of a capture in which each packet has the number and the label of its flow as comments.
 *
 * A flow's label is known only when the flow has ended, so the capture is read a second time and has to be a file. For
 * a fragmented datagram the frame that completes it gets the comments. Memory: 4 bytes a frame and 8 a flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "capture.h"
#include "run/capture_run.h"

struct annotations;

/* Lives as long as the process, which reads one capture. */
struct annotations *annotations_new(void);

/* Notes the flow of the frame that the run took last; number is the frame's, and frames come in order. */
void annotations_note_frame(struct annotations *annotations, const capture_run *run, guint32 number);
/* Notes that a flow has ended. label is used when the flow has none of its own; NULL: no label. */
void annotations_note_flow(struct annotations *annotations, const flow *ended, const char *label);

/* Copies the frames that were noted to the descriptor, as pcapng. The capture must have been read that far, so that its
 * interfaces are known. */
gboolean annotations_write(const struct annotations *annotations, const struct capture *capture, const char *path,
                           int fd, GError **error);
