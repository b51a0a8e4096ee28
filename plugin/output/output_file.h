/*
 * output_file.h - a file that appears under its name when it is complete, and what is written to directly.
 *
 * A whole file is written beside its target as TARGET.partial and renamed when complete; until then an older file stays
 * as it is, and a run that is killed leaves the partial file alone. What is no ordinary file ("-", pipes, devices),
 * what grows under its reader's eyes, and a file in a folder that we may not write to are written in place.
 *
 * A symbolic link as target stays and its file is replaced. Links are followed when they belong to the user, to root or
 * to the owner of their folder; those of others are refused, also when they come between two steps of ours. This is
 * about the last part of the path: its folder is the user's to choose, and links on the way there are followed.
 *
 * The new file has the owner, group and permissions of the one that it replaces as far as we may give them. Another
 * name of that one (hard link) keeps the old bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_OUTPUT_FILE_H
#define CICFLOW_OUTPUT_FILE_H

#include <glib.h>

typedef struct output_file output_file;

typedef enum {
    OUTPUT_WHOLE,  /* appears when complete */
    OUTPUT_GROWING /* is there from its beginning */
} output_kind;

/* Creates the file; one that is there already and is written in place is emptied by the first write. "-" is standard
 * output. NULL with an error that names path and reason. */
output_file *output_file_open(const char *path, output_kind kind, GError **error);

/* A file without a name in the folder (NULL: that for temporary files), to be read by the descriptor. */
output_file *output_file_open_unnamed(const char *folder, GError **error);

/* A file that somebody else has opened and completes, by a descriptor that becomes the file's; path is for messages.
 * The first write empties it, if it is a regular file and not shared with others, as standard output may be. */
output_file *output_file_adopt(int fd, const char *path, gboolean is_shared);

/* Somebody else has written to the descriptor all that there is. */
void output_file_note_written(output_file *file);

/* Hands the bytes to the system. False with an error that names path and reason. */
gboolean output_file_write(output_file *file, const char *data, gsize length, GError **error);

/* Cuts off what is after so many bytes, where the next write goes on. False with an error, also for what is no regular
 * file. */
gboolean output_file_shorten(output_file *file, guint64 bytes, GError **error);

/* Gives a whole file its name, with its bytes on the disk. It stays open, and from now on is written in place. */
gboolean output_file_complete(output_file *file, GError **error);

/* Where the bytes are as long as a whole file is not complete; NULL: it is, or is written in place. */
const char *output_file_partial(const output_file *file);

/* Whether somebody may be waiting for the bytes: it is not a regular file. */
gboolean output_file_is_stream(const output_file *file);

int output_file_descriptor(const output_file *file);

/* Closes and frees; a file that is not complete stays where its bytes are. */
gboolean output_file_close(output_file *file, GError **error);

/* The same, and nothing is left of a file that is not complete; of one written in place, when it is new and empty. */
void output_file_discard(output_file *file);

/* Empties the file, if there is one and it is a regular one. If it cannot be emptied it stays as it is. */
void output_file_withdraw(const char *path);

#endif
