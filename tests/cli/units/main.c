/*
 * main.c - runs the tests of the command's parts; with an argument only those whose names match it ("/spool*").
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests.h"

int
main(int argument_count, char **arguments)
{
    GArray *tests = test_list_new();

    pipeline_tests(tests);
    plot_tests(tests);
    spool_tests(tests);
    summary_tests(tests);
    return test_list_run(tests, "command", argument_count, arguments);
}
