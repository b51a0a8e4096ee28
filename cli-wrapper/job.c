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
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

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
    gboolean expects_header;
    GString *header;
    gboolean is_refused;
};

/* Messages of tshark that say nothing about the input. */
static const char *const noise[] = {"Running as user ", "Capturing on "};

/* Begins what -v asks the plugin to tell. */
static const char narration[] = "cicflow: ";

static void
set_problem(struct job *job, const char *problem)
{
    if (!job->problem)
        job->problem = g_strdup(problem);
}

/* With the lock held. */
static void
kill_tshark(struct job *job)
{
    job->is_stopped = TRUE;
    if (job->pid != CHILD_NONE)
        kill(job->pid, SIGKILL);
}

static gboolean
is_stopped(struct job *job)
{
    g_mutex_lock(&job->lock);
    gboolean stopped = job->is_stopped;
    g_mutex_unlock(&job->lock);
    return stopped;
}

/* What cannot be written ends the job. */
static void
take_write_error(struct job *job, GError *error)
{
    set_problem(job, error->message);
    g_error_free(error);
    g_mutex_lock(&job->lock);
    kill_tshark(job);
    g_mutex_unlock(&job->lock);
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
write_lines(struct pump *pump, const char *lines, gsize length)
{
    struct job *job = pump->job;
    GError *error = NULL;

    if (length && !sink_write(job->sink, lines, length, &error))
        take_write_error(job, error);
}

/* Waits until there is a record, or the end shows that there is none: a run that fails leaves no header. */
static void
release_header(struct pump *pump)
{
    write_lines(pump, pump->header->str, pump->header->len);
    g_string_truncate(pump->header, 0);
}

static void
take_records(struct pump *pump, const char *lines, gsize length)
{
    struct job *job = pump->job;

    if (is_stopped(job))
        return;
    if (pump->overview)
        overview_take(pump->overview, lines, length);
    if (pump->expects_header) {
        pump->expects_header = FALSE;
        job->header_bytes = (gsize)((const char *)memchr(lines, '\n', length) - lines) + 1;
        g_string_append_len(pump->header, lines, (gssize)job->header_bytes);
        lines += job->header_bytes;
        length -= job->header_bytes;
    }
    if (!length)
        return;
    release_header(pump);
    write_lines(pump, lines, length);
    g_mutex_lock(&job->lock);
    job->records += count_lines(lines, length);
    g_mutex_unlock(&job->lock);
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

/* What happens in one of several inputs has to say in which. */
static void
tell(const struct job *job, const char *event)
{
    char *line = job->is_one_of_several ? g_strdup_printf("%s: %s", job->name, event) : g_strdup(event);
    report_line(line);
    g_free(line);
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
    if (g_str_has_prefix(text, narration)) {
        tell(job, text + strlen(narration));
        return;
    }
    char *refusal = in_words_of_the_command(text);
    if (refusal) {
        pump->is_refused = job->is_general = TRUE;
        set_problem(job, refusal);
    } else if (strstr(text, "\"cicflow.") && strstr(text, "unknown preference")) {
        job->is_general = TRUE;
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
close_stream(struct stream *stream)
{
    if (stream->rest && stream->fd >= 0)
        close(stream->fd);
    stream->fd = -1;
}

static void
end_stream(struct pump *pump, int which)
{
    struct stream *stream = &pump->streams[which];

    close_stream(stream);
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

/* What tshark is to have as its standard input, -1: nothing. A copy: spawning loses a descriptor that has its place
 * already. */
static int
input_of(const struct job *job)
{
    int input = job->feed ? feed_reader(job->feed) : STDIN_FILENO;
    gboolean is_read = strcmp(job->path, "-") == 0;
    return is_read ? fcntl(input, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : -1;
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
    GPtrArray *argv = tshark_arguments(job->run, job->path, job->name, stats, job->progress ? job->progress : "");
    int in = input_of(job);
    g_mutex_lock(&job->lock);
    if (!job->is_stopped)
        job->pid = child_start(argv, in, records[1], messages[1], error);
    gboolean started = job->pid != CHILD_NONE;
    g_mutex_unlock(&job->lock);
    g_ptr_array_unref(argv);
    if (in >= 0)
        close(in);
    close(records[1]);
    close(messages[1]);
    pump->streams[RECORDS] = (struct stream){records[0], g_string_new(NULL)};
    pump->streams[MESSAGES] = (struct stream){messages[0], g_string_new(NULL)};
    return started;
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
    g_mutex_lock(&job->lock);
    job->packets = packets ? g_ascii_strtoull(packets, NULL, 10) : 0;
    g_mutex_unlock(&job->lock);
    if (counts)
        g_hash_table_unref(counts);
    g_free(text);
    return TRUE;
}

/* A feed that broke off is the better reason: tshark only saw its end. */
static gboolean
finish_feed(struct job *job, gboolean is_read_to_its_end)
{
    GError *error = NULL;

    g_mutex_lock(&job->lock);
    struct feed *feed = g_steal_pointer(&job->feed);
    g_mutex_unlock(&job->lock);
    if (feed && !is_read_to_its_end)
        feed_stop(feed);
    if (!feed || feed_finish(feed, &error))
        return TRUE;
    if (is_read_to_its_end)
        g_clear_pointer(&job->problem, g_free);
    set_problem(job, error->message);
    g_error_free(error);
    return FALSE;
}

static void
judge(struct pump *pump, int status, gboolean feed_is_fine, const char *stats)
{
    struct job *job = pump->job;
    gboolean is_complete = read_counts(job, stats);

    if (is_stopped(job)) {
        job->outcome = JOB_FAILED;
        set_problem(job, "ended early");
    } else if (pump->is_refused) {
        job->outcome = JOB_WRONG;
    } else if (!is_complete || (!feed_is_fine && job->packets == 0)) {
        job->outcome = JOB_FAILED;
    } else {
        job->outcome = status == 0 && feed_is_fine ? JOB_DONE : JOB_INCOMPLETE;
    }
    if (job->outcome == JOB_DONE)
        g_clear_pointer(&job->problem, g_free);
    else if (!job->problem)
        job->problem = g_strdup_printf("tshark ended with status %d", status);
}

static void
read_input(struct pump *pump, const char *stats)
{
    struct job *job = pump->job;

    if (job->feed)
        feed_begin(job->feed);
    if (job->run->overview)
        pump->overview = overview_stream_new(job->run->overview);
    pump_all(pump);
    overview_stream_free(pump->overview);
    /* Reaped under the lock: a process that is gone is never signalled. */
    g_mutex_lock(&job->lock);
    int status = child_wait(job->pid);
    job->pid = CHILD_NONE;
    g_mutex_unlock(&job->lock);
    gboolean feed_is_fine = finish_feed(job, status == 0);
    judge(pump, status, feed_is_fine, stats);
    if (job->outcome == JOB_DONE || job->outcome == JOB_INCOMPLETE)
        release_header(pump);
    if (is_stopped(job))
        job->outcome = JOB_FAILED;
}

void
job_run(struct job *job)
{
    struct pump pump = {.job = job, .expects_header = options_given(job->run->options, OPT_CSV) > 0};
    GError *error = NULL;
    pump.header = g_string_new(NULL);
    char *stats = g_strdup_printf("%s/%u.json", job->run->work, job->number);

    if (start(&pump, stats, &error)) {
        read_input(&pump, stats);
    } else {
        job->outcome = JOB_FAILED;
        set_problem(job, error ? error->message : "ended early");
        g_clear_error(&error);
        close_stream(&pump.streams[RECORDS]);
        close_stream(&pump.streams[MESSAGES]);
    }
    for (int i = 0; i < STREAMS; i++) {
        if (pump.streams[i].rest)
            g_string_free(pump.streams[i].rest, TRUE);
    }
    g_mutex_lock(&job->lock);
    job->has_ended = TRUE;
    g_mutex_unlock(&job->lock);
    g_string_free(pump.header, TRUE);
    g_unlink(stats);
    g_free(stats);
    if (job->progress)
        g_unlink(job->progress);
}

void
job_stop(struct job *job)
{
    g_mutex_lock(&job->lock);
    if (job->feed && !job->is_ending)
        feed_stop(job->feed);
    else
        kill_tshark(job);
    job->is_ending = TRUE;
    g_mutex_unlock(&job->lock);
}

/* While tshark runs; the numbers are there a moment after it has begun. */
static guint64
packets_so_far(const struct job *job)
{
    char *text = NULL;
    guint64 packets = 0;

    if (job->progress && g_file_get_contents(job->progress, &text, NULL, NULL))
        packets = g_ascii_strtoull(text, NULL, 10);
    g_free(text);
    return packets;
}

struct job_state
job_state(struct job *job)
{
    g_mutex_lock(&job->lock);
    struct job_state state = {job->pid, job->has_ended, job->packets, job->records};
    if (job->pid != CHILD_NONE)
        state.packets = packets_so_far(job);
    g_mutex_unlock(&job->lock);
    return state;
}

struct job *
job_new(const struct run *run, guint number, const char *name, const char *path)
{
    struct job *job = g_new0(struct job, 1);
    job->run = run;
    job->number = number;
    job->name = name;
    job->path = path;
    g_mutex_init(&job->lock);
    return job;
}

void
job_free(struct job *job)
{
    if (job->feed)
        feed_finish(job->feed, NULL);
    g_mutex_clear(&job->lock);
    g_free(job->problem);
    g_free(job->progress);
    g_free(job);
}
