/*
 * columns_table.c - the tables of columns and of preferences as Markdown, from the tables of the plugin.
 *
 * usage: columns-table                  the 82 columns
 *        columns-table --extra          the further columns
 *        columns-table --preferences    the preferences
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

static const struct {
    const char *name, *standard, *description;
} preferences[] = {
#define PREFERENCE(name, kind, standard, title, description) {#name, #standard, description},
#include "options.def"
};

/* A default as users write it: texts without quotes, and no word for an empty one. */
static void
print_default(const char *standard)
{
    if (standard[0] != '"')
        printf(" %s ", strcmp(standard, "TRUE") == 0 ? "on" : strcmp(standard, "FALSE") == 0 ? "off" : standard);
    else if (strlen(standard) > 2)
        printf(" `%.*s` ", (int)strlen(standard) - 2, standard + 1);
    else
        printf(" ");
}

static void
print_preferences(void)
{
    printf("| name | default | meaning |\n|---|---|---|\n");
    for (size_t i = 0; i < sizeof preferences / sizeof preferences[0]; i++) {
        printf("| `%s` |", preferences[i].name);
        print_default(preferences[i].standard);
        printf("| %s |\n", preferences[i].description);
    }
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--extra") == 0)
        print_rows(CIC_FEATURES, FEATURES);
    else if (argc > 1 && strcmp(argv[1], "--preferences") == 0)
        print_preferences();
    else
        print_rows(0, CIC_FEATURES);
    return 0;
}
