/*
 * plot.c - writes a data file and a script, and lets gnuplot draw; see plot.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plot.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIME_BINS = 100, SECONDS_PER_DAY = 86400 };

struct plot {
    char *gnuplot, *picture, *data, *script;
    char *drawn; /* beside the picture, which it becomes */
    FILE *out;
    guint64 flows;
    double first, last; /* start times */
};

/* gnuplot's columns: 1 start, 2 duration, 3 packets, 4 bytes. What is 0 is drawn at the low end of a logarithmic axis.
 */
static const char script_text[] =
    "set terminal %s size 1500,500\n"
    "set output %s\n"
    "data = %s\n"
    "set multiplot layout 1,3 title '%" G_GUINT64_FORMAT " flows'\n"
    "set key off\nset grid\nset style fill solid 0.6 border\n"
    "set title 'Flow durations'\nset xlabel 'seconds (four bars a decade)'\nset ylabel 'flows'\n"
    "set logscale x\nset format x '%%g'\nset yrange [0:*]\n"
    "bar(x) = 10 ** ((floor(log10(x > 1e-6 ? x : 1e-6) * 4) + 0.5) / 4)\n"
    "wide(x) = x * 0.45\n"
    "plot data using (bar($2)):(1):(wide(bar($2))) smooth frequency with boxes linecolor rgb '#1f77b4'\n"
    "set title 'Bytes against packets'\nset xlabel 'packets'\nset ylabel 'bytes'\n"
    "set logscale xy\nset format y '%%.0s%%c'\nset yrange [*:*]\n"
    "plot data using 3:($4 > 0 ? $4 : 1) with points pointtype 7 pointsize 0.4 linecolor rgb '#1f77b4'\n"
    "unset logscale\nset format y '%%g'\nset yrange [0:*]\n"
    "set title 'Flows over time'\nset xlabel 'begin (UTC)'\nset ylabel 'flows begun in %g s'\n"
    "set xdata time\nset timefmt '%%s'\nset format x '%s'\nset xtics rotate by -30\nset boxwidth %.9g\n"
    "set xrange [%.9f:%.9f]\n"
    "plot data using ((floor($1 / %.9g) + 0.5) * %.9g):(1) smooth frequency with boxes linecolor rgb '#1f77b4'\n"
    "unset multiplot\n";

struct plot *
plot_new(const char *picture, const char *work, GError **error)
{
    char *gnuplot = g_find_program_in_path("gnuplot");
    if (!gnuplot) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                            "--plot needs gnuplot: install it (Debian, Ubuntu: apt install gnuplot-nox; Fedora: dnf "
                            "install gnuplot-minimal; macOS: brew install gnuplot)");
        return NULL;
    }
    struct plot *plot = g_new0(struct plot, 1);
    plot->gnuplot = gnuplot;
    plot->picture = g_strdup(picture);
    plot->data = g_build_filename(work, "plot.data", NULL);
    plot->script = g_build_filename(work, "plot.script", NULL);
    plot->drawn = g_strdup_printf("%s.%d.part", picture, (int)getpid());
    plot->first = INFINITY;
    plot->last = -INFINITY;
    plot->out = g_fopen(plot->data, "we");
    if (plot->out)
        return plot;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write '%s': %s", plot->data, g_strerror(errno));
    plot_free(plot);
    return NULL;
}

void
plot_free(struct plot *plot)
{
    if (!plot)
        return;
    if (plot->out)
        fclose(plot->out);
    g_unlink(plot->data);
    g_unlink(plot->script);
    g_free(plot->gnuplot);
    g_free(plot->picture);
    g_free(plot->data);
    g_free(plot->script);
    g_free(plot->drawn);
    g_free(plot);
}

void
plot_add(struct plot *plot, const struct record *record)
{
    if (!isfinite(record->start) || !isfinite(record->duration))
        return;
    plot->flows++;
    plot->first = MIN(plot->first, record->start);
    plot->last = MAX(plot->last, record->start);
    fprintf(plot->out, "%.6f %.9g %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", record->start, record->duration,
            record->packets, record->bytes);
}

/* Between single quotes gnuplot takes everything as it stands, but for a doubled quote. */
static char *
quote(const char *path)
{
    GString *quoted = g_string_new("'");
    for (const char *c = path; *c; c++) {
        if (*c == '\'')
            g_string_append_c(quoted, '\'');
        g_string_append_c(quoted, *c);
    }
    return g_string_free(g_string_append_c(quoted, '\''), FALSE);
}

static gboolean
write_script(const struct plot *plot, GError **error)
{
    double span = plot->last - plot->first;
    double bin = MAX(ceil(span / TIME_BINS), 1);
    double begin = floor(plot->first / bin) * bin, end = (floor(plot->last / bin) + 1) * bin;
    const char *form = span > SECONDS_PER_DAY ? "%m-%d %H:%M" : "%H:%M:%S";
    const char *terminal = g_str_has_suffix(plot->picture, ".svg") ? "svg" : "pngcairo";
    char *drawn = quote(plot->drawn), *data = quote(plot->data);
    char *text = g_strdup_printf(script_text, terminal, drawn, data, plot->flows, bin, form, bin, begin, end, bin, bin);
    gboolean is_written = g_file_set_contents(plot->script, text, -1, error);
    g_free(text);
    g_free(drawn);
    g_free(data);
    return is_written;
}

/* gnuplot explains itself in several lines, of which the last says what is wrong. */
static void
set_complaint(const struct plot *plot, const char *complaint, GError **error)
{
    char **lines = g_strsplit(complaint, "\n", -1);
    const char *last = "gnuplot failed";
    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line))
            last = *line;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot draw '%s': %s", plot->picture, last);
    g_strfreev(lines);
}

static gboolean
draw(const struct plot *plot, GError **error)
{
    /* -d: not with the user's own settings. */
    char *argv[] = {plot->gnuplot, "-d", plot->script, NULL};
    char *complaint = NULL;
    int status = -1;
    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &complaint, &status, error))
        return FALSE;
    if (status)
        set_complaint(plot, complaint, error);
    g_free(complaint);
    if (!status && !g_rename(plot->drawn, plot->picture))
        return TRUE;
    if (!status)
        set_complaint(plot, g_strerror(errno), error);
    g_unlink(plot->drawn);
    return FALSE;
}

gboolean
plot_finish(struct plot *plot, GError **error)
{
    gboolean has_failed = ferror(plot->out) != 0;
    has_failed = fclose(plot->out) != 0 || has_failed;
    plot->out = NULL;
    if (has_failed || plot->flows == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no picture '%s': %s", plot->picture,
                    has_failed ? "its data could not be written" : "there are no flows");
        return FALSE;
    }
    return write_script(plot, error) && draw(plot, error);
}
