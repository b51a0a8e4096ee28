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

#include "output/output_file.h"
#include "output/record_text.h"

/* Bars of the durations, four a decade. The first also has what is shorter, the last what is longer. */
enum { BARS_PER_DECADE = 4, FIRST_DECADE = -6, DECADES = 12, BARS = BARS_PER_DECADE * DECADES };

enum { TIME_BARS_MOST = 100, TIME_BARS_LEAST = 8, TIME_TICS = 4 };

/* Totals over the flows, beside the values in the data file. */
struct totals {
    guint64 flows;
    guint64 durations[BARS];
    double first, last; /* start times */
};

struct plot {
    char *gnuplot, *picture, *data, *script;
    char *drawn;       /* where gnuplot writes, in a folder that only we may write to */
    output_file *file; /* the picture; NULL: a part */
    FILE *out;
    struct totals totals;
};

/* The widths that a bar of flows over time may have. */
static const struct time_bar {
    double seconds;
    const char *name;
} time_bars[] = {
    {1, "a second"},      {2, "2 seconds"},     {5, "5 seconds"},   {10, "10 seconds"},  {30, "30 seconds"},
    {60, "a minute"},     {120, "2 minutes"},   {300, "5 minutes"}, {600, "10 minutes"}, {1800, "30 minutes"},
    {3600, "an hour"},    {7200, "2 hours"},    {21600, "6 hours"}, {86400, "a day"},    {604800, "a week"},
    {2592000, "30 days"}, {31536000, "a year"},
};

/* gnuplot's columns of the data: 1 start, 2 packets, 3 bytes. 0 bytes are drawn as 1, since the axis is logarithmic. */
static const char script_text[] =
    "set terminal %s size 1500,500\nset encoding utf8\n"
    "set output %s\n"
    "data = %s\n"
    "$durations << END\n%sEND\n"
    "set multiplot layout 1,3 title '%" G_GUINT64_FORMAT " %s'\n"
    "set key off\nset grid\nset style fill solid 0.6 border\nset linetype 1 linecolor rgb '#1f77b4'\n"
    "set title 'Flow durations'\nset xlabel 'four bars a decade; the one at 1 µs: and less'\nset ylabel 'flows'\n"
    "set logscale x\nset xrange [%g:%g]\nset yrange [0:*]\nset xtics rotate by -30 ('1 µs' 1e-6, '10 µs' 1e-5, "
    "'100 µs' 1e-4, '1 ms' 1e-3, '10 ms' 1e-2, '100 ms' 0.1, '1 s' 1, '10 s' 10, '100 s' 100, '1000 s' 1000, "
    "'10 000 s' 1e4, '100 000 s' 1e5, '1 000 000 s' 1e6)\n"
    "plot $durations using 1:2:3 with boxes linetype 1\n"
    "set title 'Bytes against packets'\nset xlabel 'packets'\nset ylabel 'bytes'\n"
    "set logscale xy\nset xrange [*:*]\nset yrange [*:*]\nset offsets graph 0.02, graph 0.02, graph 0.03, graph 0.03\n"
    "set xtics norotate autofreq\nset format xy '%%.0s%%c'\n"
    "plot data using 2:($3 > 0 ? $3 : 1) with points pointtype 7 pointsize 0.4 linetype 1\n"
    "unset logscale\nunset offsets\nset format y '%%h'\nset yrange [0:*]\n"
    "set title 'Flows over time'\nset xlabel 'begin (UTC)'\nset ylabel 'flows begun in %s'\n"
    "set xdata time\nset timefmt '%%s'\nset format x \"%%Y-%%m-%%d\\n%%H:%%M:%%S\"\nset boxwidth %.9g\n"
    "set xrange [%.9f:%.9f]\nset xtics %.9f,%.9f\n"
    "plot data using ((floor($1 / %.9g) + 0.5) * %.9g):(1) smooth frequency with boxes linetype 1\n"
    "unset multiplot\n";

