/*
 * test_series.c - statistics against numbers worked out by hand, and against sums of 128 bits on random values.
 *
 * A variance does not change when the same amount is added to all values; so the right answer for a tiny spread around
 * a huge mean is known from small numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/series.h"

#include <float.h>
#include <math.h>

#include "tests.h"

#define VALUES_MAX 8

/* A few last places: the division, the square root and the scale each round once. */
#define TOLERANCE (4 * DBL_EPSILON)

#define HUGE_VALUE (INT64_C(1) << 55)
#define NS 1e9

static const struct series_row {
    const char *name;
    int count;
    int64_t values[VALUES_MAX];
    double scale;
    int64_t sum, min, max;
    double mean, population_variance, sample_variance;
} rows[] = {
    {"/series/none", 0, {0}, 1, 0, 0, 0, 0, 0, 0},
    {"/series/one", 1, {7}, 1, 7, 7, 7, 7, 0, 0},
    {"/series/one_negative", 1, {-7}, 1, -7, -7, -7, -7, 0, 0},
    /* mean 2.5; squared differences 2.25 + .25 + .25 + 2.25 = 5 */
    {"/series/four", 4, {1, 2, 3, 4}, 1, 10, 1, 4, 2.5, 5.0 / 4, 5.0 / 3},
    /* mean 5; 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32 */
    {"/series/textbook", 8, {2, 4, 4, 4, 5, 5, 7, 9}, 1, 40, 2, 9, 5, 4, 32.0 / 7},
    /* mean 4/3; squared differences (1 + 1 + 4) / 9 = 2/3 */
    {"/series/mean_is_no_integer", 3, {1, 1, 2}, 1, 4, 1, 2, 4.0 / 3, 2.0 / 9, 1.0 / 3},
    {"/series/negative", 4, {-1, -2, -3, -4}, 1, -10, -4, -1, -2.5, 5.0 / 4, 5.0 / 3},
    /* mean -1/3; differences -14/3, 1/3, 13/3: (196 + 1 + 169) / 9 = 122/3 */
    {"/series/both_signs", 3, {-5, 0, 4}, 1, -1, -5, 4, -1.0 / 3, 122.0 / 9, 61.0 / 3},
    /* mean 2^55 + 2/3, spread as of 0, 1, 1: squared differences (4 + 1 + 1) / 9 = 2/3 */
    {"/series/tiny_spread_around_huge_mean",
     3,
     {HUGE_VALUE, HUGE_VALUE + 1, HUGE_VALUE + 1},
     1,
     3 * HUGE_VALUE + 2,
     HUGE_VALUE,
     HUGE_VALUE + 1,
     36028797018963968.0 + 2.0 / 3,
     2.0 / 9,
     1.0 / 3},
    {"/series/all_equal_and_huge",
     3,
     {HUGE_VALUE, HUGE_VALUE, HUGE_VALUE},
     1,
     3 * HUGE_VALUE,
     HUGE_VALUE,
     HUGE_VALUE,
     36028797018963968.0,
     0,
     0},
    /* 0 and 2^62: mean 2^61, variance 2^122, of the sample 2^123 */
    {"/series/widest", 2, {0, INT64_C(1) << 62}, 1, INT64_C(1) << 62, 0, INT64_C(1) << 62, 0x1p61, 0x1p122, 0x1p123},
    /* a thousand hours and a nanosecond less: differences of half a nanosecond */
    {"/series/hours_in_nanoseconds",
     2,
     {INT64_C(3600000000000000), INT64_C(3599999999999999)},
     NS,
     INT64_C(7199999999999999),
     INT64_C(3599999999999999),
     INT64_C(3600000000000000),
     3599999.9999999995,
     0.25e-18,
     0.5e-18},
};

static void
assert_near(double actual, double expected)
{
    if (fabs(actual - expected) > TOLERANCE * fabs(expected))
        fail_msg("%.17g is not %.17g", actual, expected);
}

static void
assert_statistics(const series *s, double scale, double mean, double population, double sample)
{
    assert_near(series_mean(s, scale), mean);
    assert_near(series_variance(s, DEVIATION_POPULATION, scale), population);
    assert_near(series_variance(s, DEVIATION_SAMPLE, scale), sample);
    assert_near(series_deviation(s, DEVIATION_POPULATION, scale), sqrt(population));
    assert_near(series_deviation(s, DEVIATION_SAMPLE, scale), sqrt(sample));
}

static void
run_row(void **state)
{
    const struct series_row *row = *state;
    series s = {0};

    for (int i = 0; i < row->count; i++)
        series_add(&s, row->values[i]);
    assert_int_equal(s.count, row->count);
    assert_int_equal(s.sum, row->sum);
    assert_int_equal(s.min, row->min);
    assert_int_equal(s.max, row->max);
    assert_statistics(&s, row->scale, row->mean, row->population_variance, row->sample_variance);
}

