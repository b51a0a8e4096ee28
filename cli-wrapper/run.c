/*
 * run.c - see run.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run.h"

#include <glib/gstdio.h>
#include <string.h>

#include "job.h"
#include "report.h"

static struct sink *
open_sink(const struct run *run, GError **error)
{
    if (run->delivery)
        return sink_to_server(run->delivery);
    return sink_to_file(run->options->output, FALSE, error);
}

/* Keeps or takes back what was written, as the outcome says. */
static void
settle_sink(struct job *job)
{
    GError *error = NULL;
    gboolean keep = job->outcome == JOB_DONE || job->outcome == JOB_INCOMPLETE;

    if (!keep) {
        sink_abandon(job->sink);
    } else if (!sink_finish(job->sink, &error)) {
        job->outcome = JOB_FAILED;
        g_free(job->problem);
        job->problem = g_strdup(error->message);
        g_error_free(error);
    }
    job->sink = NULL;
}

static int
status_of(const struct job *job)
{
    if (job->outcome == JOB_WRONG)
        return STATUS_WRONG_USAGE;
    return job->outcome == JOB_DONE ? STATUS_DONE : STATUS_FAILED;
}

static int
run_one(const struct run *run, const char *path)
{
    GError *error = NULL;
    struct job job = {.run = run, .name = path, .path = path};

    job.sink = open_sink(run, &error);
    if (!job.sink) {
        report_error("%s", error->message);
        g_error_free(error);
        return STATUS_FAILED;
    }
    job_run(&job);
    settle_sink(&job);
    if (job.problem)
        report_error("%s: %s", job.name, job.problem);
    int status = status_of(&job);
    job_clear(&job);
    return status;
}

static int
finish_delivery(struct run *run, int status)
{
    if (!run->delivery)
        return status;
    struct delivery_counts counts = delivery_finish(run->delivery);
    if (counts.delivered == counts.pushed)
        return status;
    report_error("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " records were not delivered; %" G_GUINT64_FORMAT
                 " of them are in '%s'",
                 counts.pushed - counts.delivered, counts.pushed, counts.spooled,
                 options_text(run->options, OPT_SPOOL));
    return MAX(status, STATUS_FAILED);
}

static int
finish_overview(struct run *run, int status)
{
    GError *error = NULL;

    if (!run->overview || overview_finish(run->overview, &error))
        return status;
    report_error("%s", error->message);
    g_error_free(error);
    return MAX(status, STATUS_FAILED);
}

static gboolean
begin(struct run *run, GError **error)
{
    run->work = g_dir_make_tmp("cicflowmeter-XXXXXX", error);
    if (!run->work)
        return FALSE;
    if (options_given(run->options, OPT_SUMMARY) || options_given(run->options, OPT_PLOT)) {
        run->overview = overview_new(run->options, run->work, error);
        if (!run->overview)
            return FALSE;
    }
    if (options_given(run->options, OPT_URL))
        run->delivery = delivery_new(run->options, error);
    return run->delivery || !options_given(run->options, OPT_URL);
}

int
run_all(const struct options *options, const struct tools *tools)
{
    struct run run = {.options = options, .tools = tools};
    GError *error = NULL;
    int status;

    if (options_list(options, OPT_FILE)->len != 1) {
        report_error("only one -f FILE can be read so far");
        return STATUS_WRONG_USAGE;
    }
    if (begin(&run, &error)) {
        status = run_one(&run, g_ptr_array_index(options_list(options, OPT_FILE), 0));
        status = finish_delivery(&run, status);
        status = finish_overview(&run, status);
    } else {
        status = error->domain == options_error_quark() ? STATUS_WRONG_USAGE : STATUS_FAILED;
        report_error("%s", error->message);
        g_error_free(error);
    }
    if (run.work)
        g_rmdir(run.work);
    g_free(run.work);
    return status;
}
