/*
 * job.c - see job.h. A thread waits for the reader's messages and passes its records on when they go to a server; files
 * are written by the reader itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input/inputs.h"
#include "reader/limits.h"
#include "reader/messages.h"

enum { READ_BYTES = 1 << 16 };

/* What a job knows while its reader runs. */
struct reader_state {
    struct job *job;
    int messages, records; /* our ends of the pipes; records is -1 without a server */
    GString *rest;         /* the beginning of a record whose end has not come yet */
    gboolean has_result;
    int status; /* of waitpid() */
};

static void
close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void
set_problem(struct job *job, const char *problem)
{
    if (!job->problem)
        job->problem = g_strdup(problem);
}

void
job_fail(struct job *job, GError *error)
{
    job->outcome = JOB_FAILED;
    g_free(job->problem);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what returns FALSE or NULL has set the error. */
    job->problem = g_strdup(error->message);
    g_error_free(error);
}

gboolean
job_is_kept(const struct job *job)
{
    return job->outcome == JOB_DONE || job->outcome == JOB_INCOMPLETE;
}

static gboolean
is_stopped(struct job *job)
{
    g_mutex_lock(&job->lock);
    gboolean stopped = job->is_stopped;
    g_mutex_unlock(&job->lock);
    return stopped;
}

static void
take_result(struct reader_state *state, GBytes *bytes)
{
    static const enum job_outcome outcomes[] = {
        [READER_DONE] = JOB_DONE,
        [READER_INCOMPLETE] = JOB_INCOMPLETE,
        [READER_FAILED] = JOB_FAILED,
        [READER_WRONG] = JOB_WRONG,
    };
    const struct reader_result *result = g_bytes_get_data(bytes, NULL);
    const char *problem = (const char *)(result + 1);
    struct job *job = state->job;

    state->has_result = TRUE;
    job->outcome = outcomes[result->outcome];
    job->is_general = result->is_general != 0;
    job->dropped = result->dropped;
    if (*problem)
        set_problem(job, problem);
    g_mutex_lock(&job->lock);
    job->packets = result->packets;
    job->records = result->records;
    g_mutex_unlock(&job->lock);
}

/* FALSE at the end of the messages. */
static gboolean
take_message(struct reader_state *state)
{
    enum message_kind kind;
    g_autoptr(GBytes) bytes = message_receive(state->messages, &kind);

    if (!bytes)
        return FALSE;
    switch (kind) {
    case MESSAGE_RESULT:
        take_result(state, bytes);
        break;
    case MESSAGE_SUMMARY:
        state->job->news.summary = g_bytes_ref(bytes);
        break;
    case MESSAGE_PLOT:
        state->job->news.plot = g_bytes_ref(bytes);
        break;
    case MESSAGE_LABELS:
        state->job->news.labels = g_bytes_ref(bytes);
        break;
    case MESSAGE_ANNOTATED:
        state->job->news.is_annotated = TRUE;
        break;
    case MESSAGE_EXIT:
        memcpy(&state->status, g_bytes_get_data(bytes, NULL), sizeof state->status);
        break;
    }
    return TRUE;
}

/* Passes lines on, without their ends. */
static void
push_lines(struct delivery *delivery, const char *lines, gsize length)
{
    for (const char *end = lines + length, *next; lines < end; lines = next + 1) {
        next = memchr(lines, '\n', (gsize)(end - lines));
        if (next > lines)
            delivery_push(delivery, lines, (gsize)(next - lines));
    }
}

/* Passes whole records on; FALSE at their end. A reader that was killed may leave half a record, which is dropped. */
static gboolean
take_records(struct reader_state *state)
{
    gsize before = state->rest->len;

    g_string_set_size(state->rest, before + READ_BYTES);
    gssize length = read(state->records, state->rest->str + before, READ_BYTES);
    gboolean again = length < 0 && (errno == EINTR || errno == EAGAIN);
    g_string_set_size(state->rest, before + (gsize)MAX(length, 0));
    if (length <= 0)
        return again;
    const char *end = memrchr(state->rest->str + before, '\n', (gsize)length);
    if (!end)
        return TRUE;
    gsize whole = (gsize)(end - state->rest->str) + 1;
    if (!is_stopped(state->job))
        push_lines(state->job->run->delivery, state->rest->str, whole);
    g_string_erase(state->rest, 0, (gssize)whole);
    return TRUE;
}

static void
watch_reader(struct reader_state *state)
{
    while (state->messages >= 0 || state->records >= 0) {
        struct pollfd waits[] = {{.fd = state->messages, .events = POLLIN}, {.fd = state->records, .events = POLLIN}};
        if (poll(waits, G_N_ELEMENTS(waits), -1) < 0)
            continue;
        if (waits[0].revents && !take_message(state))
            close_one(&state->messages);
        if (waits[1].revents && !take_records(state))
            close_one(&state->records);
    }
}

/* The problem of a reader that ended without a result. It was in a dissector if a frame is noted as being dissected. */
static char *
problem_of_end(const struct job *job, int status)
{
    const struct reader_numbers *numbers = readers_numbers(job->run->readers, job->number);
    GString *text = g_string_new(NULL);

    if (numbers->limit != LIMIT_NONE) {
        g_autofree char *problem =
            limits_problem(job->run->options, (enum reader_limit)numbers->limit, numbers->dissected, NULL);
        g_string_append_printf(text, "%s There is no output.", problem);
        return g_string_free(text, FALSE);
    }
    if (numbers->dissected > 0)
        g_string_append_printf(text, "frame %" G_GUINT64_FORMAT ": ", numbers->dissected);
    if (WIFSIGNALED(status))
        g_string_append_printf(text, "reading it was ended by signal %d (%s), so there is no output", WTERMSIG(status),
                               g_strsignal(WTERMSIG(status)));
    else
        g_string_append_printf(text, "reading it ended with status %d, so there is no output", WEXITSTATUS(status));
    if (numbers->dissected > 0)
        g_string_append(text, "; --disable-protocol leaves out the protocol whose dissector failed");
    return g_string_free(text, FALSE);
}

