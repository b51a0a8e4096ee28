/*
 * annotations.h - a capture written anew, with the number and the label of its flow as comments of each packet.
 *
 * A label is known when its flow has ended, so the capture is read again for that: it has to be a file. Of a datagram
 * that came in fragments the frame that completes it is the packet. What is remembered are 4 bytes a frame and 8 a
 * flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_ANNOTATIONS_H
#define CICFLOWMETER_ANNOTATIONS_H

#include "capture.h"
#include "run/capture_run.h"

struct annotations;

struct annotations *annotations_new(void);
void annotations_free(struct annotations *annotations);

/* The frame of that number, the next in order, was the last that the run took. */
void annotations_note_frame(struct annotations *annotations, const capture_run *run, guint32 number);
/* A flow has ended, with a label of its own or this one; NULL: none. */
void annotations_note_flow(struct annotations *annotations, const flow *ended, const char *label);

/* Writes as many of the capture's records as frames were noted to the descriptor, as pcapng. The capture has been read
 * to there, and knows its interfaces. */
gboolean annotations_write(const struct annotations *annotations, const struct capture *capture, const char *path,
                           int fd, GError **error);

#endif
