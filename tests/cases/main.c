/*
 * main.c - runs one case file, or all in a folder; for a folder it also checks that every feature appears in some case.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "case_file.h"
#include "test_list.h"

/* Features for which a case that ran expects something other than 0. */
static bool told[FEATURES];

static void
run_case(void **state)
{
    const char *path = *state;
    GError *error = NULL;

    if (!case_file_check(path, told, &error))
        fail_msg("%s", error->message);
}

static void
every_feature_is_told_of(void **state G_GNUC_UNUSED)
{
    g_autoptr(GString) missing = g_string_new(NULL);

    for (feature_id id = 0; id < FEATURES; id++) {
        if (!told[id] && !feature_needs_extras(id))
            g_string_append_printf(missing, " %s", feature_describe(id)->name);
    }
    if (missing->len > 0)
        fail_msg("no case expects anything but 0 of:%s", missing->str);
}

static int
compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The cases of a folder, by name. */
static GPtrArray *
list_cases(const char *folder)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

    for (const char *name; dir && (name = g_dir_read_name(dir)) != NULL;) {
        if (g_str_has_suffix(name, ".case"))
            g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
    }
    g_ptr_array_sort(paths, compare_paths);
    return paths;
}

int
main(int argument_count, char **arguments)
{
    if (argument_count != 2) {
        fprintf(stderr, "usage: %s FOLDER|FILE.case\n", arguments[0]);
        return 2;
    }
    bool one_file = g_str_has_suffix(arguments[1], ".case");
    g_autoptr(GPtrArray) paths = one_file ? g_ptr_array_new_with_free_func(g_free) : list_cases(arguments[1]);
    GArray *tests = test_list_new();

    if (one_file)
        g_ptr_array_add(paths, g_strdup(arguments[1]));
    for (guint i = 0; i < paths->len; i++)
        test_list_add(tests, paths->pdata[i], run_case, paths->pdata[i]);
    if (!one_file)
        test_list_add(tests, "every feature is told of by a case", every_feature_is_told_of, NULL);
    return test_list_run(tests, "cases", 1, arguments);
}
