/*
 * overview.c - see overview.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "overview.h"

#include <stdio.h>
#include <string.h>

#include "plot.h"
#include "summary.h"

struct overview {
    const struct options *options;
    GMutex lock; /* guards the rest */
    struct summary *summary;
    struct plot *plot;
};

void
overview_free(struct overview *overview)
{
    if (!overview)
        return;
    summary_free(overview->summary);
    plot_free(overview->plot);
    g_mutex_clear(&overview->lock);
    g_free(overview);
}

struct overview *
overview_new(const struct options *options, const char *work, GError **error)
{
    struct overview *overview = g_new0(struct overview, 1);
    overview->options = options;
    g_mutex_init(&overview->lock);
    if (options_given(options, OPT_SUMMARY))
        overview->summary = summary_new();
    if (options_given(options, OPT_PLOT)) {
        overview->plot = plot_new(options_text(options, OPT_PLOT), work, error);
        if (!overview->plot) {
            overview_free(overview);
            return NULL;
        }
    }
    return overview;
}

/* Where the records go to standard output the summary must not. */
static FILE *
summary_file(const struct overview *overview)
{
    return options_use_standard_output(overview->options) ? stderr : stdout;
}

gboolean
overview_finish(struct overview *overview, GError **error)
{
    gboolean drawn = TRUE;

    if (overview->summary)
        summary_print(overview->summary, summary_file(overview));
    if (overview->plot)
        drawn = plot_finish(overview->plot, error);
    overview_free(overview);
    return drawn;
}

gboolean
overview_draws(const struct overview *overview)
{
    return overview && overview->plot;
}

gboolean
overview_take(struct overview *overview, GBytes *summary, GBytes *plot, int values, GError **error)
{
    gboolean fine = TRUE;

    g_mutex_lock(&overview->lock);
    if (overview->summary && summary)
        fine = summary_merge(overview->summary, summary);
    if (!fine)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the overview of the capture cannot be read");
    if (fine && overview->plot && plot)
        fine = plot_merge(overview->plot, values, plot, error);
    g_mutex_unlock(&overview->lock);
    return fine;
}
