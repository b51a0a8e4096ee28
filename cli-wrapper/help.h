/*
 * help.h - the texts about the command as a whole, and --help.
 *
 * The texts here and the rows of options.def are all that --help, the manual page and docs/command-options.md consist
 * of; the latter two are made at build time by documents/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "options.h"

#include <stdio.h>

struct help_pair {
    const char *what;
    const char *meaning;
};

extern const char *const help_summary;
extern const char *const help_description;
extern const char *const help_output;
/* Each ends with a row of NULL. */
extern const struct help_pair help_examples[];
extern const struct help_pair help_statuses[];
extern const struct help_pair help_variables[];

/* "-f, --file FILE" */
char *help_option_head(const struct option_row *row);
/* The row's help, with its default and choices; free with g_free. */
char *help_option_text(const struct option_row *row);

/* Wraps at width columns. */
void help_print(FILE *out, guint width);
