/*
 * job.c - see job.h. One thread reads both of tshark's pipes; the records are handed on in whole lines.
 *
 * Whether what came is complete is told by the file of counts, which the plugin writes after the last record only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "json.h"
#include "report.h"
#include "tshark.h"

enum { READ_BYTES = 1 << 16 };

enum { RECORDS, MESSAGES, STREAMS };

struct stream {
    int fd;
    GString *rest; /* the beginning of a line whose end has not come yet */
};

struct pump {
    struct job *job;
    struct stream streams[STREAMS];
    struct overview_stream *overview;
    gboolean header_pending;
    gboolean plugin_refused;
};

/* Messages of tshark that say nothing about the input. */
static const char *const noise[] = {"Running as user ", "Capturing on "};

static void
set_problem(struct job *job, const char *problem)
{
    if (!job->problem)
        job->problem = g_strdup(problem);
}

static void
take_error(struct job *job, GError *error)
{
    set_problem(job, error->message);
    g_error_free(error);
    job_stop(job);
}

static guint64
count_lines(const char *lines, gsize length)
{
    guint64 count = 0;
    const char *end = lines + length;

    while (lines < end && (lines = memchr(lines, '\n', (gsize)(end - lines)))) {
        count++;
        lines++;
    }
    return count;
}

static void
take_records(struct pump *pump, const char *lines, gsize length)
{
    struct job *job = pump->job;
    GError *error = NULL;

    if (pump->overview)
        overview_take(pump->overview, lines, length);
    job->records += count_lines(lines, length);
    if (pump->header_pending) {
        pump->header_pending = FALSE;
        job->records--;
        gsize header = job->skip_header ? (gsize)((const char *)memchr(lines, '\n', length) - lines) + 1 : 0;
        lines += header;
        length -= header;
    }
    if (length && !g_atomic_int_get(&job->is_stopped) && !sink_write(job->sink, lines, length, &error))
        take_error(job, error);
}

/* "cicflow.fields: ..." as "--fields: ...". */
static char *
in_words_of_the_command(const char *text)
{
    for (int id = 0; id < OPT_COUNT; id++) {
        char *start = g_strdup_printf("cicflow.%s: ", option_rows[id].preference ? option_rows[id].preference : "");
        gboolean found = option_rows[id].preference && g_str_has_prefix(text, start);
        char *said = found ? g_strdup_printf("--%s: %s", option_rows[id].name, text + strlen(start)) : NULL;
        g_free(start);
        if (said)
            return said;
    }
    return NULL;
}

static void
take_message(struct pump *pump, const char *line)
{
    struct job *job = pump->job;

    for (guint i = 0; i < G_N_ELEMENTS(noise); i++) {
        if (g_str_has_prefix(line, noise[i]))
            return;
    }
    const char *text = g_str_has_prefix(line, "tshark: ") ? line + strlen("tshark: ") : line;
    char *refusal = in_words_of_the_command(text);
    if (refusal) {
        pump->plugin_refused = TRUE;
        set_problem(job, refusal);
    } else if (strstr(text, "\"cicflow.") && strstr(text, "unknown preference")) {
        set_problem(job, locate_plugin_missing);
    } else if (*text) {
        set_problem(job, text);
    }
    g_free(refusal);
}

static void
take_messages(struct pump *pump, char *lines)
{
    char **each = g_strsplit(lines, "\n", -1);
    for (char **line = each; *line; line++)
        take_message(pump, g_strchomp(*line));
    g_strfreev(each);
}

static void
take_lines(struct pump *pump, int which, char *lines, gsize length)
{
    if (which == RECORDS)
        take_records(pump, lines, length);
    else
        take_messages(pump, lines);
}

/* FALSE at the end of the stream. */
static gboolean
read_some(struct pump *pump, int which)
{
    struct stream *stream = &pump->streams[which];
    gsize before = stream->rest->len;

    g_string_set_size(stream->rest, before + READ_BYTES);
    gssize length = read(stream->fd, stream->rest->str + before, READ_BYTES);
    gboolean again = length < 0 && (errno == EINTR || errno == EAGAIN);
    g_string_set_size(stream->rest, before + (gsize)MAX(length, 0));
    if (length <= 0)
        return again;
    const char *end = memrchr(stream->rest->str + before, '\n', (gsize)length);
    if (!end)
        return TRUE;
    gsize whole = (gsize)(end - stream->rest->str) + 1;
    char kept = stream->rest->str[whole];
    stream->rest->str[whole] = '\0';
    take_lines(pump, which, stream->rest->str, whole);
    stream->rest->str[whole] = kept;
    g_string_erase(stream->rest, 0, (gssize)whole);
    return TRUE;
}

