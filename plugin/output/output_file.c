/*
 * output_file.c - files that appear when they are complete; see output_file.h.
 *
 * The folder is opened once and names are resolved in it without following links. A partial file is locked while it is
 * written: one that is not locked was left over by an earlier run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "output_target.h"

#define ENDING ".partial"

/* How many partial names are tried, and how often each, as others may create and remove files of that name. */
enum { NAMES_MAX = 20, TRIES_MAX = 20 };

/* In errno; no call that creates a file returns this value. */
enum { NAMES_ARE_TAKEN = ENOTUNIQ };

/* The partial name must not exceed NAME_MAX. */
enum { BASE_BYTES_MAX = NAME_MAX - sizeof ENDING - 3 };

struct output_file {
    char *path; /* for messages */
    int fd;
    bool owns_fd;
    bool is_regular;
    bool is_new;          /* there was no file before */
    bool is_begun;        /* written in place, and the old contents are gone */
    output_target target; /* where the file is or will be */
    char *partial;        /* its name until it is complete; NULL: written in place */
    char *partial_path;
};

static gboolean
fail(const output_file *file, int reason, GError **error)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(reason), "cannot write \"%s\": %s", file->path,
                g_strerror(reason));
    return FALSE;
}

/* Whether the name still refers to our open file. */
static bool
is_named(int folder, const char *name, int fd)
{
    struct stat by_name, opened;

    return fstatat(folder, name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &opened) == 0 &&
           by_name.st_dev == opened.st_dev && by_name.st_ino == opened.st_ino;
}

/* On filesystems without locks no file counts as locked. */
static bool
lock(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* Removes a partial file of ours that is no longer being written. */
static bool
remove_leftover(int folder, const char *name)
{
    struct stat status;
    int fd = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool removed = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
                   lock(fd) && is_named(folder, name, fd) && unlinkat(folder, name, 0) == 0;
    if (fd >= 0)
        close(fd);
    return removed;
}

/* The descriptor of a new, locked file of that name; -1 with errno, EEXIST if the name is taken. */
static int
create_locked(int folder, const char *name, mode_t mode)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST)
            return -1;
        if (fd < 0 && !remove_leftover(folder, name))
            break;
        if (fd < 0)
            continue;
        if (lock(fd) && is_named(folder, name, fd))
            return fd;
        close(fd);
    }
    errno = EEXIST;
    return -1;
}

/* Copies owner, group and permissions of the replaced file; failing to is not an error. Group permissions are not
 * granted to a different group. */
static void
keep_attributes(const output_file *file)
{
    const struct stat *old = &file->target.status;
    mode_t mode = old->st_mode & 0777;
    struct stat own;

    if (fstat(file->fd, &own) != 0)
        return;
    if (own.st_gid != old->st_gid && fchown(file->fd, (uid_t)-1, old->st_gid) != 0)
        mode &= (mode_t)~S_IRWXG;
    if (fchmod(file->fd, mode) != 0)
        g_debug("cannot keep the permissions of %s", file->path);
    if (own.st_uid != old->st_uid && fchown(file->fd, old->st_uid, (gid_t)-1) != 0)
        g_debug("cannot keep the owner of %s", file->path);
}

static bool
is_of_another_user(const output_target *target)
{
    return target->exists && target->status.st_uid != geteuid();
}

/* False with errno, NAMES_ARE_TAKEN if all names are in use. The partial file belongs to us at first, or a later run
 * could not remove it. */
static bool
open_beside(output_file *file)
{
    const output_target *target = &file->target;
    mode_t mode = target->exists ? target->status.st_mode & 0600 : 0666;
    int base_bytes = (int)MIN(strlen(target->name), (size_t)BASE_BYTES_MAX);

    for (int i = 1; i <= NAMES_MAX && file->fd < 0; i++) {
        g_free(file->partial);
        file->partial = i == 1 ? g_strdup_printf("%.*s" ENDING, base_bytes, target->name)
                               : g_strdup_printf("%.*s" ENDING "-%d", base_bytes, target->name, i);
        file->fd = create_locked(target->folder, file->partial, mode);
        if (file->fd < 0 && errno != EEXIST)
            break;
    }
    if (file->fd < 0) {
        errno = errno == EEXIST ? NAMES_ARE_TAKEN : errno;
        g_clear_pointer(&file->partial, g_free);
        return false;
    }
    int folder_bytes = (int)(strlen(target->path) - strlen(target->name));
    file->partial_path = g_strdup_printf("%.*s%s", folder_bytes, target->path, file->partial);
    if (target->exists && !is_of_another_user(target))
        keep_attributes(file);
    return true;
}

