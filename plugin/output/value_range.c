/*
 * value_range.c - ranges that values are counted in; see value_range.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "value_range.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "timestamp.h"

/* Bounds are powers of ten between these. */
enum { LOWEST_POWER = -6, LOWEST_UNITLESS_POWER = -3, HIGHEST_POWER = 12, HIGHEST_POWER_OF_SECONDS = 5 };

static const double powers[] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0,  1e1,  1e2, 1e3,
                                1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12};

static double
power(int exponent)
{
    return powers[CLAMP(exponent, LOWEST_POWER, HIGHEST_POWER) - LOWEST_POWER];
}

/* Writes a power of ten; seconds in the largest unit in which the number is at least one. */
static void
bound_text(char *text, size_t size, int exponent, value_unit unit)
{
    if (unit == UNIT_SECONDS && exponent < -3)
        g_snprintf(text, size, "%.0f µs", power(exponent) / power(-6));
    else if (unit == UNIT_SECONDS && exponent < 0)
        g_snprintf(text, size, "%.0f ms", power(exponent) / power(-3));
    else if (exponent < 0)
        g_snprintf(text, size, "0.%0*d", -exponent, 1);
    else
        g_snprintf(text, size, "%.0f%s", power(exponent), unit == UNIT_SECONDS ? " s" : "");
}

/* The greatest power in this range that the value reaches; lowest - 1: none. */
static int
last_reached(double value, int lowest, int highest)
{
    int exponent = highest;

    while (exponent >= lowest && value < power(exponent))
        exponent--;
    return exponent;
}

static void
whole_range(value_range *range, double value)
{
    int exponent = last_reached(value, 0, HIGHEST_POWER);

    range->rank = exponent + 2 + (value >= 2);
    if (exponent == HIGHEST_POWER)
        g_snprintf(range->text, sizeof range->text, "%.0f and more", power(exponent));
    else if (value < 2)
        g_snprintf(range->text, sizeof range->text, "%.0f", value);
    else
        g_snprintf(range->text, sizeof range->text, "%.0f to %.0f", MAX(2, power(exponent)), power(exponent + 1) - 1);
}

static void
real_range(value_range *range, double value, value_unit unit)
{
    int lowest = unit == UNIT_SECONDS ? LOWEST_POWER : LOWEST_UNITLESS_POWER;
    int highest = unit == UNIT_SECONDS ? HIGHEST_POWER_OF_SECONDS : HIGHEST_POWER;
    int exponent = last_reached(value, lowest, highest);
    char from[VALUE_RANGE_BYTES / 3], to[VALUE_RANGE_BYTES / 3];

    range->rank = exponent - lowest + 2;
    bound_text(from, sizeof from, MAX(exponent, lowest), unit);
    bound_text(to, sizeof to, MIN(exponent + 1, highest), unit);
    if (exponent < lowest)
        g_snprintf(range->text, sizeof range->text, "below %s", to);
    else if (exponent == highest)
        g_snprintf(range->text, sizeof range->text, "%s and more", from);
    else
        g_snprintf(range->text, sizeof range->text, "%s to %s", from, to);
}

value_range
value_range_of(double value, value_unit unit, bool is_whole)
{
    value_range range = {.rank = -1, .text = "below 0"};

    if (isnan(value))
        range = (value_range){.rank = -2, .text = "(no value)"};
    else if (isinf(value) && value > 0)
        range = (value_range){.rank = G_MAXINT, .text = "infinite"};
    else if (value == 0)
        range = (value_range){.rank = 0, .text = "0"};
    else if (value > 0 && is_whole)
        whole_range(&range, value);
    else if (value > 0)
        real_range(&range, value, unit);
    return range;
}

value_range
value_range_of_time(int64_t time_ns, timestamp_form form)
{
    enum { HOUR_LENGTH = 13, HOUR = 3600 }; /* 2026-11-24 06 */
    char text[TIMESTAMP_BYTES_MAX + 1];
    int64_t seconds = timestamp_seconds(time_ns, form);
    value_range range = {.rank = (int)(seconds / HOUR - (seconds % HOUR < 0))};

    timestamp_write(text, time_ns, timestamp_is_local(form) ? TIMESTAMP_LOCAL : TIMESTAMP_UTC);
    g_snprintf(range.text, sizeof range.text, "%.*s:00", HOUR_LENGTH, text);
    return range;
}