/* Fills in the result for a reader that ended without sending one. */
static void
judge(struct reader_state *state)
{
    struct job *job = state->job;

    if (is_stopped(job)) {
        job->outcome = JOB_FAILED;
        set_problem(job, "ended early");
        return;
    }
    if (state->has_result)
        return;
    job->outcome = JOB_FAILED;
    g_clear_pointer(&job->problem, g_free);
    if (state->status < 0)
        job->problem = g_strdup_printf("no process could be started to read it: %s", g_strerror(-state->status));
    else
        job->problem = problem_of_end(job, state->status);
}

static gboolean
open_plot_values(struct job *job, GError **error)
{
    output_file *file = overview_draws(job->run->overview) ? output_file_open_unnamed(job->run->work, error) : NULL;

    if (!file)
        return !overview_draws(job->run->overview);
    job->news.plot_values = fcntl(output_file_descriptor(file), F_DUPFD_CLOEXEC, 0);
    output_file_close(file, NULL);
    return TRUE;
}

/* The reader's ends of the pipes and its files are closed here once they have been passed to it. */
static gboolean
start_reader(struct reader_state *state, GError **error)
{
    struct job *job = state->job;
    int messages[2], records[2] = {-1, -1};

    if (!open_plot_values(job, error) || !g_unix_open_pipe(messages, FD_CLOEXEC, error))
        return FALSE;
    state->messages = messages[0];
    if (job->run->delivery && !g_unix_open_pipe(records, FD_CLOEXEC, error)) {
        close(messages[1]);
        return FALSE;
    }
    state->records = records[0];
    int fds[READER_FDS] = {[READER_MESSAGES] = messages[1],
                           [READER_PLOT] = job->news.plot_values,
                           [READER_ANNOTATED] = overview_annotated(job->run->overview)};
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        const output_file *file = job->files[i];
        fds[READER_OUTPUTS + i] = file ? output_file_descriptor(file) : options_outputs[i] == OPT_URL ? records[1] : -1;
    }
    g_mutex_lock(&job->lock);
    gboolean started = !job->is_stopped && readers_start(job->run->readers, job->number, fds, error);
    job->is_running = started;
    g_mutex_unlock(&job->lock);
    close(messages[1]);
    close_one(&records[1]);
    return started;
}

void
job_run(struct job *job)
{
    struct reader_state state = {.job = job, .messages = -1, .records = -1, .rest = g_string_new(NULL)};
    GError *error = NULL;

    if (start_reader(&state, &error)) {
        watch_reader(&state);
        judge(&state);
    } else if (error) {
        job_fail(job, error);
    } else {
        judge(&state);
    }
    close_one(&state.messages);
    close_one(&state.records);
    g_string_free(state.rest, TRUE);
    g_mutex_lock(&job->lock);
    job->is_running = FALSE;
    job->has_ended = TRUE;
    g_mutex_unlock(&job->lock);
}

void
job_tell_overview(struct job *job)
{
    GError *error = NULL;

    if (job->run->overview && !overview_take(job->run->overview, &job->news, &error)) {
        job_fail(job, error);
        job->outcome = JOB_INCOMPLETE; /* its records have been written */
    }
}

/* Whether the input is a stream, which can be stopped, and not a file. */
static gboolean
flows_in(const struct job *job)
{
    if (options_given(job->run->options, OPT_INTERFACE))
        return TRUE;
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    inputs_add_paths(job->input, paths);
    gboolean are_files = inputs_are_files(paths);
    return !are_files;
}

void
job_stop(struct job *job)
{
    g_mutex_lock(&job->lock);
    gboolean ends_cleanly = job->is_running && !job->is_ending && flows_in(job);
    if (job->is_running)
        readers_signal(job->run->readers, job->number, ends_cleanly ? SIGTERM : SIGKILL);
    job->is_stopped = job->is_stopped || (!ends_cleanly && !job->has_ended);
    job->is_ending = TRUE;
    g_mutex_unlock(&job->lock);
}

struct job_state
job_state(struct job *job)
{
    const struct reader_numbers *numbers = readers_numbers(job->run->readers, job->number);

    g_mutex_lock(&job->lock);
    struct job_state state = {job->is_running, job->has_ended, job->packets, job->records, numbers->position};
    g_mutex_unlock(&job->lock);
    if (!state.has_ended) {
        state.packets = numbers->packets;
        state.records = numbers->records;
    }
    return state;
}

struct job *
job_new(const struct run *run, guint number, const struct input *input)
{
    struct job *job = g_new0(struct job, 1);
    job->run = run;
    job->number = job->news.number = number;
    job->input = input;
    job->news.plot_values = -1;
    g_mutex_init(&job->lock);
    return job;
}

void
job_free(struct job *job)
{
    g_mutex_clear(&job->lock);
    g_free(job->problem);
    g_clear_pointer(&job->news.summary, g_bytes_unref);
    g_clear_pointer(&job->news.plot, g_bytes_unref);
    g_clear_pointer(&job->news.labels, g_bytes_unref);
    close_one(&job->news.plot_values);
    g_free(job);
}
