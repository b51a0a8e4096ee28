/*
 * job.h - the reading of one input by a reader process: where its records go, and how it ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "output/output_file.h"
#include "run.h"

enum job_outcome {
    JOB_PENDING,
    JOB_DONE,
    JOB_INCOMPLETE, /* what could be read was written; the rest is lost */
    JOB_FAILED,     /* nothing of it may be kept */
    JOB_WRONG       /* a value was refused before anything was read */
};

struct job {
    const struct run *run;
    guint number; /* of the reader, and of the input */
    const struct input *input;
    output_file *files[OPTIONS_OUTPUTS]; /* as options_outputs; NULL: not wanted, or sent to the server */

    enum job_outcome outcome;
    char *problem;       /* one line, NULL when done */
    gboolean is_general; /* every other input would have the same problem */
    guint64 dropped;
    struct overview_news news; /* owned */

    GMutex lock; /* guards the rest, which other threads use while the job runs */
    gboolean is_running, is_ending, is_stopped, has_ended;
    guint64 packets, records;
};

struct job *job_new(const struct run *run, guint number, const struct input *input);

/* Reads the whole input; blocks. */
void job_run(struct job *job);

/* The job failed after all. Takes the error over. */
void job_fail(struct job *job, GError *error);

/* Whether there may be records of it. */
gboolean job_is_kept(const struct job *job);

/* The records have reached their outputs: adds what the job has for the overview. */
void job_tell_overview(struct job *job);

/* From any thread: stops a live capture or standard input, and the job keeps what it has. With a file, or when called
 * again, the job is ended at once and has failed. */
void job_stop(struct job *job);

struct job_state {
    gboolean is_running, has_ended;
    guint64 packets, records; /* so far */
    gint64 position;          /* bytes read so far */
};

/* From any thread. */
struct job_state job_state(struct job *job);

void job_free(struct job *job);
