/*
 * columns_table.c - the table of all columns as Markdown, from the feature table.
 *
 * usage: columns-table            the 82 columns
 *        columns-table --extra    the further columns
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "flow/feature.h"

static const char *
type_name(value_type type)
{
    switch (type) {
    case VALUE_INTEGER:
        return "integer";
    case VALUE_REAL:
        return "real";
    case VALUE_INTEGERS:
        return "list of integers";
    case VALUE_REALS:
        return "list of reals";
    default:
        return "text";
    }
}

static void
print_rows(int first, int last)
{
    printf("| # | column | type | unit | meaning |\n|---|---|---|---|---|\n");
    for (int id = first; id < last; id++) {
        const feature_info *info = feature_describe((feature_id)id);
        printf("| %d | `%s` | %s | %s | %s |\n", id - first + 1, info->name, type_name(info->type),
               value_unit_name(info->unit), info->description);
    }
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--extra") == 0)
        print_rows(CIC_FEATURES, FEATURES);
    else
        print_rows(0, CIC_FEATURES);
    return 0;
}
