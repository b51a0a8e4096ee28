/*
 * feed.c - see feed.h. dumpcap writes into an elastic pipe, so that it never waits for tshark; our standard input is
 * passed on as fast as tshark takes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "elastic.h"
#include "report.h"

enum { COPY_BYTES = 1 << 16 };

struct feed {
    int reader;
    int writer; /* of what tshark reads; -1: passed on */

    GPid dumpcap; /* CHILD_NONE: standard input is read */
    int captured; /* what dumpcap writes; -1: passed on */
    int messages; /* of dumpcap */
    struct elastic *elastic;
    char *complaint;
    gboolean has_failed; /* dumpcap says so; its status does not always */

    GThread *thread; /* reads messages, or copies standard input */
    int wake[2];     /* ends the copying */
    gint is_stopped; /* atomic */
};

static struct feed *
new_feed(GError **error)
{
    struct feed *feed = g_new0(struct feed, 1);
    int fds[2];

    feed->captured = feed->messages = feed->wake[0] = feed->wake[1] = -1;
    if (!child_pipe(fds, error)) {
        g_free(feed);
        return NULL;
    }
    feed->reader = fds[0];
    feed->writer = fds[1];
    return feed;
}

static void
close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void
free_feed(struct feed *feed)
{
    close_one(&feed->reader);
    close_one(&feed->writer);
    close_one(&feed->captured);
    close_one(&feed->messages);
    close_one(&feed->wake[0]);
    close_one(&feed->wake[1]);
    g_free(feed->complaint);
    g_free(feed);
}

static void
add(GPtrArray *argv, const char *option, const char *value)
{
    g_ptr_array_add(argv, g_strdup(option));
    if (value)
        g_ptr_array_add(argv, g_strdup(value));
}

static GPtrArray *
dumpcap_arguments(const struct options *options, const char *dumpcap)
{
    static const struct {
        enum option_id id;
        const char *option;
    } passed[] = {
        {OPT_INTERFACE, "-i"}, {OPT_CAPTURE_FILTER, "-f"}, {OPT_PACKETS, "-c"},
        {OPT_SNAPLEN, "-s"},   {OPT_BUFFER_SIZE, "-B"},
    };
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    add(argv, dumpcap, NULL);
    add(argv, "-q", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(passed); i++) {
        if (options_given(options, passed[i].id))
            add(argv, passed[i].option, options_text(options, passed[i].id));
    }
    if (options_given(options, OPT_NO_PROMISCUOUS))
        add(argv, "-p", NULL);
    if (options_given(options, OPT_DURATION)) {
        char *duration = g_strconcat("duration:", options_text(options, OPT_DURATION), NULL);
        add(argv, "-a", duration);
        g_free(duration);
    }
    add(argv, "-w", "-");
    g_ptr_array_add(argv, NULL);
    return argv;
}

/* "Packets received/dropped on interface 'eth0': 12/3 (pcap:...": what is lost must be told. */
static gboolean
is_drop_count(const char *line)
{
    const char *text = strstr(line, "received/dropped on interface");
    const char *counts = text ? strstr(text, "': ") : NULL;

    if (!counts)
        return FALSE;
    const char *dropped_text = strchr(counts, '/');
    guint64 dropped = dropped_text ? g_ascii_strtoull(dropped_text + 1, NULL, 10) : 0;
    if (dropped > 0)
        report_error("%" G_GUINT64_FORMAT
                     " packets were lost before they could be read; a larger --buffer-size may help",
                     dropped);
    return TRUE;
}

/* dumpcap says what it does, and in the first line of anything else what went wrong. */
static void
take_message(struct feed *feed, const char *line)
{
    static const char *const usual[] = {"Capturing on ", "File: ", "Packets captured: ", "Packets: "};

    if (!*line || is_drop_count(line))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(usual); i++) {
        if (g_str_has_prefix(line, usual[i]))
            return;
    }
    gboolean is_error = g_str_has_prefix(line, "dumpcap: ");
    if (!feed->complaint)
        feed->complaint = g_strdup(is_error ? line + strlen("dumpcap: ") : line);
    feed->has_failed = feed->has_failed || is_error;
}

