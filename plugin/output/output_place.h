/*
 * output_place.h - where a path leads: a name in an open folder, with symbolic links followed that may be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_OUTPUT_PLACE_H
#define CICFLOW_OUTPUT_PLACE_H

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
} output_place;

/* False with an error that names path and reason, and nothing to clear. A link of another user is refused, unless that
 * is root or owns the folder. */
bool output_place_find(output_place *place, const char *path, GError **error);

/* Whether another file can take the name of the one that is there, as far as that can be told without trying. */
bool output_place_is_replaceable(const output_place *place);

/* False, with the error that the path cannot be created for that reason. */
bool output_place_refuse(const char *path, const char *reason, GError **error);

void output_place_clear(output_place *place);

#endif
