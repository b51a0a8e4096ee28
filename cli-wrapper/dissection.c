/*
 * dissection.c - the configuration folder and preferences that keep tshark to the layers below the applications.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissection.h"

static const char *const application_protocols[] = {
#include "application_protocols.def"
};

/* TCP's own analysis costs memory and time per segment; only these columns are made of it. */
static const char *const analysis_columns[] = {"fwd_retrans", "bwd_retrans"};
static const char *const analysis_preferences[] = {
    "tcp.analyze_sequence_numbers:FALSE",
    "tcp.calculate_timestamps:FALSE",
    "udp.calculate_timestamps:FALSE",
};
static const char *const application_columns[] = {"app_proto", "server_name"};

static gboolean
wants_any(const struct options *options, const char *const *columns, guint count)
{
    for (guint i = 0; i < count; i++)
        if (options_has_word(options, OPT_EXTRA, columns[i]) || options_has_word(options, OPT_FIELDS, columns[i]))
            return TRUE;
    return FALSE;
}

gboolean
dissection_is_needed(const struct options *options)
{
    return options_given(options, OPT_FULL_DISSECTION) || options_given(options, OPT_FILTER) ||
           options_given(options, OPT_LABELS) ||
           wants_any(options, application_columns, G_N_ELEMENTS(application_columns));
}

static void
add(GPtrArray *argv, const char *option, const char *value)
{
    g_ptr_array_add(argv, g_strdup(option));
    g_ptr_array_add(argv, g_strdup(value));
}

void
dissection_add_arguments(GPtrArray *argv, const struct options *options)
{
    if (dissection_is_needed(options))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(application_protocols); i++)
        add(argv, "--disable-protocol", application_protocols[i]);
    if (wants_any(options, analysis_columns, G_N_ELEMENTS(analysis_columns)))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(analysis_preferences); i++)
        add(argv, "-o", analysis_preferences[i]);
}
