/*
 * run.c - see run.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "batch.h"
#include "input/inputs.h"
#include "reader/live.h"
#include "reader/reading.h"
#include "report.h"

const int run_signals[RUN_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

static void
report_undelivered(const struct run *run, const struct delivery_counts *counts)
{
    g_autofree char *lost = counts->lost > 0 ? g_strdup_printf(", %" G_GUINT64_FORMAT " %s lost", counts->lost,
                                                               counts->lost == 1 ? "is" : "are")
                                             : g_strdup("");
    guint64 undelivered = counts->pushed - counts->delivered;
    report_error("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " record%s %s not delivered; %" G_GUINT64_FORMAT
                 " of them %s in '%s'%s",
                 undelivered, counts->pushed, counts->pushed == 1 ? "" : "s", undelivered == 1 ? "was" : "were",
                 counts->spooled, counts->spooled == 1 ? "is" : "are", options_text(run->options, OPT_SPOOL), lost);
}

static gboolean
hurry(gpointer delivery)
{
    delivery_hurry(delivery);
    return G_SOURCE_CONTINUE;
}

/* Runs the delivery from beginning to end, which may be long after the end of the last input. */
static gboolean
begin_delivery(struct run *run, GError **error)
{
    run->delivery = delivery_new(run->options, error);
    if (!run->delivery)
        return FALSE;
    for (guint i = 0; i < RUN_SIGNALS; i++)
        run->hurry[i] = g_unix_signal_add(run_signals[i], hurry, run->delivery);
    return TRUE;
}

static gboolean
quit(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static int
finish_delivery(struct run *run, int status)
{
    if (!run->delivery)
        return status;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    delivery_end(run->delivery, quit, loop);
    g_main_loop_run(loop);
    for (guint i = 0; i < RUN_SIGNALS; i++)
        g_source_remove(run->hurry[i]);
    struct delivery_counts counts = delivery_free(run->delivery);
    if (counts.delivered == counts.pushed)
        return status;
    report_undelivered(run, &counts);
    return MAX(status, STATUS_FAILED);
}

static gboolean
begin(struct run *run, GError **error)
{
    run->work = g_dir_make_tmp("cicflowmeter-XXXXXX", error);
    if (!run->work)
        return FALSE;
    if (overview_is_wanted(run->options)) {
        run->overview = overview_new(run->options, run->work, error);
        if (!run->overview)
            return FALSE;
    }
    return !options_given(run->options, OPT_URL) || begin_delivery(run, error);
}

/* Threads are started only after the process that readers are forked from. */
static int
read_inputs(struct run *run, struct reading_plan *plan, GError **error)
{
    const struct reader_work work = {reading_prepare, reading_read, plan};
    int status = STATUS_FAILED;
    gboolean is_lost = FALSE;

    run->readers = readers_new(&work, plan->inputs->len, error);
    if (run->readers && begin(run, error)) {
        status = batch_run(run, plan->inputs, &is_lost);
        status = finish_delivery(run, status);
        if (is_lost)
            overview_free(g_steal_pointer(&run->overview));
        if (run->overview && !overview_finish(run->overview))
            status = MAX(status, STATUS_FAILED);
    } else {
        overview_free(run->overview);
    }
    readers_free(run->readers);
    return status;
}

static gboolean
make_plan(struct reading_plan *plan, GError **error)
{
    if (options_given(plan->options, OPT_INTERFACE)) {
        plan->dumpcap = live_find_dumpcap(error);
        plan->inputs = inputs_live(options_text(plan->options, OPT_INTERFACE));
        return plan->dumpcap != NULL;
    }
    plan->inputs = inputs_find(plan->options, error);
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    for (guint i = 0; plan->inputs && i < plan->inputs->len; i++)
        inputs_add_paths(g_ptr_array_index(plan->inputs, i), paths);
    if (!plan->inputs || !options_check_inputs(plan->options, paths, error))
        return FALSE;
    if (options_given(plan->options, OPT_CONTINUE))
        plan->inputs = inputs_continue(plan->inputs);
    return TRUE;
}

int
run_all(const struct options *options)
{
    struct run run = {.options = options};
    struct reading_plan plan = {.options = options};
    g_autoptr(GError) error = NULL;
    int status = STATUS_FAILED;

    if (reading_check(options, &error) && make_plan(&plan, &error))
        status = read_inputs(&run, &plan, &error);
    if (error) {
        if (error->domain == options_error_quark())
            status = STATUS_WRONG_USAGE;
        report_error("%s", error->message);
    }
    g_clear_pointer(&plan.inputs, g_ptr_array_unref);
    g_free(plan.dumpcap);
    if (run.work)
        g_rmdir(run.work);
    g_free(run.work);
    return status;
}
