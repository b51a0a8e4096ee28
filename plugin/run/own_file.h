/*
 * own_file.h - text files that users name: where those are that come with us and need no path, and what is in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_OWN_FILE_H
#define CICFLOW_OWN_FILE_H

#include <glib.h>

typedef enum {
    OWN_DEFINITIONS, /* of columns: definitions/NAME.define */
    OWN_LABELS       /* rules for published data sets: labels/NAME.labels */
} own_file_kind;

/* The path of a file, to be freed: the one that there is, else that of ours of this name; NULL: there is none. */
char *own_file_find(own_file_kind kind, const char *path);

/* The text of a file that an option names, without what some editors put in front; free with g_free(). NULL with an
 * error that names the option and the file. */
char *own_file_load(const char *option, const char *path, GError **error);

#endif