static void
merged_is_as_added(void **state G_GNUC_UNUSED)
{
    static const int64_t values[] = {5, -3, 9, 9, 1000000007, 0, -12};

    for (size_t cut = 0; cut <= G_N_ELEMENTS(values); cut++) {
        series part[2] = {{0}}, all = {0};
        for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
            series_add(&part[i >= cut], values[i]);
            series_add(&all, values[i]);
        }
        series merged = series_merge(&part[0], &part[1]);
        assert_int_equal(merged.count, all.count);
        assert_int_equal(merged.sum, all.sum);
        assert_int_equal(merged.min, all.min);
        assert_int_equal(merged.max, all.max);
        assert_true(merged.squares == all.squares);
    }
}

/* A series of v and v + 2, doubled 31 times: 2^32 values, mean v + 1, variance 1, of the sample 2^32 / (2^32 - 1). */
static void
four_thousand_million_values(void **state G_GNUC_UNUSED)
{
    const int64_t least = 1000000000;
    series s = {0};

    series_add(&s, least);
    series_add(&s, least + 2);
    for (int i = 0; i < 31; i++)
        s = series_merge(&s, &s);
    assert_int_equal(s.count, INT64_C(1) << 32);
    assert_int_equal(s.sum, (INT64_C(1) << 32) * (least + 1));
    assert_statistics(&s, 1, (double)least + 1, 1, 4294967296.0 / 4294967295.0);
}

/* Eight times -2^62 and -2^61 in turn: their sum needs 65 bits. Mean -3 * 2^60, each 2^60 away from it. */
static void
sum_beyond_64_bits(void **state G_GNUC_UNUSED)
{
    series s = {0};

    for (int i = 0; i < 4; i++) {
        series_add(&s, -(INT64_C(1) << 62));
        series_add(&s, -(INT64_C(1) << 61));
    }
    assert_true(s.sum == (__int128)-(INT64_C(1) << 62) * 6);
    assert_statistics(&s, 1, -0x3p60, 0x1p120, 0x1p123 / 7);
}

/* 2^40 times v + 1, and v: of n = 2^40 + 1 values all but one are 1 / n above the mean, which the deviation has to
 * show. Squared differences (n - 1) / n^2 and (1 - 1 / n)^2, together 1 - 1 / n. */
static void
one_of_a_million_million_differs(void **state G_GNUC_UNUSED)
{
    const int64_t least = 1000;
    const double n = 0x1p40 + 1;
    series s = {0};

    series_add(&s, least + 1);
    for (int i = 0; i < 40; i++)
        s = series_merge(&s, &s);
    series_add(&s, least);
    assert_statistics(&s, 1, 1001 - 1 / n, (1 - 1 / n) / n, 1 / n);
}

/* More than the sum of squares has room for: still positive and finite. */
static void
squares_stay_at_the_largest(void **state G_GNUC_UNUSED)
{
    series s = {0};

    for (int i = 0; i < 100; i++)
        series_add(&s, i % 2 == 0 ? INT64_MAX : INT64_MIN);
    assert_true(isfinite(series_variance(&s, DEVIATION_POPULATION, 1)));
    assert_true(series_variance(&s, DEVIATION_POPULATION, 1) > 0);
}

/* Random values below 2^40: n sum(x^2) - sum(x)^2 stays below 2^101, so plain arithmetic of 128 bits has it exactly. */
static void
random_against_128_bits(void **state G_GNUC_UNUSED)
{
    enum { ROUNDS = 300, COUNT_MAX = 1000 };
    GRand *random = g_rand_new_with_seed(20240607);

    for (int round = 0; round < ROUNDS; round++) {
        int count = g_rand_int_range(random, 2, COUNT_MAX);
        int bits = g_rand_int_range(random, 1, 41);
        series s = {0};
        __int128 sum = 0, squares = 0;
        for (int i = 0; i < count; i++) {
            guint64 drawn = (guint64)g_rand_int(random) << 32 | g_rand_int(random);
            int64_t value = (int64_t)(drawn >> (64 - bits)) - (round % 2 ? INT64_C(1) << (bits - 1) : 0);
            series_add(&s, value);
            sum += value;
            squares += (__int128)value * value;
        }
        long double spread = (long double)(squares * count - sum * sum) / count;
        assert_statistics(&s, 1, (double)((long double)sum / count), (double)(spread / count),
                          (double)(spread / (count - 1)));
    }
    g_rand_free(random);
}

void
series_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, run_row, &rows[i]);
    test_list_add(tests, "/series/merged_is_as_added", merged_is_as_added, NULL);
    test_list_add(tests, "/series/four_thousand_million_values", four_thousand_million_values, NULL);
    test_list_add(tests, "/series/one_of_a_million_million_differs", one_of_a_million_million_differs, NULL);
    test_list_add(tests, "/series/sum_beyond_64_bits", sum_beyond_64_bits, NULL);
    test_list_add(tests, "/series/squares_stay_at_the_largest", squares_stay_at_the_largest, NULL);
    test_list_add(tests, "/series/random_against_128_bits", random_against_128_bits, NULL);
}
