/*
 * inputs.h - the captures of a run, and what each one's output is called.
 *
 * Below -d a capture is a file whose name ends like one (.pcap, .pcapng, .cap ..., also compressed) or that begins like
 * a pcap or pcapng file; hidden files are left alone. Each capture is read once. Outputs are called like their capture,
 * extension included: with -d at the same place below OUTPUT, with -f flat, and by their paths below the deepest common
 * folder where names are the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_INPUTS_H
#define CICFLOWMETER_INPUTS_H

#include "options.h"

struct input {
    char *name;       /* for messages */
    char *path;       /* "-": standard input */
    char *output;     /* relative path, without the ending of its format; unique among the inputs */
    GPtrArray *parts; /* of struct input: those that are read as one, NULL: it is one itself */
};

/* Adds the paths (const char *, the input's) that the input is to be read from, in order. */
void inputs_add_paths(const struct input *input, GPtrArray *paths);

/* Whether all paths are of files, so that nothing is waited for. */
gboolean inputs_are_files(const GPtrArray *paths);

/* With --continue: makes the inputs parts of one. */
GPtrArray *inputs_continue(GPtrArray *inputs);

/* Of struct input: -f in the order given, then those below -d by path. NULL when the folder cannot be read or no
 * capture is there. */
GPtrArray *inputs_find(const struct options *options, GError **error);

/* Where an input's records go as that output, as far as it has its own: below the output's path when that is
 * a folder. To be freed. */
char *inputs_target(const struct options *options, const struct input *input, enum option_id output);

/* Whether the paths of outputs are folders. */
gboolean inputs_have_folder(const struct options *options);

/* The one input that a live capture is. */
GPtrArray *inputs_live(const char *interface_name);

#endif
