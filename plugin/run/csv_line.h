/*
 * csv_line.h - one line of a CSV file, cut into cells (RFC 4180, without line ends inside cells).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CSV_LINE_H
#define CICFLOW_CSV_LINE_H

#include <glib.h>

/* The cells, without quotes and without blanks around them, an array of char * that ends with NULL; free with
 * g_strfreev(). NULL: a quote is not closed, or something follows it. */
char **csv_line_split(const char *line);

#endif
