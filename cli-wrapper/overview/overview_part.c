/*
 * overview_part.c - see overview_part.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "overview_part.h"

#include "label_report.h"
#include "overview.h"
#include "plot.h"
#include "reader/messages.h"
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
        part->labels =
            label_report_part_new(settings->capture_name ? settings->capture_name : capture, settings->truth);
    if (options_given(options, OPT_SUMMARY))
        part->summary = summary_new();
    if (part->summary)
        column_ranges_begin(summary_defined(part->summary), part->layout);
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
    if (part->summary) {
        summary_add(part->summary, &record);
        column_ranges_add(summary_defined(part->summary), part->layout, ended);
    }
    if (part->plot)
        plot_add(part->plot, &record);
}

/* Frees what is sent. */
static void
send_news(int fd, enum message_kind kind, GBytes *news)
{
    if (!news)
        return;
    message_send(fd, kind, g_bytes_get_data(news, NULL), g_bytes_get_size(news));
    g_bytes_unref(news);
}

gboolean
overview_part_send(struct overview_part *part, const capture_run *run, int fd, GError **error)
{
    GBytes *plot = part->plot ? plot_part_bytes(part->plot, error) : NULL;
    gboolean fine = plot || !part->plot;
    const capture_counts *counts = capture_run_counts(run);

    if (part->summary) {
        summary_add_health(part->summary, counts->health, capture_run_flow_counts(run));
        if (counts->labels)
            summary_add_labels(part->summary, counts->labels);
        send_news(fd, MESSAGE_SUMMARY, summary_bytes(part->summary));
    }
    if (part->labels)
        send_news(fd, MESSAGE_LABELS, label_report_part_finish(part->labels, capture_run_labels(run)));
    send_news(fd, MESSAGE_PLOT, plot);
    summary_free(part->summary);
    plot_free(part->plot);
    g_free(part);
    return fine;
}
