/*
 * child.c - child processes by g_spawn, with their own process group and a death signal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { PIPE_BYTES = 1 << 20 };

gboolean
child_pipe(int fds[2], GError **error)
{
    if (!g_unix_open_pipe(fds, FD_CLOEXEC, error))
        return FALSE;
#ifdef F_SETPIPE_SZ
    /* Only spares switches between processes; a refusal changes nothing else. */
    (void)fcntl(fds[1], F_SETPIPE_SZ, PIPE_BYTES);
#endif
    return TRUE;
}

/* Runs between fork and exec: only functions that are safe there. */
static void
prepare(gpointer unused)
{
    (void)unused;
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
}

GPid
child_start(GPtrArray *argv, int in, int out, int err, GError **error)
{
    GPid pid = CHILD_NONE;
    int null = in < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
    gboolean started = g_spawn_async_with_fds(NULL, (char **)argv->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, prepare,
                                              NULL, &pid, in < 0 ? null : in, out, err, error);
    if (null >= 0)
        close(null);
    return started ? pid : CHILD_NONE;
}

int
child_wait(GPid pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
