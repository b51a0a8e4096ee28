/*
 * job.h - one input on its way through tshark: its records to a sink, its messages to the report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_JOB_H
#define CICFLOWMETER_JOB_H

#include "run.h"
#include "sink.h"

enum job_outcome {
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
    gboolean skip_header;
    struct sink *sink; /* borrowed */

    enum job_outcome outcome;
    char *problem; /* one line, NULL when done */
    guint64 packets, records;

    gint pid;        /* atomic; tshark while it runs */
    gint is_stopped; /* atomic */
};

/* Reads the whole input; blocks. */
void job_run(struct job *job);
/* From another thread: ends the job early; it has failed then. */
void job_stop(struct job *job);
void job_clear(struct job *job);

#endif
