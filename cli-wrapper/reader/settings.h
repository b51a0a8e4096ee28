/*
 * settings.h - the command's options as the settings of a run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_SETTINGS_H
#define CICFLOWMETER_SETTINGS_H

#include "options.h"
#include "run/settings.h"

/* For the capture of that name. Free with run_settings_clear(). FALSE with a line in the words of the command. */
gboolean settings_init(run_settings *settings, const struct options *options, const char *capture, GError **error);

/* The line with "cicflow.fields: ..." as "--fields: ...". */
void settings_use_own_words(GError *error);

#endif
