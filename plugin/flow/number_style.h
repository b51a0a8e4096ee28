/*
 * number_style.h - the format of real numbers; digits are always the fewest that read back to the same double.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>

typedef struct {
    /* No exponent is used if the first digit's power of ten is in this range. */
    int fixed_from, fixed_to;
    char exponent_letter;
    bool exponent_plus;          /* 1e+16 rather than 1e16 */
    int exponent_digits;         /* at least this many */
    bool fraction_with_exponent; /* 1.0E10 rather than 1E10 */
    const char *not_a_number, *infinity;
} number_style;
