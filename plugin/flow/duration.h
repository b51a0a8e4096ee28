/*
 * duration.h - seconds as users write them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The longest duration accepted, in seconds: about thirty years. */
#define DURATION_SECONDS_MAX INT64_C(1000000000)

/* Reads a decimal number of seconds with up to nine decimals ("240", "0.5", ".25"), exactly. False, and *ns untouched,
 * for anything else: signs, exponents, other characters, too large. */
bool duration_parse(const char *text, int64_t *ns);
