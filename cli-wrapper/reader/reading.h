/*
 * reading.h - what a reader process does: one capture, from its bytes to records and a result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "input/inputs.h"
#include "options.h"
#include "readers.h"

/* What all readers of a run have in common; data of reader_work. */
struct reading_plan {
    const struct options *options;
    GPtrArray *inputs; /* of struct input, by the readers' numbers */
    char *dumpcap;     /* NULL: there is none */
};

/* The functions of reader_work; data: a struct reading_plan. */
void reading_prepare(gpointer data, struct reader_shared *shared);
void reading_read(gpointer data, const struct reader_task *task);

/* Whether the options of the run are right, as far as that can be said without epan. */
gboolean reading_check(const struct options *options, GError **error);
