/*
 * child.h - starting tshark, dumpcap and gnuplot, and what became of them.
 *
 * A child has a process group of its own, so that Ctrl-C on the terminal reaches this command alone, which then decides
 * who ends and in which order; and it ends when this command is killed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_CHILD_H
#define CICFLOWMETER_CHILD_H

#include <glib.h>

#define CHILD_NONE ((GPid)0)

/* A pipe whose ends are closed on exec, enlarged where the system allows it. */
gboolean child_pipe(int fds[2], GError **error);

/* Starts argv (NULL-terminated, the program by its path). The three descriptors become its standard ones; -1: /dev/null
 * for input, inherited for the others. */
GPid child_start(GPtrArray *argv, int in, int out, int err, GError **error);

/* Waits; returns the exit status, or 128 + signal. */
int child_wait(GPid pid);

#endif
