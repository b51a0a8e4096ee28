/*
 * saved_paths.c - protects files named in saved preferences; see saved_paths.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "saved_paths.h"

#include <sys/stat.h>

#include "../program.h"

static bool
is_free(const char *preference, const char *path, GError **error)
{
    struct stat file;

    if (!path || stat(path, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size == 0 || program_was_given(preference))
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                "%s: %s, from the saved preferences, holds the output of an earlier run; give a path with -o %s:PATH",
                preference, path, preference);
    return false;
}

bool
saved_paths_are_free(const run_settings *settings, GError **error)
{
    return is_free("cicflow.csv", settings->csv, error) && is_free("cicflow.jsonl", settings->jsonl, error) &&
           is_free("cicflow.parquet", settings->parquet, error) && is_free("cicflow.stats", settings->stats, error) &&
           is_free("cicflow.progress", settings->progress, error);
}
