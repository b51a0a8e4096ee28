/*
 * preferences.c - the options as Wireshark's preferences; see preferences.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "preferences.h"

static void
register_text(module_t *module, const char **value, const char *initial, const char *name, const char *title,
              const char *description)
{
    *value = initial;
    prefs_register_string_preference(module, name, title, description, value);
}

static void
register_input_file(module_t *module, const char **value, const char *initial, const char *name, const char *title,
                    const char *description)
{
    *value = initial;
    prefs_register_filename_preference(module, name, title, description, value, FALSE);
}

static void
register_output_file(module_t *module, const char **value, const char *initial, const char *name, const char *title,
                     const char *description)
{
    *value = initial;
    prefs_register_filename_preference(module, name, title, description, value, TRUE);
}

static void
register_number(module_t *module, guint *value, guint initial, const char *name, const char *title,
                const char *description)
{
    *value = initial;
    prefs_register_uint_preference(module, name, title, description, 10, value);
}

static void
register_boolean(module_t *module, ws_boolean *value, ws_boolean initial, const char *name, const char *title,
                 const char *description)
{
    *value = initial;
    prefs_register_bool_preference(module, name, title, description, value);
}

void
preferences_register(module_t *module, preference_values *values)
{
#define PREFERENCE(name, kind, initial, title, description)                                                            \
    register_##kind(module, &values->name, initial, #name, title, description);
#define PREFERENCE_GROUP(name, title) prefs_register_static_text_preference(module, #name, title, NULL);
#include "../options.def"
    /* Another definition has other fields: Wireshark compiles its filters again then, and frees fields that went. */
    prefs_set_preference_effect_fields(module, "define");
}

option_texts
preferences_texts(const preference_values *values)
{
    return (option_texts){
#define PREFERENCE(name, kind, initial, title, description) .name = values->name,
#include "../options.def"
    };
}
