/*
 * test_duration.c - seconds as users write them, read exactly or refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/duration.h"

#include <stdbool.h>

#include "tests.h"

/* What a refused text must leave as it was. */
#define UNTOUCHED INT64_C(-77)

static const struct duration_row {
    const char *name, *text;
    bool accepted;
    int64_t ns;
} rows[] = {
    {"/duration/whole_seconds", "240", true, INT64_C(240000000000)},
    {"/duration/zero", "0", true, 0},
    {"/duration/leading_zeros", "007", true, INT64_C(7000000000)},
    {"/duration/half", "0.5", true, 500000000},
    {"/duration/no_whole_part", ".25", true, 250000000},
    {"/duration/no_decimals_after_point", "3.", true, INT64_C(3000000000)},
    {"/duration/one_nanosecond", "0.000000001", true, 1},
    {"/duration/nine_decimals_exactly", "1.123456789", true, 1123456789},
    {"/duration/not_rounded_as_binary", "0.1", true, 100000000},
    {"/duration/largest", "1000000000", true, INT64_C(1000000000000000000)},
    {"/duration/above_largest", "1000000001", false, 0},
    {"/duration/above_largest_by_a_nanosecond", "1000000000.000000001", false, 0},
    {"/duration/would_overflow", "99999999999999999999999999", false, 0},
    {"/duration/ten_decimals", "0.1234567891", false, 0},
    {"/duration/empty", "", false, 0},
    {"/duration/point_alone", ".", false, 0},
    {"/duration/negative", "-1", false, 0},
    {"/duration/plus_sign", "+1", false, 0},
    {"/duration/exponent", "1e3", false, 0},
    {"/duration/comma", "0,5", false, 0},
    {"/duration/unit", "5s", false, 0},
    {"/duration/space_before", " 5", false, 0},
    {"/duration/space_after", "5 ", false, 0},
    {"/duration/two_points", "1.2.3", false, 0},
    {"/duration/hexadecimal", "0x10", false, 0},
    {"/duration/infinity", "inf", false, 0},
};

static void
run(void **state)
{
    const struct duration_row *row = *state;
    int64_t ns = UNTOUCHED;

    assert_int_equal(duration_parse(row->text, &ns), row->accepted);
    assert_int_equal(ns, row->accepted ? row->ns : UNTOUCHED);
}

void
duration_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, run, &rows[i]);
}
