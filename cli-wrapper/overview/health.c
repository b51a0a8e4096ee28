/*
 * health.c - see health.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "health.h"

void
health_add(struct health *health, const struct health *more)
{
    if (health->captures_out_of_order == 0)
        health->frames.first_older = more->frames.first_older;
    health->captures_out_of_order += more->captures_out_of_order;
    health->frames.older += more->frames.older;
    health->frames.largest_step_ns = MAX(health->frames.largest_step_ns, more->frames.largest_step_ns);
    health->frames.repeated += more->frames.repeated;
    health->frames.cut += more->frames.cut;
    health->frames.dropped += more->frames.dropped;
    health->flows_without_syn += more->flows_without_syn;
    health->flows_from_syn_ack += more->flows_from_syn_ack;
}

void
health_add_capture(struct health *health, const capture_health_counts *frames, const flow_counts *flows)
{
    health_add(health, &(struct health){.frames = *frames,
                                        .captures_out_of_order = frames->older > 0,
                                        .flows_without_syn = flows->begun_in_middle,
                                        .flows_from_syn_ack = flows->begun_by_answer});
}

/* Where frames are out of order, and how much. */
static char *
describe_order(const struct health *health)
{
    double seconds = (double)health->frames.largest_step_ns / NS_PER_SECOND;

    if (health->captures_out_of_order == 1)
        return g_strdup_printf("first: frame %" G_GUINT64_FORMAT ", by up to %g s; reordercap puts them in order",
                               (guint64)health->frames.first_older, seconds);
    return g_strdup_printf("in %" G_GUINT64_FORMAT " captures, by up to %g s; reordercap puts them in order",
                           health->captures_out_of_order, seconds);
}

void
health_print(const struct health *health, FILE *out)
{
    g_autofree char *order = describe_order(health);
    const struct {
        const char *what;
        guint64 count;
        const char *advice;
    } lines[] = {
        {"frames older than the one before", health->frames.older, order},
        {"frames that repeat one of the 4 before", health->frames.repeated, "editcap -d removes them"},
        {"frames cut by a snaplen", health->frames.cut, "capture with a larger one (--snaplen)"},
        {"TCP flows without a SYN", health->flows_without_syn, "begun before the capture, or packets are missing"},
        {"TCP flows that begin with SYN and ACK", health->flows_from_syn_ack, "their SYN is missing, or comes later"},
        {"packets dropped while capturing", health->frames.dropped, "capture with a larger buffer (--buffer-size)"},
    };
    bool has_title = false;

    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        if (lines[i].count == 0)
            continue;
        if (!has_title)
            fprintf(out, "\nHealth of the capture\n");
        has_title = true;
        fprintf(out, "  %-40s %10" G_GUINT64_FORMAT "  %s\n", lines[i].what, lines[i].count, lines[i].advice);
    }
}
