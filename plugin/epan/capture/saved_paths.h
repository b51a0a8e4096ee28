/*
 * saved_paths.h - protects existing files named in saved preferences from being overwritten.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_SAVED_PATHS_H
#define CICFLOW_SAVED_PATHS_H

#include "../../run/settings.h"

/* False with an error if an output that only the saved preferences name is a file that is not empty. A saved path names
 * the same file in every run; tshark must not replace the records of an earlier capture with those of a later one. */
bool saved_paths_are_free(const run_settings *settings, GError **error);

#endif
