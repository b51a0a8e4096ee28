/*
 * job.h - one input on its way through tshark: its records to a sink, its messages to the report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_JOB_H
#define CICFLOWMETER_JOB_H

#include "child.h"
#include "feed.h"
#include "run.h"
#include "sink.h"

enum job_outcome {
    JOB_PENDING,
    JOB_DONE,
    JOB_INCOMPLETE, /* what could be read was written; the rest is lost */
    JOB_FAILED,     /* nothing of it may be kept */
    JOB_WRONG       /* a value was refused before anything was read */
};

struct job {
    const struct run *run;
    guint number;     /* unique in the run */
    const char *name; /* of the input, for messages */
    const char *path; /* what tshark reads; "-": standard input */
    gboolean is_one_of_several;
    char *progress;    /* file that tells the numbers so far, NULL: nobody asks; the job's */
    struct feed *feed; /* what flows into that; NULL: nothing of ours; the job's */
    struct sink *sink; /* borrowed */

    enum job_outcome outcome;
    char *problem;       /* one line, NULL when done */
    gboolean is_general; /* the problem is none of this input's: every other would have it */
    gsize header_bytes;  /* of the CSV header written to the sink */

    GMutex lock; /* guards the rest, which other threads use while the job runs */
    GPid pid;    /* tshark; CHILD_NONE before and after */
    gboolean is_ending, is_stopped, has_ended;
    guint64 packets, records;
};

struct job *job_new(const struct run *run, guint number, const char *name, const char *path);

/* Reads the whole input; blocks. */
void job_run(struct job *job);

/* From any thread: ends what flows in, so that the job ends with what it has; without such a flow, or when asked again,
 * ends it at once, and it has failed. */
void job_stop(struct job *job);

struct job_state {
    GPid pid; /* of tshark while it runs, else CHILD_NONE */
    gboolean has_ended;
    guint64 packets, records; /* so far */
};

/* From any thread. */
struct job_state job_state(struct job *job);

void job_free(struct job *job);

#endif
