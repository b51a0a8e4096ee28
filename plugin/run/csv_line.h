/*
 * csv_line.h - splits a line of a CSV file into cells (RFC 4180, but without newlines inside cells).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

/* The cells without quotes and surrounding blanks, a NULL-terminated array of char *; free with g_strfreev(). NULL if a
 * quote is not closed or is followed by other text. */
char **csv_line_split(const char *line);
