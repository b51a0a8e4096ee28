/*
 * java_series.h - statistics of a series in doubles, as the Java tools compute them.
 *
 * Mean and second moment are updated value by value (Welford, 1962) with the formulas of the library that those tools
 * use, so that even the last digits agree. Without values every statistic except the sum is NaN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../feature.h"

/* Zero-initialised, it is empty. */
typedef struct {
    uint64_t count;
    double sum, min, max, mean, second_moment;
} java_series;

void java_series_add(java_series *s, double value);

/* Variance and deviation are those of a sample, 0 for a single value. */
double java_series_get(const java_series *s, series_statistic statistic);
