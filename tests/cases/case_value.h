/*
 * case_value.h - the expected values of a case: how they are written, and when a value matches.
 *
 * A number is written as it was worked out: "3.5", "17/12", "sqrt(373/72)"; a time as seconds with up to nine decimals.
 * Integers, times and texts must be equal, reals may differ in the last few digits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>

#include "flow/feature.h"

/* Whether the value is the expected one. False with an error also when the text is none. */
bool case_value_check(const feature_value *value, const char *expected, GError **error);

/* Whether the text is anything other than a zero. */
bool case_value_tells(const char *expected);
