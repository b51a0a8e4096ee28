/*
 * test_value_range.c - the ranges in which values are counted, tested at their bounds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "output/value_range.h"

#include <math.h>
#include <string.h>

#include "flow/observation.h"
#include "tests.h"

typedef struct {
    double value;
    const char *text;
} expected_range;

/* Values in ascending order: ranks go the same way, and are equal within a range. */
static void
check(const expected_range *expected, size_t count, value_unit unit, bool is_whole)
{
    value_range last = {.rank = -1000};

    for (size_t i = 0; i < count; i++) {
        value_range range = value_range_of(expected[i].value, unit, is_whole);
        assert_string_equal(range.text, expected[i].text);
        if (strcmp(range.text, last.text) == 0)
            assert_int_equal(range.rank, last.rank);
        else
            assert_true(range.rank > last.rank);
        last = range;
    }
}

static void
whole_numbers(void **state G_GNUC_UNUSED)
{
    static const expected_range expected[] = {
        {-5, "below 0"},
        {0, "0"},
        {1, "1"},
        {2, "2 to 9"},
        {9, "2 to 9"},
        {10, "10 to 99"},
        {99, "10 to 99"},
        {100, "100 to 999"},
        {4294967295, "1000000000 to 9999999999"},
        {1e12, "1000000000000 and more"},
        {9e18, "1000000000000 and more"},
    };

    check(expected, G_N_ELEMENTS(expected), UNIT_PACKETS, true);
}

static void
real_numbers(void **state G_GNUC_UNUSED)
{
    static const expected_range expected[] = {
        {NAN, "(no value)"},
        {-0.1, "below 0"},
        {0, "0"},
        {1e-9, "below 0.001"},
        {0.001, "0.001 to 0.01"},
        {0.05, "0.01 to 0.1"},
        {0.1, "0.1 to 1"},
        {1, "1 to 10"},
        {9.99, "1 to 10"},
        {10, "10 to 100"},
        {5e11, "100000000000 to 1000000000000"},
        {2e300, "1000000000000 and more"},
        {INFINITY, "infinite"},
    };

    check(expected, G_N_ELEMENTS(expected), UNIT_NONE, false);
}

static void
times(void **state G_GNUC_UNUSED)
{
    static const expected_range expected[] = {
        {0, "0"},
        {1e-9, "below 1 µs"},
        {0.000001, "1 µs to 10 µs"},
        {0.00025, "100 µs to 1 ms"},
        {0.001, "1 ms to 10 ms"},
        {0.5, "100 ms to 1 s"},
        {1, "1 s to 10 s"},
        {99999, "10000 s to 100000 s"},
        {100000, "100000 s and more"},
    };

    check(expected, G_N_ELEMENTS(expected), UNIT_SECONDS, false);
}

static void
hours(void **state G_GNUC_UNUSED)
{
    /* 2026-11-24 06:59:59.9 and 07:00:00 */
    const int64_t seven = INT64_C(1795503600) * NS_PER_SECOND;
    value_range before = value_range_of_time(seven - NS_PER_SECOND / 10, TIMESTAMP_UTC),
                after = value_range_of_time(seven, TIMESTAMP_UTC);

    assert_string_equal(before.text, "2026-11-24 06:00");
    assert_string_equal(after.text, "2026-11-24 07:00");
    assert_int_equal(after.rank, before.rank + 1);
}

void
value_range_tests(GArray *tests)
{
    test_list_add(tests, "/value_range/whole_numbers", whole_numbers, NULL);
    test_list_add(tests, "/value_range/real_numbers", real_numbers, NULL);
    test_list_add(tests, "/value_range/times", times, NULL);
    test_list_add(tests, "/value_range/hours", hours, NULL);
}
