/*
 * java_series.c - statistics in doubles; see java_series.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "java_series.h"

#include <math.h>

void
java_series_add(java_series *s, double value)
{
    if (s->count == 0 || value < s->min)
        s->min = value;
    if (s->count == 0 || value > s->max)
        s->max = value;
    s->count++;
    s->sum += value;

    double deviation = value - s->mean;
    double share = deviation / (double)s->count;
    s->mean += share;
    s->second_moment += ((double)s->count - 1) * deviation * share;
}

static double
variance(const java_series *s)
{
    return s->count < 2 ? 0 : s->second_moment / ((double)s->count - 1);
}

double
java_series_get(const java_series *s, series_statistic statistic)
{
    if (statistic == STATISTIC_COUNT)
        return (double)s->count;
    if (statistic == STATISTIC_SUM)
        return s->sum;
    if (s->count == 0)
        return NAN;
    switch (statistic) {
    case STATISTIC_MIN:
        return s->min;
    case STATISTIC_MAX:
        return s->max;
    case STATISTIC_MEAN:
        return s->mean;
    case STATISTIC_DEVIATION:
        return sqrt(variance(s));
    default:
        return variance(s);
    }
}
