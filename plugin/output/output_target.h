/*
 * output_target.h - resolves the path of an output to a name in an open folder, following only trusted symbolic links.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/stat.h>

typedef struct {
    int folder;
    char *path; /* resolved, for messages */
    char *name; /* its last part */
    bool exists;
    bool is_descriptor; /* /dev/stdout, /dev/fd/N: a system link to an open file */
    struct stat status; /* of the file, if it exists */
} output_target;

/* False with an error that names path and reason; nothing has to be cleared then. A link of another user is refused,
 * unless that is root or the owner of the folder. */
bool output_target_find(output_target *target, const char *path, GError **error);

/* Whether another file can be renamed over the existing one, as far as that is known without trying. */
bool output_target_is_replaceable(const output_target *target);

/* Returns false, and sets the error that the path cannot be created for this reason. */
bool output_target_refuse(const char *path, const char *reason, GError **error);

/* Whether two outputs, or an output and an input, would be one file, whatever their paths look like; "-" is itself
 * only. Anything that is not a regular file, such as /dev/null, can be shared. */
bool output_target_is_same(const char *one, const char *other);

/* Whether the path names a regular file that begins as pcap and pcapng files do. Records
 * do not take the place of one. */
bool output_target_is_capture(const char *path);

void output_target_clear(output_target *target);
