/*
 * batch.c - see batch.h. A pool of threads reads; the main thread sleeps in its loop and takes signals.
 *
 * Merging: each input is written to a part; a part is appended when it and all before it are done. So the order is that
 * of the inputs, whichever finishes first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "batch.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "input/inputs.h"
#include "job.h"
#include "progress.h"
#include "report.h"

enum { APPEND_BYTES = 1 << 18 };

struct task {
    struct batch *batch;
    struct job *job;
    gboolean has_parts; /* that are still to be appended */
    gboolean is_settled;
};

struct batch {
    const struct run *run;
    GPtrArray *tasks;
    GMainLoop *loop;
    guint left;
    gboolean is_signalled;

    gboolean merges; /* FALSE: every input has its own outputs */
    output_file *merged[OPTIONS_OUTPUTS];
    GMutex lock; /* guards the next two, and the tasks' parts */
    guint next;  /* task to be appended */
    gboolean has_header;
    gboolean is_broken; /* what was appended is not whole */
};

static gboolean
is_live(const struct run *run)
{
    return options_given(run->options, OPT_INTERFACE) > 0;
}

/* A file without a name beside the merged one, or among temporary files. */
static output_file *
open_part(const char *path, GError **error)
{
    g_autofree char *folder = strcmp(path, "-") == 0 ? NULL : g_path_get_dirname(path);
    return output_file_open_unnamed(folder, error);
}

static output_file *
open_in_folder(const struct run *run, const struct input *input, enum option_id output, GError **error)
{
    g_autofree char *path = inputs_target(run->options, input, output);
    g_autofree char *folder = g_path_get_dirname(path);
    output_file *file = NULL;

    if (g_mkdir_with_parents(folder, 0777) == 0)
        file = output_file_open(path, OUTPUT_WHOLE, error);
    else
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot make the folder '%s': %s", folder,
                    g_strerror(errno));
    return file;
}

/* In a live capture, outputs that can be followed while they grow are written in place. */
static output_file *
open_file(const struct task *task, enum option_id output, GError **error)
{
    const struct run *run = task->batch->run;
    const char *path = options_output(run->options, output);

    if (task->batch->merges)
        return open_part(path, error);
    if (options_write_folder(run->options))
        return open_in_folder(run, task->job->input, output, error);
    return output_file_open(path, is_live(run) && output != OPT_PARQUET ? OUTPUT_GROWING : OUTPUT_WHOLE, error);
}

static void
discard_all(output_file **files)
{
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++)
        g_clear_pointer(&files[i], output_file_discard);
}

/* Opens all files that are wanted, or none. */
static gboolean
open_files(struct task *task, GError **error)
{
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        if (!options_given(task->batch->run->options, options_outputs[i]) || options_outputs[i] == OPT_URL)
            continue;
        task->job->files[i] = open_file(task, options_outputs[i], error);
        if (!task->job->files[i]) {
            discard_all(task->job->files);
            return FALSE;
        }
    }
    return TRUE;
}

/* When one file cannot be finished, those after it are discarded. */
static gboolean
finish_all(output_file **files, GError **error)
{
    gboolean fine = TRUE;

    for (guint i = 0; fine && i < OPTIONS_OUTPUTS; i++) {
        if (files[i])
            output_file_note_written(files[i]);
        fine = !files[i] || output_file_finish(files[i], error);
        files[i] = NULL;
    }
    discard_all(files);
    return fine;
}

/* Keeps or discards what was written, depending on the job's outcome. */
static void
settle_files(struct job *job)
{
    GError *error = NULL;

    if (!job_is_kept(job))
        discard_all(job->files);
    else if (finish_all(job->files, &error))
        job_tell_overview(job);
    else
        job_fail(job, error);
}

/* How many bytes of the block belong to the first line; the whole block when the line goes on after it. */
static gsize
rest_of_line(const char *block, gsize length)
{
    const char *end = memchr(block, '\n', length);
    return end ? (gsize)(end - block) + 1 : length;
}

/* Writes what the part holds, without its first line if that is wanted, to the file. */
static gboolean
append(output_file *file, const output_file *part, gboolean skips_line, GError **error)
{
    g_autofree char *block = g_malloc(APPEND_BYTES);
    goffset at = 0;
    gssize length = 0;
    gboolean fine = TRUE;

    while (fine && (length = pread(output_file_descriptor(part), block, APPEND_BYTES, at)) > 0) {
        gsize skipped = skips_line ? rest_of_line(block, (gsize)length) : 0;
        skips_line = skips_line && skipped == (gsize)length && block[length - 1] != '\n';
        fine = output_file_write(file, block + skipped, (gsize)length - skipped, error);
        at += length;
    }
    if (length < 0) {
        fine = FALSE;
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "cannot read records back: %s",
                    g_strerror(errno));
    }
    return fine;
}

