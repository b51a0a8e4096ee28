/*
 * writers.c - tests of what turns records into bytes, in the locale of the environment: no output may depend on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests.h"

/* If the environment asks for a locale with a decimal comma it must be in effect, otherwise the test proves nothing. */
static void
locale_is_what_was_asked(void **state G_GNUC_UNUSED)
{
    const char *point = getenv("EXPECTED_DECIMAL_POINT");

    if (point)
        assert_string_equal(localeconv()->decimal_point, point);
}

int
main(int argument_count, char **arguments)
{
    GArray *tests = test_list_new();

    setlocale(LC_NUMERIC, "");
    test_list_add(tests, "/locale/is_what_was_asked", locale_is_what_was_asked, NULL);
    number_tests(tests);
    timestamp_tests(tests);
    layout_tests(tests);
    writer_tests(tests);
    failure_tests(tests);
    output_file_tests(tests);
    output_users_tests(tests);
    parquet_tests(tests);
    value_range_tests(tests);
    return test_list_run(tests, "writers", argument_count, arguments);
}
