/*
 * safe_text.c - makes untrusted text safe; see safe_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "safe_text.h"

#include <glib.h>
#include <string.h>

#define REPLACEMENT 0xfffd
#define CELL_END ';'

enum { UTF8_BYTES_MAX = 6 };

/* Invisible characters that change how others are displayed. */
static gboolean
is_harmful(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
        return TRUE;
    default:
        return FALSE;
    }
}

/* The next character and its length in bytes; an invalid byte is returned as it is. */
static gunichar
next_character(const char *text, size_t *length)
{
    gunichar c = g_utf8_get_char_validated(text, -1);

    if (c == (gunichar)-1 || c == (gunichar)-2) {
        *length = 1;
        return REPLACEMENT;
    }
    *length = (size_t)g_unichar_to_utf8(c, NULL);
    return is_harmful(c) ? REPLACEMENT : c;
}

/* Where the comma is the decimal separator, spreadsheets begin a cell after a semicolon too. Some also accept the
 * fullwidth forms of these signs. */
static gboolean
begins_formula(gunichar before, gunichar c)
{
    static const gunichar signs[] = {'=', '+', '-', '@', 0xff1d, 0xff0b, 0xff0d, 0xff20};

    for (size_t i = 0; before == CELL_END && i < G_N_ELEMENTS(signs); i++) {
        if (c == signs[i])
            return TRUE;
    }
    return FALSE;
}

void
safe_text_write(char *out, size_t size, const char *text)
{
    size_t used = 0, length;
    gunichar before = CELL_END;

    if (size == 0)
        return;
    for (; *text; text += length) {
        char encoded[1 + UTF8_BYTES_MAX] = "'";
        gunichar c = next_character(text, &length);
        size_t quote = begins_formula(before, c) ? 1 : 0;
        size_t bytes = quote + (size_t)g_unichar_to_utf8(c, encoded + quote);
        if (used + bytes >= size)
            break;
        memcpy(out + used, encoded, bytes);
        used += bytes;
        before = c;
    }
    out[used] = '\0';
}
