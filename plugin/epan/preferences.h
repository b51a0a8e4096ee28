/*
 * preferences.h - the options as Wireshark's preferences.
 *
 * Options with few choices are text preferences too: for an enumeration Wireshark silently keeps the old value if a
 * wrong one is given, and we have to report it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "compat.h"

#include <epan/prefs.h>

#include "../run/settings.h"

/* The C type of a preference of each kind in options.def. */
typedef const char *preference_text, *preference_input_file, *preference_output_file;
typedef guint preference_number;
typedef ws_boolean preference_boolean;

/* Variables that Wireshark's preference code owns and fills. */
typedef struct {
#define PREFERENCE(name, kind, initial, title, description) preference_##kind name;
#include "../options.def"
} preference_values;

/* Registers every preference with its default. The values must outlive the module. */
void preferences_register(module_t *module, preference_values *values);

/* The current preferences; the strings are Wireshark's, and valid until a preference changes. */
option_texts preferences_texts(const preference_values *values);
