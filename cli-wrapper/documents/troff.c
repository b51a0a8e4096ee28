/*
 * troff.c - escaping and the man macros; see troff.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "troff.h"

#include <string.h>

#define SQUARED "\xc2\xb2" /* in UTF-8 */

/* Hyphens and backslashes have a meaning in troff; so do a dot and a quote at the beginning of a line. The page is
 * written in ASCII, which every formatter reads in every locale. */
void
troff_put(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '-') {
            fputs("\\-", out);
        } else if (*text == '\\') {
            fputs("\\e", out);
        } else if (!strncmp(text, SQUARED, strlen(SQUARED))) {
            fputs("\\(S2", out);
            text += strlen(SQUARED) - 1;
        } else {
            fputc(*text, out);
        }
    }
}

void
troff_section(FILE *out, const char *title, const char *text)
{
    fprintf(out, ".SH %s\n", title);
    if (!text)
        return;
    troff_put(out, text);
    fputc('\n', out);
}

void
troff_paragraph(FILE *out, const char *text)
{
    fputs(".PP\n", out);
    troff_put(out, text);
    fputc('\n', out);
}

void
troff_entry(FILE *out, const char *head, const char *text)
{
    fputs(".TP\n.B ", out);
    troff_put(out, head);
    fputc('\n', out);
    troff_put(out, text);
    fputc('\n', out);
}
