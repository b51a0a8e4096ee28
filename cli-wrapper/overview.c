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

struct overview_stream {
    struct overview *overview;
    struct record_reader *reader;
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
    if (!record_fields_suffice(options, error))
        return NULL;
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
    return g_strcmp0(overview->options->output, "-") == 0 ? stderr : stdout;
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

struct overview_stream *
overview_stream_new(struct overview *overview)
{
    struct overview_stream *stream = g_new0(struct overview_stream, 1);
    stream->overview = overview;
    stream->reader = record_reader_new(overview->options);
    return stream;
}

void
overview_stream_free(struct overview_stream *stream)
{
    if (!stream)
        return;
    record_reader_free(stream->reader);
    g_free(stream);
}

static void
take_line(struct overview_stream *stream, const char *line, gsize length)
{
    struct overview *overview = stream->overview;
    struct record record;

    if (!record_reader_line(stream->reader, line, length, &record))
        return;
    if (overview->summary)
        summary_add(overview->summary, &record);
    if (overview->plot)
        plot_add(overview->plot, &record);
}

void
overview_take(struct overview_stream *stream, const char *lines, gsize length)
{
    const char *end = lines + length;

    g_mutex_lock(&stream->overview->lock);
    while (lines < end) {
        const char *line_end = memchr(lines, '\n', (gsize)(end - lines));
        take_line(stream, lines, (gsize)(line_end - lines));
        lines = line_end + 1;
    }
    g_mutex_unlock(&stream->overview->lock);
}
