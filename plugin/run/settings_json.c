/*
 * settings_json.c - see settings_json.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "settings_json.h"

#include "../output/json_text.h"

static void
append_name(GString *json, const char *name)
{
    g_string_append_printf(json, "%s\"%s\":", json->len > 1 ? "," : "", name);
}

static void
append_text(GString *json, const char *name, const char *value)
{
    append_name(json, name);
    json_append_text(json, value);
}

static void
append_input_file(GString *json, const char *name, const char *value)
{
    append_text(json, name, value);
}

static void
append_output_file(GString *json, const char *name, const char *value)
{
    (void)json;
    (void)name;
    (void)value;
}

static void
append_number(GString *json, const char *name, guint value)
{
    append_name(json, name);
    g_string_append_printf(json, "%u", value);
}

static void
append_boolean(GString *json, const char *name, bool value)
{
    append_name(json, name);
    g_string_append(json, value ? "true" : "false");
}

char *
settings_json(const option_texts *texts)
{
    GString *json = g_string_new("{");

#define PREFERENCE(name, kind, initial, title, description) append_##kind(json, #name, texts->name);
#include "../options.def"
#undef PREFERENCE
    g_string_append_c(json, '}');
    return g_string_free(json, FALSE);
}
