/*
 * value_range.h - the ranges that values are counted in: powers of ten, in customary units.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow/dialect.h"
#include "../flow/feature.h"

enum { VALUE_RANGE_BYTES = 48 };

typedef struct {
    int rank; /* greater for ranges of greater values */
    char text[VALUE_RANGE_BYTES];
} value_range;

/* The range of a value: whole numbers as "1", "2 to 9", "10 to 99"; others as "0.1 to 1", which is from 0.1 on and
 * below 1; times, in seconds, as "1 ms to 10 ms". What is not a number is "(no value)", and "infinite" has no end. */
value_range value_range_of(double value, value_unit unit, bool is_whole);

/* The hour of a point in time by the clock of the timestamps' form, as "2026-11-24 06:00". */
value_range value_range_of_time(int64_t time_ns, timestamp_form form);