static gboolean
append_parts(struct batch *batch, const struct task *task, GError **error)
{
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        gboolean skips_header = batch->has_header && options_outputs[i] == OPT_CSV;
        if (batch->merged[i] && !append(batch->merged[i], task->job->files[i], skips_header, error))
            return FALSE;
    }
    return TRUE;
}

/* Call with the lock held. */
static void
append_task(struct batch *batch, struct task *task)
{
    GError *error = NULL;

    if (job_is_kept(task->job) && !batch->is_broken) {
        if (append_parts(batch, task, &error)) {
            job_tell_overview(task->job);
        } else {
            job_fail(task->job, error);
            task->job->is_general = batch->is_broken = TRUE;
        }
        batch->has_header = TRUE;
    }
    discard_all(task->job->files);
    task->has_parts = FALSE;
}

static void
settle_parts(struct task *task, gboolean has_parts)
{
    struct batch *batch = task->batch;

    g_mutex_lock(&batch->lock);
    task->has_parts = has_parts;
    task->is_settled = TRUE;
    while (batch->next < batch->tasks->len) {
        struct task *next = g_ptr_array_index(batch->tasks, batch->next);
        if (!next->is_settled)
            break;
        if (next->has_parts)
            append_task(batch, next);
        batch->next++;
    }
    g_mutex_unlock(&batch->lock);
}

static void
stop_all(struct batch *batch)
{
    for (guint i = 0; i < batch->tasks->len; i++)
        job_stop(((struct task *)g_ptr_array_index(batch->tasks, i))->job);
}

/* In the main thread. */
static gboolean
note_end(gpointer data)
{
    struct task *task = data;
    struct batch *batch = task->batch;

    if (task->job->is_general)
        stop_all(batch);
    if (--batch->left == 0)
        g_main_loop_quit(batch->loop);
    return G_SOURCE_REMOVE;
}

static void
work(gpointer data, gpointer unused G_GNUC_UNUSED)
{
    struct task *task = data;
    struct job *job = task->job;
    GError *error = NULL;
    gboolean is_open = open_files(task, &error);

    if (is_open)
        job_run(job);
    else
        job_fail(job, error);
    if (task->batch->merges)
        settle_parts(task, is_open);
    else if (is_open)
        settle_files(job);
    g_idle_add(note_end, task);
}

/* Stops all jobs; a second signal ends them without waiting (job_stop). */
static gboolean
take_signal(gpointer data)
{
    struct batch *batch = data;

    stop_all(batch);
    batch->is_signalled = TRUE;
    return G_SOURCE_CONTINUE;
}

static guint
thread_count(const struct batch *batch)
{
    guint jobs = (guint)options_number(batch->run->options, OPT_JOBS);
    return CLAMP(jobs ? jobs : g_get_num_processors(), 1, batch->tasks->len);
}

/* Reads all inputs. After the pool has ended no lock is needed. */
static void
run_tasks(struct batch *batch)
{
    guint sources[RUN_SIGNALS];
    GThreadPool *pool = g_thread_pool_new(work, NULL, (gint)thread_count(batch), FALSE, NULL);
    struct progress *progress = progress_begin(batch->run);

    for (guint i = 0; i < RUN_SIGNALS; i++)
        sources[i] = g_unix_signal_add(run_signals[i], take_signal, batch);
    for (guint i = 0; i < batch->tasks->len; i++) {
        struct task *task = g_ptr_array_index(batch->tasks, i);
        progress_add(progress, task->job);
        g_thread_pool_push(pool, task, NULL);
    }
    g_main_loop_run(batch->loop);
    g_thread_pool_free(pool, FALSE, TRUE);
    progress_end(progress);
    for (guint i = 0; i < RUN_SIGNALS; i++)
        g_source_remove(sources[i]);
}

static int
status_of(const struct job *job)
{
    if (job->outcome == JOB_WRONG)
        return STATUS_WRONG_USAGE;
    return job->outcome == JOB_DONE ? STATUS_DONE : STATUS_FAILED;
}

static void
report_problem(const struct job *job)
{
    const char *addition = job->outcome == JOB_INCOMPLETE ? " What could be read was written." : "";

    const char *stop = *addition && !g_str_has_suffix(job->problem, ".") ? "." : "";

    if (job->is_general)
        report_error("%s", job->problem);
    else
        report_error("%s: %s%s%s", job->input->name, job->problem, stop, addition);
}

