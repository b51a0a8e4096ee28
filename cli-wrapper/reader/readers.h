/*
 * readers.h - the reader processes, one for each capture, and the process that they are forked from.
 *
 * A dissector that crashes, or runs out of memory, takes its own capture with it and no other. The process that readers
 * are forked from has a single thread and has initialised wiretap, and epan once a capture has needed it, so a further
 * reader costs a fork. It is itself forked before the command has threads.
 *
 * A reader sends its result through a pipe (struct reader_result and what follows it); when it has exited, its status
 * is added as the last message. Numbers for the progress line are in shared memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "options.h"

/* The descriptors given to a reader; -1: not needed. */
enum reader_fd {
    READER_MESSAGES,  /* a pipe's end for its messages */
    READER_PLOT,      /* for the values of --plot */
    READER_ANNOTATED, /* for the capture of --annotate */
    READER_OUTPUTS,   /* for its records: one of each of options_outputs, from here on */
    READER_LAST_OUTPUT = READER_OUTPUTS + OPTIONS_OUTPUTS - 1,
    READER_FDS
};

/* The limits on reading one capture (limits.h). */
enum reader_limit { LIMIT_NONE, LIMIT_FRAME_TIME, LIMIT_MEMORY };

/* Shared by the reader and the command; written by the reader alone. */
struct reader_numbers {
    guint64 packets, records;
    gint64 position;   /* bytes read */
    guint64 dissected; /* the frame being dissected; 0: none */
    guint32 limit;     /* enum reader_limit: why that frame was given up */
};

/* In shared memory of the readers and the process they are forked from, so that what one reader finds out saves others
 * time. */
struct reader_shared {
    gint needs_epan; /* atomic */
};

struct reader_task {
    guint number;
    int fds[READER_FDS];
    struct reader_numbers *numbers;
    struct reader_shared *shared;
};

/* The functions that run in the new processes. */
struct reader_work {
    void (*prepare)(gpointer data, struct reader_shared *shared); /* before each fork, in the process forked from */
    void (*read)(gpointer data, const struct reader_task *task);  /* in a reader, which ends with it */
    gpointer data;
};

struct readers;

/* Prepares for that many readers, numbered from 0. To be called before there are threads. */
struct readers *readers_new(const struct reader_work *work, guint count, GError **error);

/* Starts a reader; the descriptors are copied. From any thread. */
gboolean readers_start(struct readers *readers, guint number, const int fds[READER_FDS], GError **error);

/* Sends a signal to a reader that is still running. From any thread. */
void readers_signal(struct readers *readers, guint number, int signal);

const struct reader_numbers *readers_numbers(const struct readers *readers, guint number);

/* Ends all that still run. */
void readers_free(struct readers *readers);