struct plot *
plot_new(const char *picture, const char *work, GError **error)
{
    char *gnuplot = g_find_program_in_path("gnuplot");
    if (!gnuplot) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                            "--plot needs gnuplot: install it (Debian, Ubuntu: apt install gnuplot-nox; Fedora: dnf "
                            "install gnuplot-minimal)");
        return NULL;
    }
    struct plot *plot = g_new0(struct plot, 1);
    plot->gnuplot = gnuplot;
    plot->picture = g_strdup(picture);
    plot->data = g_build_filename(work, "plot.data", NULL);
    plot->script = g_build_filename(work, "plot.script", NULL);
    plot->drawn = g_build_filename(work, "plot.picture", NULL);
    plot->totals.first = INFINITY;
    plot->totals.last = -INFINITY;
    plot->file = output_file_open(picture, OUTPUT_WHOLE, error);
    plot->out = plot->file ? g_fopen(plot->data, "we") : NULL;
    if (plot->out)
        return plot;
    if (plot->file)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write '%s': %s", plot->data, g_strerror(errno));
    plot_free(plot);
    return NULL;
}

void
plot_free(struct plot *plot)
{
    if (!plot)
        return;
    const char *const files[] = {plot->data, plot->script, plot->drawn};

    if (plot->out)
        fclose(plot->out);
    g_clear_pointer(&plot->file, output_file_discard);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        if (files[i])
            g_unlink(files[i]);
    }
    g_free(plot->gnuplot);
    g_free(plot->picture);
    g_free(plot->data);
    g_free(plot->script);
    g_free(plot->drawn);
    g_free(plot);
}

static int
bar_of(double duration)
{
    if (duration <= 0)
        return 0;
    double place = floor(log10(duration) * BARS_PER_DECADE) - FIRST_DECADE * BARS_PER_DECADE;
    return (int)CLAMP(place, 0, BARS - 1);
}

void
plot_add(struct plot *plot, const struct record *record)
{
    if (!isfinite(record->start) || !isfinite(record->duration))
        return;
    plot->totals.flows++;
    plot->totals.durations[bar_of(record->duration)]++;
    plot->totals.first = MIN(plot->totals.first, record->start);
    plot->totals.last = MAX(plot->totals.last, record->start);
    fprintf(plot->out, "%.6f %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", record->start, record->packets,
            record->bytes);
}

struct plot *
plot_part_new(int values)
{
    struct plot *part = g_new0(struct plot, 1);

    part->out = fdopen(values, "w");
    part->totals.first = INFINITY;
    part->totals.last = -INFINITY;
    return part;
}

GBytes *
plot_part_bytes(struct plot *part, GError **error)
{
    if (part->out && fflush(part->out) == 0 && !ferror(part->out))
        return g_bytes_new(&part->totals, sizeof part->totals);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the values for the picture cannot be written: %s",
                g_strerror(errno));
    return NULL;
}

static gboolean
append_values(struct plot *plot, int values)
{
    char block[BUFSIZ];
    goffset at = 0;
    gssize length;

    while ((length = pread(values, block, sizeof block, at)) > 0) {
        if (fwrite(block, 1, (gsize)length, plot->out) < (gsize)length)
            return FALSE;
        at += length;
    }
    return length == 0;
}

gboolean
plot_merge(struct plot *plot, int values, GBytes *bytes, GError **error)
{
    const struct totals *more = g_bytes_get_data(bytes, NULL);

    if (g_bytes_get_size(bytes) != sizeof *more || !append_values(plot, values)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the values for the picture cannot be added: %s",
                    g_strerror(errno));
        return FALSE;
    }
    plot->totals.flows += more->flows;
    for (int i = 0; i < BARS; i++)
        plot->totals.durations[i] += more->durations[i];
    plot->totals.first = MIN(plot->totals.first, more->first);
    plot->totals.last = MAX(plot->totals.last, more->last);
    return TRUE;
}

/* Within single quotes gnuplot takes everything literally, except a doubled quote. */
static char *
quote(const char *path)
{
    GString *quoted = g_string_new(NULL);
    text_append_quoted(quoted, path, '\'');
    return g_string_free(quoted, FALSE);
}

