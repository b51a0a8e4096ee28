/*
 * filter_text.c - see filter_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "filter_text.h"

#include <string.h>

enum { DEPTH_MAX = 64 };

const char *
filter_text_after_quotes(const char *text)
{
    char quote = *text++;

    while (*text && *text != quote)
        text += *text == '\\' && text[1] ? 2 : 1;
    return *text ? text + 1 : NULL;
}

static char
closing_of(char opening)
{
    if (opening == '(')
        return ')';
    if (opening == '[')
        return ']';
    return '}';
}

const char *
filter_text_end(const char *text)
{
    char closing[DEPTH_MAX];
    unsigned depth = 0;

    while (text && *text) {
        if (*text == '"' || *text == '\'') {
            text = filter_text_after_quotes(text);
            continue;
        }
        if (strchr("([{", *text)) {
            if (depth == DEPTH_MAX)
                return NULL;
            closing[depth++] = closing_of(*text);
        } else if (strchr(")]}", *text)) {
            if (depth == 0)
                return *text == ')' ? text : NULL;
            if (closing[--depth] != *text)
                return NULL;
        }
        text++;
    }
    return NULL;
}
