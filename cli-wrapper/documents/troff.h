/*
 * troff.h - writes the parts of a manual page in troff's man macros.
 *
 * Callers pass plain text; troff's special characters are escaped here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_TROFF_H
#define CICFLOWMETER_TROFF_H

#include <stdio.h>

/* Writes a text, escaped so that it is safe anywhere in a line. */
void troff_put(FILE *out, const char *text);

/* A heading, and a paragraph below it unless the text is NULL. */
void troff_section(FILE *out, const char *title, const char *text);

void troff_paragraph(FILE *out, const char *text);

/* A term in bold, and what it means, indented. */
void troff_entry(FILE *out, const char *head, const char *text);

#endif
