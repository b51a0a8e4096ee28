/*
 * java_series.h - statistics of a stream of values in doubles, as the Java tools compute them.
 *
 * Mean and second moment are updated value by value (Welford, 1962), by the formulas of the library those tools use, so
 * that even the last digits are theirs. Without values every statistic but the sum is not a number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_JAVA_SERIES_H
#define CICFLOW_JAVA_SERIES_H

#include "../feature.h"

/* Empty when all is 0. */
typedef struct {
    uint64_t count;
    double sum, min, max, mean, second_moment;
} java_series;

void java_series_add(java_series *s, double value);

/* Variance and deviation are those of a sample, 0 for a single value. */
double java_series_get(const java_series *s, series_statistic statistic);

#endif
