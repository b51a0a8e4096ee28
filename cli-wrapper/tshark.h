/*
 * tshark.h - the command line of the tshark that turns one input into records on its standard output.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_TSHARK_H
#define CICFLOWMETER_TSHARK_H

#include "run.h"

/* Arguments to read input ("-": standard input), to leave the counts in the file stats, and the numbers so far in the
 * file progress ("": nowhere); ends with NULL. Free with g_ptr_array_unref(). */
GPtrArray *tshark_arguments(const struct run *run, const char *input, const char *name, const char *stats,
                            const char *progress);

#endif