static void
report_dropped(const struct job *job)
{
    if (job->dropped > 0)
        report_error("%s: %" G_GUINT64_FORMAT " %s be read; a larger --buffer-size may help", job->input->name,
                     job->dropped,
                     job->dropped == 1 ? "packet was lost before it could" : "packets were lost before they could");
}

/* Whether a problem that every input would have ended the run. */
static gboolean
has_general_problem(const struct batch *batch)
{
    for (guint i = 0; i < batch->tasks->len; i++) {
        if (((struct task *)g_ptr_array_index(batch->tasks, i))->job->is_general)
            return TRUE;
    }
    return FALSE;
}

/* Prints a line for each input, but a single one for all inputs ended by a signal or a general problem. */
static int
report_results(const struct batch *batch)
{
    gboolean tells_counts = batch->tasks->len > 1 || progress_is_wanted(batch->run);
    gboolean ended_all = batch->is_signalled || has_general_problem(batch);
    gboolean reported_general = FALSE;
    guint unread = 0;
    int status = STATUS_DONE;

    for (guint i = 0; i < batch->tasks->len; i++) {
        const struct job *job = ((struct task *)g_ptr_array_index(batch->tasks, i))->job;
        status = MAX(status, status_of(job));
        if (is_live(batch->run))
            report_dropped(job);
        if (job->outcome == JOB_DONE) {
            if (tells_counts)
                report_note("%s: %" G_GUINT64_FORMAT " packet%s, %" G_GUINT64_FORMAT " flow%s", job->input->name,
                            job->packets, job->packets == 1 ? "" : "s", job->records, job->records == 1 ? "" : "s");
        } else if (job->is_stopped && !job->is_general && ended_all) {
            unread++;
        } else if (!job->is_general || !reported_general) {
            report_problem(job);
            reported_general = reported_general || job->is_general;
        }
    }
    if (unread && batch->is_signalled)
        report_error("ended by a signal; inputs not read to their end: %u of %u", unread, batch->tasks->len);
    return status;
}

static void
add_task(struct batch *batch, const struct input *input)
{
    struct task *task = g_new0(struct task, 1);
    task->batch = batch;
    task->job = job_new(batch->run, batch->tasks->len, input);
    g_ptr_array_add(batch->tasks, task);
}

static void
free_task(gpointer data)
{
    struct task *task = data;
    job_free(task->job);
    g_free(task);
}

/* The merged files are kept when at least one input could be read and all its records were written. */
static gboolean
finish_merged(struct batch *batch)
{
    g_autoptr(GError) error = NULL;

    if (!batch->merges)
        return TRUE;
    if (!batch->has_header || batch->is_signalled || has_general_problem(batch)) {
        discard_all(batch->merged);
        return FALSE;
    }
    if (finish_all(batch->merged, &error))
        return TRUE;
    report_error("%s", error->message);
    return FALSE;
}

static gboolean
open_merged(struct batch *batch, GError **error)
{
    const struct options *options = batch->run->options;

    batch->merges = options_given(options, OPT_MERGE) > 0;
    for (guint i = 0; batch->merges && i < OPTIONS_OUTPUTS; i++) {
        const char *path = options_output(options, options_outputs[i]);
        if (!path)
            continue;
        batch->merged[i] = output_file_open(path, OUTPUT_WHOLE, error);
        if (!batch->merged[i]) {
            discard_all(batch->merged);
            return FALSE;
        }
    }
    return TRUE;
}

int
batch_run(const struct run *run, const GPtrArray *inputs, gboolean *is_lost)
{
    struct batch batch = {.run = run, .left = inputs->len};
    g_autoptr(GError) error = NULL;

    *is_lost = !open_merged(&batch, &error);
    if (*is_lost) {
        report_error("%s", error->message);
        return STATUS_FAILED;
    }
    g_mutex_init(&batch.lock);
    batch.loop = g_main_loop_new(NULL, FALSE);
    batch.tasks = g_ptr_array_new_with_free_func(free_task);
    for (guint i = 0; i < inputs->len; i++)
        add_task(&batch, g_ptr_array_index(inputs, i));
    run_tasks(&batch);
    int status = report_results(&batch);
    *is_lost = !finish_merged(&batch);
    if (*is_lost)
        status = MAX(status, STATUS_FAILED);
    g_ptr_array_unref(batch.tasks);
    g_main_loop_unref(batch.loop);
    g_mutex_clear(&batch.lock);
    return status;
}
