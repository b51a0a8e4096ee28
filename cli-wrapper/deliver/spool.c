/*
 * spool.c - appends undelivered records to a file; see spool.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "report.h"

enum { OWNER_ONLY = 0600 };

struct spool {
    char *path;
    int fd; /* -1: not open */
    gboolean has_failed;
};

static gboolean
refuse(const char *path, const char *reason, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write the spool file '%s': %s", path, reason);
    return FALSE;
}

static gboolean
is_safe(int fd, const char *path, GError **error)
{
    struct stat file;
    if (fstat(fd, &file))
        return refuse(path, g_strerror(errno), error);
    if (!S_ISREG(file.st_mode))
        return refuse(path, "it is not an ordinary file", error);
    if (file.st_uid != geteuid())
        return refuse(path, "it belongs to another user", error);
    return TRUE;
}

/* Without O_NONBLOCK opening a named pipe would block before we know that it is one. */
static int
open_safely(const char *path, int more_flags, GError **error)
{
    int fd = open(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | more_flags, OWNER_ONLY);
    if (fd < 0) {
        int failure = errno; /* with O_NOFOLLOW, ELOOP: the last part of the path is a symbolic link */
        refuse(path, failure == ELOOP ? "it is a symbolic link" : g_strerror(failure), error);
        errno = failure;
        return -1;
    }
    if (is_safe(fd, path, error))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

/* A run that was killed may have left half a line. */
static gboolean
end_last_line(int fd, off_t size)
{
    char last = '\n';
    return size == 0 || pread(fd, &last, 1, size - 1) != 1 || last == '\n' || write(fd, "\n", 1) == 1;
}

static gboolean
is_open(struct spool *spool, GError **error)
{
    if (spool->fd >= 0)
        return TRUE;
    int fd = open_safely(spool->path, O_CREAT, error);
    if (fd < 0)
        return FALSE;
    if (fchmod(fd, OWNER_ONLY)) {
        int failure = errno;
        close(fd);
        return refuse(spool->path, g_strerror(failure), error);
    }
    spool->fd = fd;
    return TRUE;
}

/* Writes the whole line or nothing: if the disk fills up, the part written is truncated away. */
static int
append_line(int fd, const char *record)
{
    struct stat file;
    struct iovec parts[] = {{(void *)record, strlen(record)}, {"\n", 1}};
    gssize length = (gssize)parts[0].iov_len + 1;
    if (fstat(fd, &file))
        return errno;
    if (!end_last_line(fd, file.st_size))
        return errno;
    gssize written = writev(fd, parts, G_N_ELEMENTS(parts));
    if (written == length)
        return 0;
    int failure = written < 0 ? errno : ENOSPC;
    return ftruncate(fd, file.st_size) ? errno : failure;
}

static gboolean
add(struct spool *spool, const char *record, GError **error)
{
    if (!is_open(spool, error))
        return FALSE;
    if (flock(spool->fd, LOCK_EX))
        return refuse(spool->path, g_strerror(errno), error);
    int failure = append_line(spool->fd, record);
    flock(spool->fd, LOCK_UN);
    return failure == 0 || refuse(spool->path, g_strerror(failure), error);
}

struct spool *
spool_new(const char *path)
{
    struct spool *spool = g_new0(struct spool, 1);
    spool->path = g_strdup(path);
    spool->fd = -1;
    return spool;
}

gboolean
spool_check(const char *path, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    int fd = open_safely(path, 0, &trouble);
    if (fd >= 0) {
        close(fd);
        return TRUE;
    }
    if (errno != ENOENT) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
    }
    g_autofree char *folder = g_path_get_dirname(path);
    return !access(folder, W_OK | X_OK) || refuse(path, g_strerror(errno), error);
}

gboolean
spool_add(struct spool *spool, const char *record)
{
    g_autoptr(GError) error = NULL;
    if (add(spool, record, &error))
        return TRUE;
    if (!spool->has_failed)
        report_error("%s", error->message);
    spool->has_failed = TRUE;
    return FALSE;
}

gboolean
spool_free(struct spool *spool)
{
    gboolean is_kept = spool->fd < 0 || !close(spool->fd);
    if (!is_kept)
        report_error("cannot write the spool file '%s': %s", spool->path, g_strerror(errno));
    g_free(spool->path);
    g_free(spool);
    return is_kept;
}
