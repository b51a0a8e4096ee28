/*
 * saved_paths.h - outputs whose paths are among the saved preferences.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_SAVED_PATHS_H
#define CICFLOW_SAVED_PATHS_H

#include "../../run/settings.h"

/* False with an error when an output that the command line does not name holds something already. A saved path names
 * the same file in every run; where each run is for one capture, a later one must not replace what an earlier one has
 * written there. */
bool saved_paths_are_free(const run_settings *settings, GError **error);

#endif
