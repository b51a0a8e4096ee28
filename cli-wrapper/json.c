/*
 * json.c - a recursive reader of JSON objects, kept to what the plugin writes; see json.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "json.h"

#include <string.h>

enum { DEPTH_MOST = 8, HEX_DIGITS = 4 };

struct reader {
    const char *at, *end;
    GHashTable *values;
};

static void
skip_blanks(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at))
        r->at++;
}

static gboolean
take(struct reader *r, char wanted)
{
    skip_blanks(r);
    if (r->at >= r->end || *r->at != wanted)
        return FALSE;
    r->at++;
    return TRUE;
}

/* The four digits of \uXXXX; -1 when they are none. */
static int
read_unit(struct reader *r)
{
    int unit = 0;
    if (r->end - r->at < HEX_DIGITS)
        return -1;
    for (int i = 0; i < HEX_DIGITS; i++) {
        int digit = g_ascii_xdigit_value(*r->at++);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static gboolean
is_surrogate(int unit, int first)
{
    return unit >= first && unit < first + 0x400;
}

/* Characters beyond 16 bits are written as two units; one of them alone, or a NUL, is no character. */
static gboolean
read_character(struct reader *r, GString *text)
{
    int unit = read_unit(r);
    gunichar character = (gunichar)unit;
    if (is_surrogate(unit, 0xd800)) {
        if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
            return FALSE;
        r->at += 2;
        int low = read_unit(r);
        if (!is_surrogate(low, 0xdc00))
            return FALSE;
        character = 0x10000 + ((gunichar)(unit - 0xd800) << 10) + (gunichar)(low - 0xdc00);
    }
    if (unit <= 0 || !g_unichar_validate(character))
        return FALSE;
    g_string_append_unichar(text, character);
    return TRUE;
}

static gboolean
read_escape(struct reader *r, GString *text)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (r->at >= r->end)
        return FALSE;
    char letter = *r->at++;
    if (letter == 'u')
        return read_character(r, text);
    const char *place = letter ? strchr(letters, letter) : NULL;
    if (!place)
        return FALSE;
    g_string_append_c(text, meanings[place - letters]);
    return TRUE;
}

static char *
read_string(struct reader *r)
{
    if (!take(r, '"'))
        return NULL;
    GString *text = g_string_new(NULL);
    gboolean is_fine = TRUE;
    while (is_fine && r->at < r->end && *r->at != '"') {
        char next = *r->at++;
        if (next == '\\')
            is_fine = read_escape(r, text);
        else
            g_string_append_c(text, next);
    }
    is_fine = is_fine && r->at < r->end;
    r->at++;
    return g_string_free(text, !is_fine);
}

static gboolean read_object(struct reader *r, const char *prefix, int depth);

static gboolean
read_text(struct reader *r, const char *name)
{
    char *text = read_string(r);
    if (text)
        g_hash_table_replace(r->values, g_strdup(name), text);
    return text != NULL;
}

/* A number, true, false or null. */
static gboolean
read_word(struct reader *r, const char *name)
{
    const char *begin = r->at;
    while (r->at < r->end && (g_ascii_isalnum(*r->at) || strchr("+-.", *r->at)))
        r->at++;
    if (r->at == begin)
        return FALSE;
    g_hash_table_replace(r->values, g_strdup(name), g_strndup(begin, (gsize)(r->at - begin)));
    return TRUE;
}

/* A value goes to the table under its name; what is nested adds its own names. */
static gboolean
read_value(struct reader *r, const char *name, int depth)
{
    skip_blanks(r);
    char first = '\0';
    if (r->at < r->end)
        first = *r->at;
    if (first == '{')
        return read_object(r, name, depth + 1);
    return first == '"' ? read_text(r, name) : read_word(r, name);
}

static gboolean
read_member(struct reader *r, const char *prefix, int depth)
{
    skip_blanks(r);
    char *name = read_string(r);
    if (!name)
        return FALSE;
    char *full = *prefix ? g_strconcat(prefix, ".", name, NULL) : g_strdup(name);
    gboolean is_fine = take(r, ':') && read_value(r, full, depth);
    g_free(full);
    g_free(name);
    return is_fine;
}

static gboolean
read_object(struct reader *r, const char *prefix, int depth)
{
    if (depth > DEPTH_MOST || !take(r, '{'))
        return FALSE;
    if (take(r, '}'))
        return TRUE;
    do
        if (!read_member(r, prefix, depth))
            return FALSE;
    while (take(r, ','));
    return take(r, '}');
}

GHashTable *
json_flat(const char *text, gsize length)
{
    struct reader r = {text, text + length, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    gboolean is_object = read_object(&r, "", 0);
    skip_blanks(&r);
    if (is_object && r.at == r.end)
        return r.values;
    g_hash_table_unref(r.values);
    return NULL;
}