/* The first and the last bar that is not empty. */
static void
find_bars(const struct plot *plot, int *first, int *last)
{
    *first = 0;
    *last = BARS - 1;
    while (*first < *last && plot->totals.durations[*first] == 0)
        ++*first;
    while (*last > *first && plot->totals.durations[*last] == 0)
        --*last;
}

static double
bar_begin(int bar)
{
    return pow(10, FIRST_DECADE + bar / (double)BARS_PER_DECADE);
}

/* Centre, height and width of each bar. */
static char *
duration_rows(const struct plot *plot, int first, int last)
{
    GString *rows = g_string_new(NULL);
    for (int i = first; i <= last; i++) {
        double from = bar_begin(i), to = bar_begin(i + 1);
        g_string_append_printf(rows, "%.9g %" G_GUINT64_FORMAT " %.9g\n", (from + to) / 2, plot->totals.durations[i],
                               to - from);
    }
    return g_string_free(rows, FALSE);
}

static const struct time_bar *
time_bar_for(double span)
{
    guint i = 0;
    while (i + 1 < G_N_ELEMENTS(time_bars) && span / time_bars[i].seconds > TIME_BARS_MOST)
        i++;
    return &time_bars[i];
}

static char *
script_of(const struct plot *plot)
{
    const struct time_bar *bar = time_bar_for(plot->totals.last - plot->totals.first);
    double wide = bar->seconds;
    double begin = floor(plot->totals.first / wide) * wide;
    double end = MAX((floor(plot->totals.last / wide) + 1) * wide, begin + TIME_BARS_LEAST * wide);
    double step = round((end - begin) / TIME_TICS / wide) * wide;
    int first, last;
    find_bars(plot, &first, &last);
    /* Whole decades are shown. */
    double shortest = bar_begin(first - first % BARS_PER_DECADE);
    double longest = bar_begin(last - last % BARS_PER_DECADE + BARS_PER_DECADE);
    const char *terminal = g_str_has_suffix(plot->picture, ".svg") ? "svg" : "pngcairo";
    g_autofree char *drawn = quote(plot->drawn);
    g_autofree char *data = quote(plot->data);
    g_autofree char *rows = duration_rows(plot, first, last);
    return g_strdup_printf(script_text, terminal, drawn, data, rows, plot->totals.flows,
                           plot->totals.flows == 1 ? "flow" : "flows", shortest, longest, bar->name, wide, begin, end,
                           begin + wide * floor(step / wide / 2), step, wide, wide);
}

/* gnuplot explains itself in several lines, of which the last says what is wrong. */
static void
set_complaint(const struct plot *plot, const char *complaint, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(complaint, "\n", -1);
    const char *last = "gnuplot failed";
    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line))
            last = *line;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot draw '%s': %s", plot->picture, last);
}

static gboolean
put_in_place(const struct plot *plot, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    return g_file_get_contents(plot->drawn, &bytes, &length, error) &&
           output_file_write(plot->file, bytes, length, error) && output_file_complete(plot->file, error);
}

static gboolean
draw(const struct plot *plot, GError **error)
{
    /* -d: ignore the user's ~/.gnuplot. */
    char *argv[] = {plot->gnuplot, "-d", plot->script, NULL};
    g_autofree char *complaint = NULL;
    int status = -1;
    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &complaint, &status, error))
        return FALSE;
    if (status)
        set_complaint(plot, complaint, error);
    return !status && put_in_place(plot, error);
}

gboolean
plot_finish(struct plot *plot, GError **error)
{
    gboolean has_failed = ferror(plot->out) != 0;
    has_failed = fclose(plot->out) != 0 || has_failed;
    plot->out = NULL;
    if (has_failed || plot->totals.flows == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no picture '%s': %s", plot->picture,
                    has_failed ? "its data could not be written" : "there are no flows");
        return FALSE;
    }
    g_autofree char *text = script_of(plot);
    gboolean is_written = g_file_set_contents(plot->script, text, -1, error);
    return is_written && draw(plot, error);
}
