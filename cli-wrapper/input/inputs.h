/*
 * inputs.h - the captures of a run, and what each one's output is called.
 *
 * Below -d a capture is a file that has a capture's extension (.pcap, .pcapng, .cap ..., also compressed) or begins
 * like a pcap or pcapng file; hidden files are ignored. Each capture is read once. Outputs are named after their
 * capture, extension included: with -d at the same place below OUTPUT, with -f directly in OUTPUT. Captures of the same
 * name keep their paths below their deepest common folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "options.h"

struct input {
    char *name;       /* for messages */
    char *path;       /* "-": standard input */
    char *output;     /* relative path, without the ending of its format; unique among the inputs */
    GPtrArray *parts; /* of struct input: inputs read as one; NULL: a single one */
};

/* Adds the paths (const char *, owned by the input) to read the input from, in order. */
void inputs_add_paths(const struct input *input, GPtrArray *paths);

/* Whether all paths are regular files, so that reading never waits for more data. */
gboolean inputs_are_files(const GPtrArray *paths);

/* With --continue: joins the inputs into one that has them as its parts. */
GPtrArray *inputs_continue(GPtrArray *inputs);

/* Of struct input: -f in the order given, then those below -d by path. NULL when the folder cannot be read or there is
 * no capture. */
GPtrArray *inputs_find(const struct options *options, GError **error);

/* The path of the input's own file for that output: below the output's path when that is a folder. To be freed. */
char *inputs_target(const struct options *options, const struct input *input, enum option_id output);

/* The single input of a live capture. */
GPtrArray *inputs_live(const char *interface_name);
