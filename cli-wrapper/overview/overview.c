/*
 * overview.c - see overview.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "overview.h"

#include <stdio.h>
#include <string.h>

#include "label_report.h"
#include "output/output_file.h"
#include "plot.h"
#include "reader/settings.h"
#include "report.h"
#include "summary.h"

struct overview {
    const struct options *options;
    GMutex lock; /* guards the rest */
    struct summary *summary;
    struct plot *plot;
    output_file *annotated; /* NULL: not wanted */
    gboolean is_annotated;
    struct label_report *labels; /* NULL: without --labels, or not wanted */
};

void
overview_free(struct overview *overview)
{
    if (!overview)
        return;
    summary_free(overview->summary);
    plot_free(overview->plot);
    label_report_free(overview->labels);
    g_clear_pointer(&overview->annotated, output_file_discard);
    g_mutex_clear(&overview->lock);
    g_free(overview);
}

gboolean
overview_is_wanted(const struct options *options)
{
    return options_given(options, OPT_SUMMARY) || options_given(options, OPT_PLOT) ||
           options_given(options, OPT_LABEL_REPORT) || options_given(options, OPT_ANNOTATE);
}

static gboolean
open_files(struct overview *overview, GError **error)
{
    const struct options *options = overview->options;

    if (options_given(options, OPT_LABELS)) {
        overview->labels = label_report_new(options_text(options, OPT_LABEL_REPORT), error);
        if (!overview->labels)
            return FALSE;
    }
    if (options_given(options, OPT_ANNOTATE)) {
        overview->annotated = output_file_open(options_text(options, OPT_ANNOTATE), OUTPUT_WHOLE, error);
        if (!overview->annotated)
            return FALSE;
    }
    return TRUE;
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
    if (open_files(overview, error))
        return overview;
    overview_free(overview);
    return NULL;
}

static gboolean
write_label_report(const struct overview *overview, GError **error)
{
    run_settings settings;
    gboolean fine = settings_init(&settings, overview->options, "", error) &&
                    label_report_write(overview->labels, &settings, error);

    run_settings_clear(&settings);
    return fine;
}

/* Whether it was written; the reason why it was not is told. A pointer: what fails sets the error while the arguments
 * are evaluated. */
static gboolean
tell(gboolean is_written, GError **error)
{
    if (!is_written) {
        report_error("%s", (*error)->message);
        g_clear_error(error);
    }
    return is_written;
}

gboolean
overview_finish(struct overview *overview)
{
    gboolean fine = TRUE;
    GError *error = NULL;

    /* The summary goes to standard output, unless the records do. */
    if (overview->summary)
        summary_print(overview->summary, overview->labels,
                      options_use_standard_output(overview->options) ? stderr : stdout);
    if (overview->plot)
        fine = tell(plot_finish(overview->plot, &error), &error);
    if (options_given(overview->options, OPT_LABEL_REPORT))
        fine &= tell(write_label_report(overview, &error), &error);
    if (overview->is_annotated) {
        output_file_note_written(overview->annotated);
        fine &= tell(output_file_complete(overview->annotated, &error), &error);
    }
    overview_free(overview);
    return fine;
}

gboolean
overview_draws(const struct overview *overview)
{
    return overview && overview->plot;
}

int
overview_annotated(const struct overview *overview)
{
    return overview && overview->annotated ? output_file_descriptor(overview->annotated) : -1;
}

gboolean
overview_take(struct overview *overview, const struct overview_news *news, GError **error)
{
    gboolean fine = TRUE;

    g_mutex_lock(&overview->lock);
    overview->is_annotated = news->is_annotated;
    if (overview->summary && news->summary)
        fine = summary_merge(overview->summary, news->summary);
    if (fine && overview->labels && news->labels)
        fine = label_report_merge(overview->labels, news->number, news->labels);
    if (!fine)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the overview of the capture cannot be read");
    if (fine && overview->plot && news->plot)
        fine = plot_merge(overview->plot, news->plot_values, news->plot, error);
    g_mutex_unlock(&overview->lock);
    return fine;
}