static gpointer
read_messages(gpointer data)
{
    struct feed *feed = data;
    FILE *messages = fdopen(feed->messages, "r");
    char *line = NULL;
    size_t room = 0;

    feed->messages = -1;
    while (messages && getline(&line, &room, messages) >= 0)
        take_message(feed, g_strchomp(line));
    free(line);
    if (messages)
        fclose(messages);
    return NULL;
}

struct feed *
feed_live(const struct options *options, const struct tools *tools, GError **error)
{
    int captured[2], messages[2];

    if (!tools->dumpcap) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, locate_dumpcap_missing);
        return NULL;
    }
    struct feed *feed = new_feed(error);
    if (!feed)
        return NULL;
    if (!child_pipe(captured, error)) {
        free_feed(feed);
        return NULL;
    }
    feed->captured = captured[0];
    if (!child_pipe(messages, error)) {
        close(captured[1]);
        free_feed(feed);
        return NULL;
    }
    feed->messages = messages[0];
    GPtrArray *argv = dumpcap_arguments(options, tools->dumpcap);
    feed->dumpcap = child_start(argv, -1, captured[1], messages[1], error);
    g_ptr_array_unref(argv);
    close(captured[1]);
    close(messages[1]);
    if (feed->dumpcap == CHILD_NONE) {
        free_feed(feed);
        return NULL;
    }
    feed->thread = g_thread_new("messages", read_messages, feed);
    return feed;
}

static gboolean
write_all(int fd, const char *bytes, gsize length)
{
    while (length) {
        gssize written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return FALSE;
        bytes += MAX(written, 0);
        length -= (gsize)MAX(written, 0);
    }
    return TRUE;
}

/* Ends with the input, with tshark, or when woken. */
static gpointer
copy_standard_input(gpointer data)
{
    struct feed *feed = data;
    char *block = g_malloc(COPY_BYTES);

    for (;;) {
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = feed->wake[0], .events = POLLIN}};
        if (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno == EINTR)
            continue;
        gssize length = fds[1].revents ? 0 : read(STDIN_FILENO, block, COPY_BYTES);
        if (length < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (length <= 0 || !write_all(feed->writer, block, (gsize)length))
            break;
    }
    g_free(block);
    close_one(&feed->writer);
    return NULL;
}

struct feed *
feed_standard_input(GError **error)
{
    struct feed *feed = new_feed(error);

    if (!feed)
        return NULL;
    if (!g_unix_open_pipe(feed->wake, FD_CLOEXEC, error)) {
        free_feed(feed);
        return NULL;
    }
    return feed;
}

int
feed_reader(const struct feed *feed)
{
    return feed->reader;
}

void
feed_begin(struct feed *feed)
{
    close_one(&feed->reader);
    if (feed->dumpcap == CHILD_NONE) {
        feed->thread = g_thread_new("standard input", copy_standard_input, feed);
        return;
    }
    feed->elastic = elastic_new(feed->captured, feed->writer);
    feed->captured = feed->writer = -1;
}

void
feed_stop(struct feed *feed)
{
    g_atomic_int_set(&feed->is_stopped, 1);
    if (feed->dumpcap != CHILD_NONE)
        kill(feed->dumpcap, SIGINT);
    else if (write(feed->wake[1], "", 1) < 0)
        g_debug("cannot wake the feed: %s", g_strerror(errno));
}

static void
set_capture_error(const struct feed *feed, int status, GError **error)
{
    if (feed->complaint)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, feed->complaint);
    else
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "dumpcap ended with status %d", status);
}

gboolean
feed_finish(struct feed *feed, GError **error)
{
    gboolean fine = TRUE;

    if (feed->elastic)
        elastic_free(feed->elastic);
    if (feed->dumpcap != CHILD_NONE) {
        /* Never begun: nobody will ever read it. */
        if (!feed->elastic)
            feed_stop(feed);
        close_one(&feed->captured);
        int status = child_wait(feed->dumpcap);
        g_thread_join(g_steal_pointer(&feed->thread));
        fine = status == 0 && !feed->has_failed;
        if (!fine)
            set_capture_error(feed, status, error);
    } else if (feed->thread) {
        /* tshark is gone; a read that still waits for input would wait in vain. */
        feed_stop(feed);
        g_thread_join(feed->thread);
    }
    free_feed(feed);
    return fine;
}
