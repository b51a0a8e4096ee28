/*
 * program.h - the program that we are a plugin of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PROGRAM_H
#define CICFLOW_PROGRAM_H

#include <glib.h>
#include <stdbool.h>

/* tshark: reads a capture from its beginning to its end, at most twice, and exits; failures belong in its exit status.
 * Other programs (Wireshark, sharkd) visit frames as often and in whatever order they like. */
bool program_reads_once(void);

/* Whether a program that reads once reads a capture that is there (-r), by its command line. False where that is not to
 * be had, and where packets are captured, which goes on until somebody ends it. */
bool program_reads_file(void);

/* What a program that reads once reads, as its command line says: a path, "-", or an interface; to be freed. NULL where
 * that is not to be had, or says nothing. */
char *program_input(void);

/* Whether the command line gives the preference a value, by its full name ("cicflow.csv"); else its value is a saved
 * one. True when the command line is not known. */
bool program_was_given(const char *preference);

/* Whether the command line asks for anything of ours: a preference, a field, statistics, cicflow.lua. True when the
 * command line is not known. */
bool program_was_asked(void);

/* Makes a program that reads once and would exit with status 0 exit with 1; others are left alone. */
void program_fail_at_exit(void);

/* What the options -z of the command line have after this beginning (of char). */
GPtrArray *program_statistics(const char *begin);

#endif
