/*
 * series.h - count, sum, minimum, maximum, mean and deviation of a stream of integers, exactly and in constant space.
 *
 * Sums are 128-bit integers, so values are rounded once, in the final division: the deviation of a thousand hours of
 * nanosecond gaps is as exact as that of three small numbers. Values may be negative. The sum of squares saturates at
 * 2^128 - 1, after 2^34 differences of an hour, or four of 292 years.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdint.h>

/* Word-aligned, so that a flow has no padding between its series. */
typedef __int128 series_sum __attribute__((aligned(8)));
typedef unsigned __int128 series_squares __attribute__((aligned(8)));

typedef struct {
    uint64_t count;
    int64_t min, max; /* 0 if count is 0 */
    series_sum sum;
    series_squares squares;
} series;

typedef enum { DEVIATION_POPULATION, DEVIATION_SAMPLE } deviation_kind;

void series_add(series *s, int64_t value);

/* The series of the values of both series. */
series series_merge(const series *a, const series *b);

/* The sum as a real number; most sums fit into a word, whose conversion needs no function call. */
static inline long double
series_real(series_sum sum)
{
    return (int64_t)sum == sum ? (long double)(int64_t)sum : (long double)sum;
}

/* Mean, divided by scale (1e9 turns nanoseconds into seconds); 0 without values. */
double series_mean(const series *s, double scale);

/* Variance, divided by the count (population) or by the count - 1 (sample), and by the square of scale; 0 with fewer
 * than two values. */
double series_variance(const series *s, deviation_kind kind, double scale);

/* Square root of the variance. */
double series_deviation(const series *s, deviation_kind kind, double scale);
