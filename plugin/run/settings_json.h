/*
 * settings_json.h - the options of a run as JSON, for outputs that say how they were made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_SETTINGS_JSON_H
#define CICFLOW_SETTINGS_JSON_H

#include "settings.h"

/* An object with all options as they were given, but for the paths of outputs; to be freed. */
char *settings_json(const option_texts *texts);

#endif