static void
end_stream(struct pump *pump, int which)
{
    struct stream *stream = &pump->streams[which];

    close(stream->fd);
    stream->fd = -1;
    /* Half a record is what a killed tshark leaves; half a message still says something. */
    if (which == MESSAGES && stream->rest->len)
        take_messages(pump, stream->rest->str);
}

static void
pump_all(struct pump *pump)
{
    while (pump->streams[RECORDS].fd >= 0 || pump->streams[MESSAGES].fd >= 0) {
        struct pollfd fds[STREAMS];
        for (int i = 0; i < STREAMS; i++)
            fds[i] = (struct pollfd){.fd = pump->streams[i].fd, .events = POLLIN};
        if (poll(fds, STREAMS, -1) < 0)
            continue;
        for (int i = 0; i < STREAMS; i++) {
            if (fds[i].fd >= 0 && fds[i].revents && !read_some(pump, i))
                end_stream(pump, i);
        }
    }
}

static gboolean
start(struct pump *pump, const char *stats, GError **error)
{
    struct job *job = pump->job;
    int records[2], messages[2];

    if (!child_pipe(records, error))
        return FALSE;
    if (!child_pipe(messages, error)) {
        close(records[0]);
        close(records[1]);
        return FALSE;
    }
    GPtrArray *argv = tshark_arguments(job->run, job->path, stats);
    int in = strcmp(job->path, "-") == 0 ? STDIN_FILENO : -1;
    GPid pid = child_start(argv, NULL, in, records[1], messages[1], error);
    g_ptr_array_unref(argv);
    close(records[1]);
    close(messages[1]);
    pump->streams[RECORDS] = (struct stream){records[0], g_string_new(NULL)};
    pump->streams[MESSAGES] = (struct stream){messages[0], g_string_new(NULL)};
    g_atomic_int_set(&job->pid, pid);
    if (g_atomic_int_get(&job->is_stopped))
        job_stop(job);
    return pid != CHILD_NONE;
}

/* The plugin's counts; FALSE when it did not come to its end. */
static gboolean
read_counts(struct job *job, const char *stats)
{
    char *text = NULL;
    gsize length;

    if (!g_file_get_contents(stats, &text, &length, NULL))
        return FALSE;
    GHashTable *counts = json_flat(text, length);
    const char *packets = counts ? g_hash_table_lookup(counts, "packets") : NULL;
    job->packets = packets ? g_ascii_strtoull(packets, NULL, 10) : 0;
    if (counts)
        g_hash_table_unref(counts);
    g_free(text);
    return TRUE;
}

static void
judge(struct pump *pump, int status, const char *stats)
{
    struct job *job = pump->job;
    gboolean is_complete = read_counts(job, stats);

    if (g_atomic_int_get(&job->is_stopped)) {
        job->outcome = JOB_FAILED;
        set_problem(job, "ended by a signal");
    } else if (pump->plugin_refused) {
        job->outcome = JOB_WRONG;
    } else if (is_complete) {
        job->outcome = status == 0 ? JOB_DONE : JOB_INCOMPLETE;
    } else {
        job->outcome = JOB_FAILED;
    }
    if (job->outcome == JOB_DONE)
        g_clear_pointer(&job->problem, g_free);
    else if (!job->problem)
        job->problem = g_strdup_printf("tshark ended with status %d", status);
}

void
job_run(struct job *job)
{
    struct pump pump = {.job = job, .header_pending = options_given(job->run->options, OPT_CSV) > 0};
    GError *error = NULL;
    char *stats = g_strdup_printf("%s/%u.json", job->run->work, job->number);

    if (start(&pump, stats, &error)) {
        if (job->run->overview)
            pump.overview = overview_stream_new(job->run->overview);
        pump_all(&pump);
        int status = child_wait(g_atomic_int_get(&job->pid));
        g_atomic_int_set(&job->pid, CHILD_NONE);
        judge(&pump, status, stats);
        overview_stream_free(pump.overview);
    } else {
        job->outcome = JOB_FAILED;
        set_problem(job, error->message);
        g_error_free(error);
    }
    for (int i = 0; i < STREAMS; i++) {
        if (pump.streams[i].rest)
            g_string_free(pump.streams[i].rest, TRUE);
    }
    g_unlink(stats);
    g_free(stats);
}

void
job_stop(struct job *job)
{
    g_atomic_int_set(&job->is_stopped, 1);
    GPid pid = g_atomic_int_get(&job->pid);
    if (pid != CHILD_NONE)
        kill(pid, SIGKILL);
}

void
job_clear(struct job *job)
{
    g_clear_pointer(&job->problem, g_free);
}
