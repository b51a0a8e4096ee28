/*
 * tshark.c - see tshark.h. Every preference of the plugin is written out, so that none that the user saved changes a
 * run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tshark.h"

static void
add(GPtrArray *argv, const char *option, const char *value)
{
    g_ptr_array_add(argv, g_strdup(option));
    g_ptr_array_add(argv, g_strdup(value));
}

static void
add_preference(GPtrArray *argv, const char *name, const char *value)
{
    g_ptr_array_add(argv, g_strdup("-o"));
    g_ptr_array_add(argv, g_strdup_printf("cicflow.%s:%s", name, value));
}

static void
add_all(GPtrArray *argv, const char *option, const GPtrArray *values)
{
    for (guint i = 0; i < values->len; i++)
        add(argv, option, g_ptr_array_index(values, i));
}

static void
add_preferences(GPtrArray *argv, const struct options *options, const char *stats, const char *progress)
{
    static const char *const verbosities[] = {"0", "1", "2"};
    gboolean is_csv = options_given(options, OPT_CSV) > 0;

    add_preference(argv, "csv", is_csv ? "-" : "");
    add_preference(argv, "jsonl", is_csv ? "" : "-");
    add_preference(argv, "stats", stats);
    add_preference(argv, "progress", progress);
    add_preference(argv, "verbose",
                   verbosities[MIN(options_given(options, OPT_VERBOSE), G_N_ELEMENTS(verbosities) - 1)]);
    add_preference(argv, "fast", options_given(options, OPT_FULL_DISSECTION) ? "FALSE" : "TRUE");
    add_preference(argv, "tree", "FALSE");
    for (int id = 0; id < OPT_COUNT; id++) {
        const char *value = options_text(options, id);
        if (option_rows[id].preference && value)
            add_preference(argv, option_rows[id].preference, value);
    }
}

GPtrArray *
tshark_arguments(const struct run *run, const char *input, const char *name, const char *stats, const char *progress)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(run->tools->tshark));
    locate_add_plugin(argv, run->tools);
    /* Without name resolution, of which no record has anything. */
    g_ptr_array_add(argv, g_strdup("-n"));
    g_ptr_array_add(argv, g_strdup("-q"));
    add(argv, "-r", input);
    if (options_given(run->options, OPT_PACKETS))
        add(argv, "-c", options_text(run->options, OPT_PACKETS));
    add_all(argv, "-o", options_list(run->options, OPT_PREFERENCE));
    add_all(argv, "-d", options_list(run->options, OPT_DECODE_AS));
    add_preferences(argv, run->options, stats, progress);
    add_preference(argv, "capture", name);
    g_ptr_array_add(argv, NULL);
    return argv;
}
