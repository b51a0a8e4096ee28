/*
 * program.h - the program that has loaded the plugin: its command line, its messages and its exit status.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../run/settings.h"

/* Whether this is tshark: it reads a capture from beginning to end, at most twice, and exits; its exit status reports
 * failures. Other programs (Wireshark, sharkd) visit frames as often and in whatever order they like. */
bool program_reads_once(void);

/* Whether a program that reads once reads an existing capture (-r), by its command line. False if the command line is
 * unknown, and for live captures, which only end when somebody stops them. */
bool program_reads_file(void);

/* The input of a program that reads once, by its command line: a path, "-", or an interface. NULL if unknown or not
 * given. */
const char *program_input(void);

/* Reports the error and frees it. If tshark's command line uses anything of ours, tshark then exits with status 1.
 * Otherwise only saved preferences can be wrong: the first error is printed as a one-line warning and the run goes on.
 */
void program_report(GError *error);

/* For a program that reads once. False with an error if an output is the capture that is read, or if only the saved
 * preferences name it and it is a file that is not empty. A saved path names the same file in every run; tshark must
 * not replace the records of an earlier capture with those of a later one. */
bool program_paths_are_free(const run_settings *settings, GError **error);

/* For each -z option of the command line that begins with this text, the rest of it (char *). */
GPtrArray *program_statistics(const char *begin);
