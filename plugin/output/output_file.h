/*
 * output_file.h - an output: a file that appears under its name when it is complete, or one that is written in place.
 *
 * A whole file is written as TARGET.partial in the target's folder and renamed when complete; until then an older file
 * is unchanged, and if the run is killed only the partial file remains. Written in place are outputs that are not
 * regular files ("-", pipes, devices), growing files, and files in a folder without write permission.
 *
 * If the target is a symbolic link, the link stays and the file that it points to is replaced. Links are followed if
 * they belong to the user, to root or to the owner of their folder; others are refused, even if they are created while
 * we look. This only concerns the last part of the path: links in the path of the folder are always followed.
 *
 * The new file gets the owner, group and permissions of the one that it replaces, as far as we are permitted to set
 * them. Other hard links to the replaced file keep the old contents.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

typedef struct output_file output_file;

typedef enum {
    OUTPUT_WHOLE,  /* appears when complete */
    OUTPUT_GROWING /* visible while it is written */
} output_kind;

/* Creates the file. An existing file that is written in place is only truncated by the first write. "-" is standard
 * output. NULL with an error that names path and reason. */
output_file *output_file_open(const char *path, output_kind kind, GError **error);

/* A file without a name in the folder (NULL: the one for temporary files), to be read through its descriptor. */
output_file *output_file_open_unnamed(const char *folder, GError **error);

/* A file that somebody else has opened and completes. The output takes ownership of the descriptor; the path is for
 * messages. The first write truncates the file if it is regular and not shared, as standard output may be. */
output_file *output_file_adopt(int fd, const char *path, gboolean is_shared);

/* To be called when somebody else has written everything to the descriptor. */
void output_file_note_written(output_file *file);

/* Writes the bytes. False with an error that names path and reason. */
gboolean output_file_write(output_file *file, const char *data, gsize length, GError **error);

/* Truncates the file to this length, where the next write continues. False with an error, also if the file is not
 * regular. */
gboolean output_file_shorten(output_file *file, guint64 bytes, GError **error);

/* Syncs a whole file to disk and gives it its name. It stays open, and is written in place from now on. */
gboolean output_file_complete(output_file *file, GError **error);

/* The path of the partial file while a whole file is incomplete; NULL if it is complete or written in place. */
const char *output_file_partial(const output_file *file);

/* Whether a reader may be waiting for the bytes: the output is not a regular file. */
gboolean output_file_is_stream(const output_file *file);

int output_file_descriptor(const output_file *file);

/* Closes and frees; an incomplete file stays under its partial name. */
gboolean output_file_close(output_file *file, GError **error);

/* Completes, closes and frees; what cannot be completed is discarded. */
gboolean output_file_finish(output_file *file, GError **error);

/* Writes a whole file, of which nothing is left after an error. */
gboolean output_file_write_whole(const char *path, const char *data, gsize length, GError **error);

/* Closes and frees, and removes an incomplete file; one that is written in place only if it is new and empty. */
void output_file_discard(output_file *file);

/* Truncates the file if it exists and is regular. If that fails, the file is unchanged. */
void output_file_withdraw(const char *path);
