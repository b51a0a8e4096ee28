/*
 * verdict.h - how the reading of a capture ended, to be sent to the command: the worst outcome, and the problem to
 * report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "messages.h"

/* Zeros before it begins. */
struct verdict {
    GMutex lock; /* threads that share the reading may fail at the same time */
    enum reader_outcome outcome;
    gboolean is_general; /* every other capture would have the same problem */
    char *problem;       /* NULL: there is none */
};

/* Takes the error over. The first problem is the one that is reported. */
void verdict_fail(struct verdict *verdict, enum reader_outcome outcome, GError *error);

/* The same, but this problem replaces an earlier one. */
void verdict_fail_rather(struct verdict *verdict, enum reader_outcome outcome, GError *error);

/* Notes that every other capture would have the same problem. */
void verdict_is_general(struct verdict *verdict);

/* Whether records are kept with this outcome. */
gboolean verdict_keeps_records(const struct verdict *verdict);

/* Sends the result, with these counts, to the command. */
void verdict_send(const struct verdict *verdict, int fd, struct reader_result counts);
