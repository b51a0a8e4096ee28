/*
 * overview_part.c - see overview_part.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "overview_part.h"

#include "plot.h"
#include "summary.h"

struct overview_part {
    const record_layout *layout;
    struct summary *summary; /* NULL: not wanted */
    struct plot *plot;       /* NULL: not wanted */
};

struct overview_part *
overview_part_new(const struct options *options, const record_layout *layout, int plot_values)
{
    if (!options_given(options, OPT_SUMMARY) && !options_given(options, OPT_PLOT))
        return NULL;
    struct overview_part *part = g_new0(struct overview_part, 1);
    part->layout = layout;
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
overview_part_finish(struct overview_part *part, GBytes **summary, GBytes **plot, GError **error)
{
    gboolean fine = TRUE;

    *summary = part->summary ? summary_bytes(part->summary) : NULL;
    *plot = NULL;
    if (part->plot) {
        *plot = plot_part_bytes(part->plot, error);
        fine = *plot != NULL;
    }
    summary_free(part->summary);
    plot_free(part->plot);
    g_free(part);
    return fine;
}
