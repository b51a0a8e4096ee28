/*
 * report.h - everything the command says on standard error goes through here.
 *
 * A line is written whole and never into the progress line, from whatever thread; --quiet silences notes, not errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

void report_set_quiet(gboolean quiet);
/* "cicflowmeter: ..." */
void report_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same, unless quiet. */
void report_note(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* A line without a prefix. */
void report_line(const char *line);
/* The width of the terminal at the descriptor; if it is none, the usual one. */
guint report_terminal_width(int fd);
/* Replaces the progress line; an empty text takes it away. */
void report_progress(const char *text);
