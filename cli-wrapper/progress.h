/*
 * progress.h - the progress line on a terminal.
 *
 * The percentage is of the input's bytes; it is left out when the input has no known end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "job.h"

struct progress;

/* Whether to show it: standard error is a terminal, and neither --quiet nor --verbose was given. */
gboolean progress_is_wanted(const struct run *run);

/* Shows the line from the main loop until progress_end(). NULL, which the other functions accept, when it is not
 * wanted. */
struct progress *progress_begin(const struct run *run);
void progress_add(struct progress *progress, struct job *job);
void progress_end(struct progress *progress);
