/*
 * output_target.c - follows symbolic links step by step; see output_target.h.
 *
 * The system follows links of any owner, except in folders with the sticky bit. In other folders too, another user with
 * write permission must not decide which of our files is overwritten.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "output_target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As many links as the system follows. */
enum { LINKS_MAX = 40 };

bool
output_target_refuse(const char *path, const char *reason, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot create \"%s\": %s", path, reason);
    return false;
}

bool
output_target_is_same(const char *one, const char *other)
{
    struct stat first, second;

    if (strcmp(one, "-") == 0 || strcmp(other, "-") == 0)
        return strcmp(one, other) == 0;
    if (stat(one, &first) == 0 && stat(other, &second) == 0)
        return S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    g_autofree char *one_path = g_canonicalize_filename(one, NULL);
    g_autofree char *other_path = g_canonicalize_filename(other, NULL);
    return strcmp(one_path, other_path) == 0;
}

bool
output_target_is_capture(const char *path)
{
    enum { MAGIC_BYTES = 4 };
    static const guint8 magics[][MAGIC_BYTES] = {
        {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0xc3, 0xd4}, {0x4d, 0x3c, 0xb2, 0xa1},
        {0xa1, 0xb2, 0x3c, 0x4d}, {0x0a, 0x0d, 0x0d, 0x0a},
    };
    guint8 start[MAGIC_BYTES];
    struct stat status;
    bool is_found = false;

    if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    if (read(fd, start, sizeof start) == (gssize)sizeof start) {
        for (size_t i = 0; !is_found && i < G_N_ELEMENTS(magics); i++)
            is_found = memcmp(start, magics[i], sizeof start) == 0;
    }
    close(fd);
    return is_found;
}

void
output_target_clear(output_target *target)
{
    if (target->folder >= 0)
        close(target->folder);
    target->folder = -1;
    g_clear_pointer(&target->path, g_free);
    g_clear_pointer(&target->name, g_free);
}

/* Looks up the name without following links. A link is opened, because another one could have its name later. False
 * with errno. */
static bool
look_at_name(output_target *target, int *link)
{
    int fd = openat(target->folder, target->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    target->exists = fd >= 0;
    if (fd < 0)
        return errno == ENOENT;
    bool ok = fstat(fd, &target->status) == 0;
    if (ok && S_ISLNK(target->status.st_mode))
        *link = fd;
    else
        close(fd);
    return ok;
}

/* Opens the path's folder and looks up the name in it. False with errno. */
static bool
look(output_target *target, int *link)
{
    g_autofree char *folder = g_path_get_dirname(target->path);
    target->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (target->folder < 0)
        return false;
    if (g_str_has_suffix(target->path, "/")) {
        errno = EISDIR;
        return false;
    }
    target->name = g_path_get_basename(target->path);
    return look_at_name(target, link);
}

static bool
is_trusted(const output_target *target)
{
    uid_t owner = target->status.st_uid;
    struct stat folder;

    return owner == geteuid() || owner == 0 || (fstat(target->folder, &folder) == 0 && owner == folder.st_uid);
}

static bool
is_of_the_system(const output_target *target)
{
    struct statfs folder;
    return fstatfs(target->folder, &folder) == 0 && folder.f_type == PROC_SUPER_MAGIC;
}

/* FAILED: with errno. */
typedef enum { FOUND, FOLLOWED, FAILED, REFUSED } step;

/* Replaces the path by that of the link at the target. */
static step
follow(output_target *target, int link)
{
    char text[PATH_MAX];
    ssize_t length = readlinkat(link, "", text, sizeof text - 1);

    if (length < 0)
        return FAILED;
    text[length] = '\0';
    g_autofree char *folder = g_path_get_dirname(target->path);
    char *next = *text == '/' ? g_strdup(text) : g_build_filename(folder, text, NULL);
    output_target_clear(target);
    target->path = next;
    return FOLLOWED;
}

/* Looks up the path, and follows one link if there is one. */
static step
take_step(output_target *target)
{
    int link = -1;

    if (!look(target, &link))
        return FAILED;
    if (link < 0)
        return FOUND;
    target->is_descriptor = is_of_the_system(target);
    step result = FOUND;
    if (!target->is_descriptor)
        result = is_trusted(target) ? follow(target, link) : REFUSED;
    int reason = errno;
    close(link);
    errno = reason;
    return result;
}

bool
output_target_find(output_target *target, const char *path, GError **error)
{
    *target = (output_target){.folder = -1, .path = g_strdup(path)};
    step last = FOLLOWED;
    for (int links = 0; last == FOLLOWED && links <= LINKS_MAX; links++)
        last = take_step(target);
    if (last == FOUND)
        return true;
    int reason = last == FOLLOWED ? ELOOP : errno;
    output_target_clear(target);
    return output_target_refuse(path, last == REFUSED ? "it is a symbolic link of another user" : g_strerror(reason),
                                error);
}

/* Whether the file is a mount point, as with bind mounts into containers. */
static bool
is_mount_point(const output_target *target)
{
    struct statx folder, file;

    return statx(target->folder, "", AT_EMPTY_PATH, STATX_MNT_ID, &folder) == 0 &&
           statx(target->folder, target->name, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &file) == 0 &&
           (file.stx_mask & folder.stx_mask & STATX_MNT_ID) != 0 && folder.stx_mnt_id != file.stx_mnt_id;
}

/* In a folder with the sticky bit only the owner of the file or the folder may replace the file. */
static bool
is_stuck(const output_target *target)
{
    uid_t user = geteuid();
    struct stat folder;

    return user != 0 && target->status.st_uid != user && fstat(target->folder, &folder) == 0 &&
           (folder.st_mode & S_ISVTX) != 0 && folder.st_uid != user;
}

bool
output_target_is_replaceable(const output_target *target)
{
    if (target->is_descriptor || (target->exists && !S_ISREG(target->status.st_mode)))
        return false;
    return !target->exists || (!is_mount_point(target) && !is_stuck(target));
}
