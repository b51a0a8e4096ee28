/*
 * output_target.h - where a path leads: a name in an open folder, with symbolic links followed that may be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_OUTPUT_TARGET_H
#define CICFLOW_OUTPUT_TARGET_H

#include <glib.h>
#include <stdbool.h>
#include <sys/stat.h>

typedef struct {
    int folder;
    char *path; /* with links followed; for messages */
    char *name; /* the last part of it */
    bool exists;
    bool is_descriptor; /* /dev/stdout, /dev/fd/N: a link of the system to a file that is open already */
    struct stat status; /* of what is there, when anything is */
} output_target;

/* False with an error that names path and reason, and nothing to clear. A link of another user is refused, unless that
 * is root or owns the folder. */
bool output_target_find(output_target *target, const char *path, GError **error);

/* Whether another file can take the name of the one that is there, as far as that is known without trying. */
bool output_target_is_replaceable(const output_target *target);

/* False, with the error that the path cannot be created for that reason. */
bool output_target_refuse(const char *path, const char *reason, GError **error);

void output_target_clear(output_target *target);

#endif
