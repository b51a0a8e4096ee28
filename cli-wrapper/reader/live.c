/*
 * live.c - see live.h. dumpcap's messages are short enough to stay in their pipe until the capture has ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20 };

struct live {
    GPid dumpcap;
    int packets, messages; /* our ends of its pipes */
    char *path;
};

static void
add(GPtrArray *argv, const char *option, const char *value)
{
    g_ptr_array_add(argv, g_strdup(option));
    if (value)
        g_ptr_array_add(argv, g_strdup(value));
}

static GPtrArray *
arguments(const struct options *options, const char *dumpcap)
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
        g_autofree char *duration = g_strconcat("duration:", options_text(options, OPT_DURATION), NULL);
        add(argv, "-a", duration);
    }
    add(argv, "-w", "-");
    g_ptr_array_add(argv, NULL);
    return argv;
}

/* Runs between fork and exec: only async-signal-safe functions. */
static void
prepare(gpointer unused G_GNUC_UNUSED)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static gboolean
open_pipes(struct live *live, int *packets, int *messages, GError **error)
{
    int one[2], other[2];

    if (!g_unix_open_pipe(one, FD_CLOEXEC, error))
        return FALSE;
    if (!g_unix_open_pipe(other, FD_CLOEXEC, error)) {
        close(one[0]);
        close(one[1]);
        return FALSE;
    }
    /* A larger pipe avoids dropped packets; it does no harm if this fails. */
    (void)fcntl(one[1], F_SETPIPE_SZ, PIPE_BYTES);
    live->packets = one[0];
    *packets = one[1];
    live->messages = other[0];
    *messages = other[1];
    return TRUE;
}

static void
free_live(struct live *live)
{
    close(live->packets);
    close(live->messages);
    g_free(live->path);
    g_free(live);
}

struct live *
live_start(const struct options *options, const char *dumpcap, GError **error)
{
    struct live *live = g_new0(struct live, 1);
    int packets, messages;

    if (!open_pipes(live, &packets, &messages, error)) {
        g_free(live);
        return NULL;
    }
    g_autoptr(GPtrArray) argv = arguments(options, dumpcap);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    gboolean started = g_spawn_async_with_fds(NULL, (char **)argv->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, prepare,
                                              NULL, &live->dumpcap, nothing, packets, messages, error);
    close(nothing);
    close(packets);
    close(messages);
    live->path = g_strdup_printf("/dev/fd/%d", live->packets);
    if (started)
        return live;
    free_live(live);
    return NULL;
}

const char *
live_path(const struct live *live)
{
    return live->path;
}

int
live_descriptor(const struct live *live)
{
    return live->packets;
}

char *
live_find_dumpcap(GError **error)
{
    static const char *const usual_folders[] = {"/usr/bin", "/usr/local/bin", "/opt/wireshark/bin",
                                                "/opt/homebrew/bin"};
    char *found = g_find_program_in_path("dumpcap");

    for (guint i = 0; !found && i < G_N_ELEMENTS(usual_folders); i++) {
        g_autofree char *path = g_build_filename(usual_folders[i], "dumpcap", NULL);
        found = g_find_program_in_path(path);
    }
    if (!found)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                            "dumpcap not found: it comes with Wireshark (Debian, Ubuntu: apt install "
                            "wireshark-common; Fedora: dnf install wireshark-cli)");
    return found;
}

void
live_stop(const struct live *live)
{
    kill(live->dumpcap, SIGINT);
}

/* dumpcap also prints what it is doing. The first other line says what went wrong. */
static void
take_message(const char *line, char **complaint, gboolean *has_failed)
{
    static const char *const usual[] = {
        "Capturing on ", "File: ", "Packets captured: ", "Packets: ", "Packets received/dropped on interface "};
    gboolean is_error = g_str_has_prefix(line, "dumpcap: ");

    if (!*line)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(usual); i++) {
        if (g_str_has_prefix(line, usual[i]))
            return;
    }
    if (!*complaint)
        *complaint = g_strdup(is_error ? line + strlen("dumpcap: ") : line);
    *has_failed = *has_failed || is_error;
}

/* The exit status does not always show that something went wrong. */
static gboolean
read_messages(struct live *live, char **complaint)
{
    FILE *messages = fdopen(live->messages, "r");
    char *line = NULL;
    size_t room = 0;
    gboolean has_failed = FALSE;

    live->messages = -1;
    while (messages && getline(&line, &room, messages) >= 0)
        take_message(g_strchomp(line), complaint, &has_failed);
    free(line);
    if (messages)
        fclose(messages);
    return !has_failed;
}

gboolean
live_finish(struct live *live, GError **error)
{
    g_autofree char *complaint = NULL;
    int status;

    /* dumpcap ends when its pipe has no reader. */
    close(live->packets);
    live->packets = -1;
    gboolean fine = read_messages(live, &complaint);
    while (waitpid(live->dumpcap, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!fine || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fine = FALSE;
        if (complaint)
            g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, complaint);
        else
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "dumpcap ended with status %d",
                        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    free_live(live);
    return fine;
}

char *
live_list(const char *dumpcap, GError **error)
{
    char *argv[] = {(char *)dumpcap, "-D", NULL};
    g_autofree char *list = NULL, *messages = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &list, &messages, &status, error))
        return NULL;
    if (status != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the interfaces cannot be listed: %s",
                    g_strstrip(messages));
        return NULL;
    }
    return g_steal_pointer(&list);
}
