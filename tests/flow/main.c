/*
 * main.c - runs the engine's tests; with an argument only those whose names match it ("/series*").
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests.h"

int
main(int argument_count, char **arguments)
{
    GArray *tests = test_list_new();

    capture_health_tests(tests);
    definitions_tests(tests);
    dialect_tests(tests);
    duration_tests(tests);
    series_tests(tests);
    flow_key_tests(tests);
    flow_tests(tests);
    flow_table_tests(tests);
    fragment_table_tests(tests);
    java_tests(tests);
    many_tests(tests);
    plain_frame_tests(tests);
    python_tests(tests);
    tunnels_tests(tests);
    return test_list_run(tests, "flow", argument_count, arguments);
}
