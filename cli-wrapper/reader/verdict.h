/*
 * verdict.h - how the reading of a capture ended, which is told to the command: the worst outcome, and the problem to
 * tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_VERDICT_H
#define CICFLOWMETER_VERDICT_H

#include <glib.h>

#include "messages.h"

/* Zeros before it begins. */
struct verdict {
    GMutex lock; /* threads that share the reading may fail at the same time */
    enum reader_outcome outcome;
    gboolean is_general; /* every other capture would have the problem */
    char *problem;       /* NULL: there is none */
};

/* Takes the error over. The first problem is the one that is told. */
void verdict_fail(struct verdict *verdict, enum reader_outcome outcome, GError *error);

/* The same, where this problem is the better reason. */
void verdict_fail_rather(struct verdict *verdict, enum reader_outcome outcome, GError *error);

/* The problem is none of this capture's. */
void verdict_is_general(struct verdict *verdict);

/* Whether the outcome allows that there are records. */
gboolean verdict_keeps_records(const struct verdict *verdict);

/* Sends the command the result, to which the counts belong. */
void verdict_send(const struct verdict *verdict, int fd, struct reader_result counts);

#endif
