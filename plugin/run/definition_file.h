/*
 * definition_file.h - reads files of definitions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow/define/definitions.h"

/* Reads the files in a comma-separated list of paths or names, in this order; a single path may contain commas. False
 * with a one-line error that names the file. */
bool definition_files_read(definitions *into, const char *paths, GError **error);

/* Whether the file is in such a list. */
bool definition_files_have(const char *paths, const char *file);
