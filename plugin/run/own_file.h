/*
 * own_file.h - finds and reads text files that users name, including those installed with us, which need no path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

typedef enum {
    OWN_DEFINITIONS, /* column definitions: definitions/NAME.define */
    OWN_LABELS       /* rules for published data sets: labels/NAME.labels */
} own_file_kind;

/* The path of a file, to be freed: the path itself if it exists, else that of an installed file of this name; NULL if
 * there is neither. */
char *own_file_find(own_file_kind kind, const char *path);

/* The text of a file that an option names, without a byte order mark; free with g_free(). NULL with an error that names
 * the option and the file. */
char *own_file_load(const char *option, const char *path, GError **error);
