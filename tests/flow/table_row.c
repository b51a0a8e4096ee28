/*
 * table_row.c - the test of a row; see table_row.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "table_row.h"

#include "scenario.h"
#include "test_list.h"

void
table_row_run(void **state)
{
    const table_row *row = *state;
    GError *error = NULL;
    scenario *s = scenario_run(row->packets, &error);

    if (!s)
        fail_msg("%s", error->message);
    g_autofree char *records = scenario_summary(s);
    assert_string_equal(records, row->records);
    assert_string_equal(s->directions->str, row->directions);
    scenario_free(s);
}