/* False with errno. */
static bool
open_in_place(output_file *file)
{
    const output_target *target = &file->target;
    int flags = O_WRONLY | O_CLOEXEC | (target->exists ? 0 : O_CREAT | O_EXCL);

    if (!target->is_descriptor)
        flags |= O_NOFOLLOW;
    file->fd = openat(target->folder, target->name, flags, 0666);
    return file->fd >= 0;
}

/* False with errno. A file without write permission is not replaced either. */
static bool
open_as(output_file *file, output_kind kind)
{
    const output_target *target = &file->target;

    if (target->exists && S_ISDIR(target->status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (kind == OUTPUT_GROWING || !output_target_is_replaceable(target))
        return open_in_place(file);
    if (target->exists && faccessat(target->folder, target->name, W_OK, AT_EACCESS) != 0)
        return false;
    if (open_beside(file))
        return true;
    bool folder_is_closed = errno == EACCES || errno == EPERM || errno == EROFS;
    return folder_is_closed && target->exists && open_in_place(file);
}

/* Whether the target has changed since it was looked up. */
static bool
has_moved(int reason, const output_target *target)
{
    return reason == ELOOP || (reason == EEXIST && !target->exists) || (reason == ENOENT && target->exists);
}

static gboolean
fail_to_create(const output_file *file, int reason, GError **error)
{
    if (reason != NAMES_ARE_TAKEN)
        return output_target_refuse(file->path, g_strerror(reason), error);
    const char *path = file->target.path;
    g_autofree char *text =
        g_strdup_printf("remove what is called \"%s" ENDING "\" to \"%s" ENDING "-%d\"", path, path, NAMES_MAX);
    return output_target_refuse(file->path, text, error);
}

static bool
find_and_open(output_file *file, output_kind kind, GError **error)
{
    for (int i = 0;; i++) {
        if (!output_target_find(&file->target, file->path, error))
            return false;
        if (open_as(file, kind))
            return true;
        int reason = errno;
        if (i == TRIES_MAX || !has_moved(reason, &file->target))
            return fail_to_create(file, reason, error);
        output_target_clear(&file->target);
    }
}

static void
output_file_free(output_file *file)
{
    if (file->owns_fd && file->fd >= 0)
        close(file->fd);
    output_target_clear(&file->target);
    g_free(file->partial);
    g_free(file->partial_path);
    g_free(file->path);
    g_free(file);
}

static void
note_kind(output_file *file)
{
    struct stat status;
    file->is_regular = fstat(file->fd, &status) == 0 && S_ISREG(status.st_mode);
}

static output_file *
output_file_new(const char *path)
{
    output_file *file = g_new0(output_file, 1);
    file->path = g_strdup(path);
    file->fd = -1;
    file->owns_fd = true;
    file->target.folder = -1;
    return file;
}

output_file *
output_file_open(const char *path, output_kind kind, GError **error)
{
    bool standard_output = strcmp(path, "-") == 0;
    output_file *file = output_file_new(standard_output ? "standard output" : path);

    if (standard_output) {
        file->fd = STDOUT_FILENO;
        file->owns_fd = false;
        file->is_begun = true;
    } else if (!find_and_open(file, kind, error)) {
        output_file_free(file);
        return NULL;
    }
    file->is_new = !file->target.exists;
    note_kind(file);
    return file;
}

output_file *
output_file_open_unnamed(const char *folder, GError **error)
{
    g_autofree char *name = g_build_filename(folder ? folder : g_get_tmp_dir(), ".cicflow.XXXXXX", NULL);
    output_file *file = output_file_new(name);

    file->fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
    if (file->fd < 0) {
        output_target_refuse(name, g_strerror(errno), error);
        g_clear_pointer(&file, output_file_free);
    } else {
        unlink(name);
        file->is_begun = true;
        note_kind(file);
    }
    return file;
}

output_file *
output_file_adopt(int fd, const char *path, gboolean is_shared)
{
    output_file *file = output_file_new(path);

    file->fd = fd;
    file->is_begun = is_shared;
    note_kind(file);
    return file;
}

void
output_file_note_written(output_file *file)
{
    file->is_begun = true;
}

/* Devices and pipes cannot be truncated, and need not be. */
static gboolean
begin(output_file *file, GError **error)
{
    if (file->is_begun || file->partial)
        return TRUE;
    file->is_begun = true;
    return !file->is_regular || ftruncate(file->fd, 0) == 0 || fail(file, errno, error);
}

gboolean
output_file_write(output_file *file, const char *data, gsize length, GError **error)
{
    if (!begin(file, error))
        return FALSE;
    while (length > 0) {
        ssize_t written = write(file->fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(file, errno, error);
        data += written;
        length -= (gsize)written;
    }
    return TRUE;
}

gboolean
output_file_shorten(output_file *file, guint64 bytes, GError **error)
{
    off_t length = (off_t)bytes;
    return (ftruncate(file->fd, length) == 0 && lseek(file->fd, length, SEEK_SET) == length) ||
           fail(file, errno, error);
}

/* The name no longer refers to our file, so it is unknown where the bytes are. */
static gboolean
fail_exchanged(output_file *file, const char *path, GError **error)
{
    g_clear_pointer(&file->partial, g_free);
    file->is_begun = true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write \"%s\": another file is called \"%s\" now",
                file->path, path);
    return FALSE;
}

gboolean
output_file_complete(output_file *file, GError **error)
{
    if (!file->partial)
        return begin(file, error);
    if (fsync(file->fd) != 0 && errno != EINVAL)
        return fail(file, errno, error);
    if (!is_named(file->target.folder, file->partial, file->fd))
        return fail_exchanged(file, file->partial_path, error);
    if (is_of_another_user(&file->target))
        keep_attributes(file);
    if (renameat(file->target.folder, file->partial, file->target.folder, file->target.name) != 0)
        return fail(file, errno, error);
    if (!is_named(file->target.folder, file->target.name, file->fd))
        return fail_exchanged(file, file->target.path, error);
    g_clear_pointer(&file->partial, g_free);
    file->is_begun = true;
    return TRUE;
}

const char *
output_file_partial(const output_file *file)
{
    return file->partial ? file->partial_path : NULL;
}

gboolean
output_file_is_stream(const output_file *file)
{
    return !file->is_regular;
}

int
output_file_descriptor(const output_file *file)
{
    return file->fd;
}

gboolean
output_file_close(output_file *file, GError **error)
{
    gboolean ok = TRUE;

    if (file->owns_fd && close(file->fd) != 0)
        ok = fail(file, errno, error);
    file->fd = -1;
    output_file_free(file);
    return ok;
}

static bool
is_empty(const output_file *file)
{
    struct stat status;
    return file->is_regular && fstat(file->fd, &status) == 0 && status.st_size == 0;
}

void
output_file_discard(output_file *file)
{
    const char *name = file->partial;

    if (!name && file->is_new && is_empty(file))
        name = file->target.name;
    if (name && is_named(file->target.folder, name, file->fd))
        unlinkat(file->target.folder, name, 0);
    output_file_free(file);
}

gboolean
output_file_finish(output_file *file, GError **error)
{
    if (output_file_complete(file, error))
        return output_file_close(file, error);
    output_file_discard(file);
    return FALSE;
}

gboolean
output_file_write_whole(const char *path, const char *data, gsize length, GError **error)
{
    output_file *file = output_file_open(path, OUTPUT_WHOLE, error);

    if (file && output_file_write(file, data, length, error))
        return output_file_finish(file, error);
    if (file)
        output_file_discard(file);
    return FALSE;
}

void
output_file_withdraw(const char *path)
{
    struct stat status;
    output_file *file;

    if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    file = output_file_open(path, OUTPUT_GROWING, NULL);
    if (!file)
        return;
    begin(file, NULL);
    output_file_close(file, NULL);
}
