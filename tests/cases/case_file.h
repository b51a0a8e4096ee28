/*
 * case_file.h - one case: a file with packets, an empty line, and a block of "feature = value" lines for each record.
 *
 * Packets are as in scenario.h; "#" begins a comment anywhere, and a block with nothing but comments does not count.
 * Records are listed in the order in which they are written. A record may leave out features, but not name one twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>

#include "flow/feature.h"

/* Runs the case at the path. Marks in told[] the features for which it expects something other than 0. False with an
 * error that tells file and line. */
bool case_file_check(const char *path, bool told[FEATURES], GError **error);
