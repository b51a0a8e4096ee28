/*
 * definition_file.h - files of definitions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DEFINITION_FILE_H
#define CICFLOW_DEFINITION_FILE_H

#include "../flow/define/definitions.h"

/* Reads the files whose paths or names are separated by commas, in this order; a path with commas can be given alone.
 * False with one line that names the file. */
bool definition_files_read(definitions *into, const char *paths, GError **error);

#endif
