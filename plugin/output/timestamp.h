/*
 * timestamp.h - points in time as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../flow/dialect.h"

/* Names of the forms, as users write them: "local", "utc", "iso8601", "epoch". */
extern const char *const timestamp_form_names[TIMESTAMP_CHOICES];

enum { TIMESTAMP_BYTES_MAX = 48 };

/* Whether the text is that of the local time zone. */
bool timestamp_is_local(timestamp_form form);

/* Whole seconds since the beginning of 1970 by the clock that the form shows: the local one, or that of UTC. */
int64_t timestamp_seconds(int64_t time_ns, timestamp_form form);

/* Writes at out, without a final NUL, and returns the number of bytes written. */
size_t timestamp_write(char *out, int64_t time_ns, timestamp_form form);
