/*
 * overview_part.c - see overview_part.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "overview_part.h"

#include "label_report.h"
#include "overview.h"
#include "plot.h"
#include "summary.h"

struct overview_part {
    const record_layout *layout;
    struct summary *summary;          /* NULL: not wanted */
    struct plot *plot;                /* NULL: not wanted */
    struct label_report_part *labels; /* NULL: there are no rules or rows */
};

struct overview_part *
overview_part_new(const struct options *options, const run_settings *settings, const char *capture, int plot_values)
{
    if (!overview_is_wanted(options))
        return NULL;
    struct overview_part *part = g_new0(struct overview_part, 1);
    part->layout = &settings->layout;
    if (settings->truth || settings->labels)
        part->labels = label_report_part_new(capture, settings->truth);
    if (options_given(options, OPT_SUMMARY))
        part->summary = summary_new();
    if (options_given(options, OPT_PLOT))
        part->plot = plot_part_new(plot_values);
    return part;
}

void
overview_part_take(const flow *ended, void *data)
{
    struct overview_part *part = data;
    char addresses[2][RECORD_ADDRESS_BYTES];
    struct record record;

    if (!part->summary && !part->plot)
        return;
    record_of_flow(part->layout, ended, addresses, &record);
    if (part->summary)
        summary_add(part->summary, &record);
    if (part->plot)
        plot_add(part->plot, &record);
}

void
overview_part_take_counts(struct overview_part *part, const capture_counts *counts, const flow_counts *flows)
{
    if (!part->summary)
        return;
    summary_add_health(part->summary, counts->health, flows);
    if (counts->labels)
        summary_add_labels(part->summary, counts->labels);
}

gboolean
overview_part_finish(struct overview_part *part, const labeller *labels, struct overview_news *news, GError **error)
{
    gboolean fine = TRUE;

    *news = (struct overview_news){.summary = part->summary ? summary_bytes(part->summary) : NULL};
    if (part->labels)
        news->labels = label_report_part_finish(part->labels, labels);
    if (part->plot) {
        news->plot = plot_part_bytes(part->plot, error);
        fine = news->plot != NULL;
    }
    summary_free(part->summary);
    plot_free(part->plot);
    g_free(part);
    return fine;
}
