/*
 * program.h - the program that has loaded the plugin, and its command line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PROGRAM_H
#define CICFLOW_PROGRAM_H

#include <glib.h>
#include <stdbool.h>

/* Whether this is tshark: it reads a capture from beginning to end, at most twice, and exits; its exit status reports
 * failures. Other programs (Wireshark, sharkd) visit frames as often and in whatever order they like. */
bool program_reads_once(void);

/* Whether a program that reads once reads an existing capture (-r), by its command line. False if the command line is
 * unknown, and for live captures, which only end when somebody stops them. */
bool program_reads_file(void);

/* The input of a program that reads once, by its command line: a path, "-", or an interface; to be freed. NULL if
 * unknown or not given. */
char *program_input(void);

/* Whether the command line sets the preference, given by its full name ("cicflow.csv"); otherwise the value is a saved
 * one. True if the command line is unknown. */
bool program_was_given(const char *preference);

/* Whether the command line uses anything of ours: a preference, a field, statistics, cicflow.lua. True if the command
 * line is unknown. */
bool program_was_asked(void);

/* Makes a program that reads once exit with status 1 where it would exit with 0; no effect on other programs. */
void program_fail_at_exit(void);

/* For each -z option of the command line that begins with this text, the rest of it (char *). */
GPtrArray *program_statistics(const char *begin);

#endif
