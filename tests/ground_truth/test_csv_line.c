/*
 * test_csv_line.c - lines of CSV, cut into cells.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run/csv_line.h"
#include "tests.h"

static const struct {
    const char *line;
    const char *cells; /* joined by |; NULL: refused */
} lines[] = {
    {"", ""},
    {"a", "a"},
    {"a,b", "a|b"},
    {"a,,b,", "a||b|"},
    {" a b , c\t", "a b|c"},
    {"\"a,b\",c", "a,b|c"},
    {"\"say \"\"no\"\"\" , x", "say \"no\"|x"},
    {"\"\"", ""},
    {"a\"b,c", "a\"b|c"},
    {"\"a", NULL},
    {"\"a\"b,c", NULL},
    {"x,\"", NULL},
};

static void
lines_are_cut(void **state G_GNUC_UNUSED)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        char **cells = csv_line_split(lines[i].line);
        g_autofree char *joined = cells ? g_strjoinv("|", cells) : NULL;
        if (g_strcmp0(joined, lines[i].cells) != 0)
            fail_msg("%s: %s", lines[i].line, joined ? joined : "refused");
        g_strfreev(cells);
    }
}

int
run_csv_line_tests(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_cut)};
    return cmocka_run_group_tests_name("csv_line", tests, NULL, NULL);
}
