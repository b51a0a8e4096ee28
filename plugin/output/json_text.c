/*
 * json_text.c - text as a JSON string; see json_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "json_text.h"

void
json_append_text(GString *json, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    g_string_append_c(json, '"');
    for (const char *c = valid; *c; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_c(json, '\\');
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            g_string_append_printf(json, "\\u%04x", (unsigned)*c);
        else
            g_string_append_c(json, *c);
    }
    g_string_append_c(json, '"');
}
