/*
 * settings_json.h - the options of a run as JSON, to be recorded in its outputs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_SETTINGS_JSON_H
#define CICFLOW_SETTINGS_JSON_H

#include "settings.h"

/* A JSON object with all options as given, except output paths; to be freed. */
char *settings_json(const option_texts *texts);

#endif
