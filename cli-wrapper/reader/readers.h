/*
 * readers.h - the processes that read captures, one for each, and the one that they are forked from.
 *
 * A dissector that crashes, or runs out of memory, takes its own capture with it and no other. The process that readers
 * are forked from has a single thread and has initialised wiretap, and epan once a capture has needed it, so a further
 * reader costs a fork. It is itself forked before the command has threads.
 *
 * A reader has a pipe to say how it ended (struct reader_result and what follows it); when it is gone, the last message
 * in the pipe is how. Numbers for the progress line are in memory that all share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_READERS_H
#define CICFLOWMETER_READERS_H

#include <glib.h>

#include "options.h"

/* What a reader is given; those that it has no use for are -1. */
enum reader_fd {
    READER_MESSAGES,  /* a pipe's end for its messages */
    READER_PLOT,      /* for the values of --plot */
    READER_ANNOTATED, /* for the capture of --annotate */
    READER_OUTPUTS,   /* for its records: one of each of options_outputs, from here on */
    READER_LAST_OUTPUT = READER_OUTPUTS + OPTIONS_OUTPUTS - 1,
    READER_FDS
};

/* Of what one capture may take of the machine. */
enum reader_limit { LIMIT_NONE, LIMIT_FRAME_TIME, LIMIT_MEMORY };

/* Shared by the reader and the command; written by the reader alone. */
struct reader_numbers {
    guint64 packets, records;
    gint64 position;   /* bytes read */
    guint64 dissected; /* the frame being dissected; 0: none */
    guint32 limit;     /* enum reader_limit: why that frame was given up */
};

/* In the process that readers are forked from: shared by all, so that what one finds out spares others the time. */
struct reader_shared {
    gint needs_epan; /* atomic */
};

struct reader_task {
    guint number;
    int fds[READER_FDS];
    struct reader_numbers *numbers;
    struct reader_shared *shared;
};

/* What runs in the new processes. */
struct reader_work {
    void (*prepare)(gpointer data, struct reader_shared *shared); /* before each fork, in the process forked from */
    void (*read)(gpointer data, const struct reader_task *task);  /* in a reader, which ends with it */
    gpointer data;
};

struct readers;

/* Room for that many readers, numbered from 0. To be called before there are threads. */
struct readers *readers_new(const struct reader_work *work, guint count, GError **error);

/* Starts a reader; the descriptors are copied. From any thread. */
gboolean readers_start(struct readers *readers, guint number, const int fds[READER_FDS], GError **error);

/* Sends a reader that is not gone a signal. From any thread. */
void readers_signal(struct readers *readers, guint number, int signal);

const struct reader_numbers *readers_numbers(const struct readers *readers, guint number);

/* Ends all that still run. */
void readers_free(struct readers *readers);

#endif
