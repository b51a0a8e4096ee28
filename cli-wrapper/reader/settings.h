/*
 * settings.h - the command's options as the settings of a run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "options.h"
#include "run/settings.h"

/* Settings for the capture of that name; free with run_settings_clear(). FALSE with a one-line error that names the
 * command's options. */
gboolean settings_init(run_settings *settings, const struct options *options, const char *capture, GError **error);

/* Rewrites an error that begins with "cicflow.fields: " to begin with "--fields: ", and so for every preference. */
void settings_use_own_words(GError *error);
