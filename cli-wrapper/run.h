/*
 * run.h - one invocation of the command, from its options to the exit status.
 *
 * struct run is what all inputs of a run share; it is made before the first input is read and outlives them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "deliver/delivery.h"
#include "overview/overview.h"
#include "reader/readers.h"

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_WRONG_USAGE = 2 };

enum { RUN_SIGNALS = 3 };

/* The signals that end a run: SIGINT, SIGTERM, SIGHUP. */
extern const int run_signals[RUN_SIGNALS];

struct run {
    const struct options *options;
    char *work;                /* temporary folder of this run */
    struct delivery *delivery; /* NULL: records go to files */
    guint hurry[RUN_SIGNALS];  /* sources that hurry the delivery */
    struct overview *overview; /* NULL: neither summary nor plot */
    struct readers *readers;   /* processes, numbered as the inputs are */
};

/* Reads all inputs; returns the exit status. */
int run_all(const struct options *options);
