/*
 * sink.c - output files that appear whole, and the way to the server.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { APPEND_BYTES = 1 << 18 };

struct sink {
    int fd;
    char *path;   /* for messages */
    char *target; /* what temporary is renamed to; NULL: written in place */
    char *temporary;
    gboolean truncates; /* with the first record */
    gboolean is_new;    /* nothing was there before */
    struct delivery *delivery;
};

static gboolean
fail(GError **error, const char *what, const char *path)
{
    int reason = errno;
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(reason), "cannot %s '%s': %s", what, path,
                g_strerror(reason));
    return FALSE;
}

/* The file behind a symbolic link is replaced, not the link. */
static char *
resolve(const char *path)
{
    char *real = realpath(path, NULL);
    char *resolved = g_strdup(real ? real : path);
    free(real);
    return resolved;
}

static gboolean
open_in_place(struct sink *sink, gboolean is_there, GError **error)
{
    sink->fd = open(sink->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    sink->truncates = TRUE;
    sink->is_new = !is_there;
    return sink->fd >= 0 || fail(error, "write", sink->path);
}

static gboolean
open_beside(struct sink *sink, const struct stat *old, GError **error)
{
    sink->target = resolve(sink->path);
    char *folder = g_path_get_dirname(sink->target);
    char *base = g_path_get_basename(sink->target);
    sink->temporary = g_strdup_printf("%s/.%s.XXXXXX", folder, base);
    g_free(folder);
    g_free(base);
    sink->fd = g_mkstemp_full(sink->temporary, O_WRONLY | O_CLOEXEC, 0666);
    if (sink->fd < 0) {
        g_clear_pointer(&sink->temporary, g_free);
        return fail(error, "write", sink->path);
    }
    /* The permissions of a file that is replaced stay; not being allowed to is no reason to stop. */
    if (old && fchmod(sink->fd, old->st_mode & 07777))
        g_debug("cannot keep the permissions of %s", sink->path);
    return TRUE;
}

static gboolean
open_file(struct sink *sink, enum sink_kind kind, GError **error)
{
    struct stat old;
    gboolean is_there = !stat(sink->path, &old);
    if (is_there && S_ISDIR(old.st_mode)) {
        errno = EISDIR;
        return fail(error, "write", sink->path);
    }
    if (kind == SINK_GROWING || (is_there && !S_ISREG(old.st_mode)))
        return open_in_place(sink, is_there, error);
    /* Beside a file that may not be written another could be: what is protected stays as it is. */
    if (is_there && access(sink->path, W_OK))
        return fail(error, "write", sink->path);
    return open_beside(sink, is_there ? &old : NULL, error);
}

struct sink *
sink_to_file(const char *path, enum sink_kind kind, GError **error)
{
    struct sink *sink = g_new0(struct sink, 1);
    sink->fd = -1;
    sink->path = g_strdup(strcmp(path, "-") ? path : "standard output");
    if (!strcmp(path, "-")) {
        sink->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
        return sink;
    }
    if (open_file(sink, kind, error))
        return sink;
    sink_abandon(sink);
    return NULL;
}

struct sink *
sink_to_part(const char *folder, GError **error)
{
    struct sink *sink = g_new0(struct sink, 1);
    char *name = g_build_filename(folder ? folder : g_get_tmp_dir(), ".cicflowmeter.XXXXXX", NULL);

    sink->fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
    sink->path = name;
    if (sink->fd >= 0) {
        g_unlink(name);
        return sink;
    }
    fail(error, "write", name);
    sink_abandon(sink);
    return NULL;
}

struct sink *
sink_to_server(struct delivery *delivery)
{
    struct sink *sink = g_new0(struct sink, 1);
    sink->fd = -1;
    sink->delivery = delivery;
    return sink;
}

static void
push_lines(struct delivery *delivery, const char *lines, gsize length)
{
    while (length) {
        const char *end = memchr(lines, '\n', length);
        gsize line = end ? (gsize)(end - lines) : length;
        if (line)
            delivery_push(delivery, lines, line);
        gsize step = end ? line + 1 : line;
        lines += step;
        length -= step;
    }
}

/* Devices and pipes cannot be made shorter, and need not. */
static gboolean
empty_file(struct sink *sink, GError **error)
{
    struct stat now;

    if (!sink->truncates)
        return TRUE;
    sink->truncates = FALSE;
    if (fstat(sink->fd, &now) || !S_ISREG(now.st_mode) || !ftruncate(sink->fd, 0))
        return TRUE;
    return fail(error, "write", sink->path);
}

gboolean
sink_write(struct sink *sink, const char *lines, gsize length, GError **error)
{
    if (sink->delivery) {
        push_lines(sink->delivery, lines, length);
        return TRUE;
    }
    if (!empty_file(sink, error))
        return FALSE;
    while (length) {
        gssize written = write(sink->fd, lines, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(error, "write", sink->path);
        lines += written;
        length -= (gsize)written;
    }
    return TRUE;
}

gboolean
sink_append(struct sink *sink, const struct sink *part, goffset from, GError **error)
{
    char *block = g_malloc(APPEND_BYTES);
    gssize length = 0;
    gboolean fine = TRUE;

    while (fine && (length = pread(part->fd, block, APPEND_BYTES, from)) > 0) {
        fine = sink_write(sink, block, (gsize)length, error);
        from += length;
    }
    if (length < 0)
        fine = fail(error, "read", part->path);
    g_free(block);
    return fine;
}

static void
sink_free(struct sink *sink)
{
    if (sink->fd >= 0)
        close(sink->fd);
    g_free(sink->path);
    g_free(sink->target);
    g_free(sink->temporary);
    g_free(sink);
}

/* Close tells of errors that a network file system kept back. */
static gboolean
close_file(struct sink *sink, GError **error)
{
    gboolean synced = !sink->temporary || !fsync(sink->fd) || errno == EINVAL;
    if (!synced)
        return fail(error, "write", sink->path);
    int closed = close(sink->fd);
    sink->fd = -1;
    return !closed || fail(error, "write", sink->path);
}

gboolean
sink_finish(struct sink *sink, GError **error)
{
    gboolean fine = sink->fd < 0 || (empty_file(sink, error) && close_file(sink, error));
    if (fine && sink->temporary && g_rename(sink->temporary, sink->target))
        fine = fail(error, "write", sink->path);
    if (!fine && sink->temporary)
        g_unlink(sink->temporary);
    sink_free(sink);
    return fine;
}

void
sink_abandon(struct sink *sink)
{
    if (!sink)
        return;
    if (sink->temporary)
        g_unlink(sink->temporary);
    if (sink->truncates && sink->is_new)
        g_unlink(sink->path);
    sink_free(sink);
}
