/*
 * progress.h - the line on a terminal that tells how far a run is.
 *
 * The share of the input is that of the bytes that were read; where the input has no end the line does without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_PROGRESS_H
#define CICFLOWMETER_PROGRESS_H

#include "job.h"

struct progress;

/* Whether somebody watches: standard error is a terminal, and neither --quiet nor --verbose was given. */
gboolean progress_is_wanted(const struct run *run);

/* Shows the line from the main loop until progress_end(). NULL when it is not wanted, which the others take. */
struct progress *progress_begin(const struct run *run);
void progress_add(struct progress *progress, struct job *job);
void progress_end(struct progress *progress);

#endif
