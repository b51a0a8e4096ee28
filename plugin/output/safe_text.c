/*
 * safe_text.c - text that strangers chose; see safe_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "safe_text.h"

#include <glib.h>
#include <string.h>

#define REPLACEMENT 0xfffd

enum { UTF8_BYTES_MAX = 6 };

/* Characters that are not seen themselves, but change how others are. */
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

/* The next character and its length in bytes; a byte that begins none stands for itself. */
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

void
safe_text_write(char *out, size_t size, const char *text)
{
    size_t used = 0, length;

    if (size == 0)
        return;
    if (*text && strchr("=+-@", *text) && size > 1)
        out[used++] = '\'';
    for (; *text; text += length) {
        char encoded[UTF8_BYTES_MAX];
        size_t bytes = (size_t)g_unichar_to_utf8(next_character(text, &length), encoded);
        if (used + bytes >= size)
            break;
        memcpy(out + used, encoded, bytes);
        used += bytes;
    }
    out[used] = '\0';
}
