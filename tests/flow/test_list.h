/*
 * test_list.h - the tests of a program, gathered at run time so that rows of a table can each be a test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* cmocka.h requires these four headers before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

/* Appends a test; the row, which must outlive the run, is what the test finds in *state. */
static inline void
test_list_add(GArray *tests, const char *name, CMUnitTestFunction run, const void *row)
{
    struct CMUnitTest test = {name, run, NULL, NULL, (void *)(uintptr_t)row};
    g_array_append_val(tests, test);
}

static inline GArray *
test_list_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(struct CMUnitTest));
}

/* Runs the tests whose names match the first argument ("*" in it stands for anything), or all; frees the list. Returns
 * the number of those that failed. */
static inline int
test_list_run(GArray *tests, const char *group, int argument_count, char **arguments)
{
    if (argument_count > 1)
        cmocka_set_test_filter(arguments[1]);
    int failed = _cmocka_run_group_tests(group, (const struct CMUnitTest *)(void *)tests->data, tests->len, NULL, NULL);
    g_array_free(tests, TRUE);
    return failed;
}
