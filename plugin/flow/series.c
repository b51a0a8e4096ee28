/*
 * series.c - exact streaming statistics; see series.h.
 *
 * The variance is computed from q and r, quotient and remainder of sum by count: with D = sum of (x - q)^2, an integer,
 * the sum of squared differences from the true mean is D - r^2 / n = (D n - r^2) / n. Everything up to that division is
 * integer arithmetic, so a tiny spread around a huge mean loses no precision.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "series.h"

#include <math.h>

typedef unsigned __int128 uint128;
typedef __int128 int128;

static uint128
add_squares(uint128 a, uint128 b)
{
    uint128 sum;
    return __builtin_add_overflow(a, b, &sum) ? ~(uint128)0 : sum;
}

void
series_add(series *s, int64_t value)
{
    if (s->count == 0 || value < s->min)
        s->min = value;
    if (s->count == 0 || value > s->max)
        s->max = value;
    s->count++;
    s->sum += value;
    s->squares = add_squares(s->squares, (uint128)((int128)value * value));
}

series
series_merge(const series *a, const series *b)
{
    if (a->count == 0)
        return *b;
    if (b->count == 0)
        return *a;
    return (series){
        .count = a->count + b->count,
        .sum = a->sum + b->sum,
        .min = a->min < b->min ? a->min : b->min,
        .max = a->max > b->max ? a->max : b->max,
        .squares = add_squares(a->squares, b->squares),
    };
}

double
series_mean(const series *s, double scale)
{
    if (s->count == 0)
        return 0;
    return (double)(series_real(s->sum) / (long double)s->count / (long double)scale);
}

/* Sum of squared differences from the mean. */
static long double
squared_differences(const series *s)
{
    int128 n = (int128)s->count;
    /* If everything fits into words, the same sum without a division. */
    if (s->squares >> 63 == 0)
        return series_real((int128)(s->squares * (uint128)n - (uint128)(s->sum * s->sum))) / (long double)n;
    int128 quotient = s->sum / n;
    int128 remainder = s->sum - quotient * n;
    if (remainder < 0) {
        remainder += n;
        quotient--;
    }
    /* The products may overflow a signed integer, but their difference does not: unsigned arithmetic wraps correctly.
     */
    uint128 d = s->squares - (uint128)quotient * (uint128)(s->sum + remainder);
    /* Below 2^63 the product with n is exact. Above, r^2 / n, which is less than n, is negligible compared with d. */
    if (d >> 63 == 0)
        return series_real((int128)(d * (uint128)n - (uint128)(remainder * remainder))) / (long double)n;
    return (long double)d - (long double)remainder * (long double)remainder / (long double)n;
}

double
series_variance(const series *s, deviation_kind kind, double scale)
{
    if (s->min == s->max)
        return 0;
    long double divisor = (long double)(kind == DEVIATION_SAMPLE ? s->count - 1 : s->count);
    return (double)(squared_differences(s) / divisor / ((long double)scale * (long double)scale));
}

double
series_deviation(const series *s, deviation_kind kind, double scale)
{
    if (s->min == s->max)
        return 0;
    long double divisor = (long double)(kind == DEVIATION_SAMPLE ? s->count - 1 : s->count);
    return (double)(sqrtl(squared_differences(s) / divisor) / (long double)scale);
}
