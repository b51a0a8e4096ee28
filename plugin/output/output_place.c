/*
 * output_place.c - follows symbolic links step by step; see output_place.h.
 *
 * The system follows links for whoever made them, except in folders with the sticky bit. In others too, somebody else
 * who may write to the folder must not decide which of our files is written over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "output_place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As many as the system follows. */
enum { LINKS_MAX = 40 };

bool
output_place_refuse(const char *path, const char *reason, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot create \"%s\": %s", path, reason);
    return false;
}

void
output_place_clear(output_place *place)
{
    if (place->folder >= 0)
        close(place->folder);
    place->folder = -1;
    g_clear_pointer(&place->path, g_free);
    g_clear_pointer(&place->name, g_free);
}

/* Looks what has the name, without following it. A symbolic link is opened: by its name it could be another one the
 * next time. False with errno. */
static bool
look_at_name(output_place *place, int *link)
{
    int fd = openat(place->folder, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    place->exists = fd >= 0;
    if (fd < 0)
        return errno == ENOENT;
    bool ok = fstat(fd, &place->status) == 0;
    if (ok && S_ISLNK(place->status.st_mode))
        *link = fd;
    else
        close(fd);
    return ok;
}

/* Opens the path's folder and looks what is there. False with errno. */
static bool
look(output_place *place, int *link)
{
    char *folder = g_path_get_dirname(place->path);
    place->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    g_free(folder);
    if (place->folder < 0)
        return false;
    if (g_str_has_suffix(place->path, "/")) {
        errno = EISDIR;
        return false;
    }
    place->name = g_path_get_basename(place->path);
    return look_at_name(place, link);
}

static bool
is_trusted(const output_place *place)
{
    uid_t owner = place->status.st_uid;
    struct stat folder;

    return owner == geteuid() || owner == 0 || (fstat(place->folder, &folder) == 0 && owner == folder.st_uid);
}

static bool
is_of_the_system(const output_place *place)
{
    struct statfs folder;
    return fstatfs(place->folder, &folder) == 0 && folder.f_type == PROC_SUPER_MAGIC;
}

/* FAILED: with errno. */
typedef enum { FOUND, FOLLOWED, FAILED, REFUSED } step;

/* Goes on to the path that the link at the place stands for. */
static step
follow(output_place *place, int link)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(link, "", target, sizeof target - 1);

    if (length < 0)
        return FAILED;
    target[length] = '\0';
    char *folder = g_path_get_dirname(place->path);
    char *next = *target == '/' ? g_strdup(target) : g_build_filename(folder, target, NULL);
    g_free(folder);
    output_place_clear(place);
    place->path = next;
    return FOLLOWED;
}

/* Looks at the path, and goes on by one link if one is there. */
static step
take_step(output_place *place)
{
    int link = -1;

    if (!look(place, &link))
        return FAILED;
    if (link < 0)
        return FOUND;
    place->is_descriptor = is_of_the_system(place);
    step result = FOUND;
    if (!place->is_descriptor)
        result = is_trusted(place) ? follow(place, link) : REFUSED;
    int reason = errno;
    close(link);
    errno = reason;
    return result;
}

bool
output_place_find(output_place *place, const char *path, GError **error)
{
    *place = (output_place){.folder = -1, .path = g_strdup(path)};
    step last = FOLLOWED;
    for (int links = 0; last == FOLLOWED && links <= LINKS_MAX; links++)
        last = take_step(place);
    if (last == FOUND)
        return true;
    int reason = last == FOLLOWED ? ELOOP : errno;
    output_place_clear(place);
    return output_place_refuse(path, last == REFUSED ? "it is a symbolic link of another user" : g_strerror(reason),
                               error);
}

/* A file that is mounted on its own, as into a container. */
static bool
is_mount_point(const output_place *place)
{
    struct statx folder, file;

    return statx(place->folder, "", AT_EMPTY_PATH, STATX_MNT_ID, &folder) == 0 &&
           statx(place->folder, place->name, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &file) == 0 &&
           (file.stx_mask & folder.stx_mask & STATX_MNT_ID) != 0 && folder.stx_mnt_id != file.stx_mnt_id;
}

/* In a folder with the sticky bit only the owners replace a file. */
static bool
is_stuck(const output_place *place)
{
    uid_t user = geteuid();
    struct stat folder;

    return user != 0 && place->status.st_uid != user && fstat(place->folder, &folder) == 0 &&
           (folder.st_mode & S_ISVTX) != 0 && folder.st_uid != user;
}

bool
output_place_is_replaceable(const output_place *place)
{
    if (place->is_descriptor || (place->exists && !S_ISREG(place->status.st_mode)))
        return false;
    return !place->exists || (!is_mount_point(place) && !is_stuck(place));
}
