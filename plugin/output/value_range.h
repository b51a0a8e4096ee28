/*
 * value_range.h - the ranges that values are counted in: powers of ten, in customary units.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_VALUE_RANGE_H
#define CICFLOW_VALUE_RANGE_H

#include "../flow/feature.h"

enum { VALUE_RANGE_BYTES = 48 };

typedef struct {
    int rank; /* greater for ranges of greater values */
    char text[VALUE_RANGE_BYTES];
} value_range;

/* The range of a value: integers as "1", "2 to 9", "10 to 99"; other numbers as "0.1 to 1", which includes 0.1 but not
 * 1; times, in seconds, as "1 ms to 10 ms". */
value_range value_range_of(double value, value_unit unit, bool is_whole);

/* The hour of a point in time, in the form "2026-11-24 06:00" of the timestamps given. */
value_range value_range_of_time(int64_t time_ns, bool is_utc);

#endif
