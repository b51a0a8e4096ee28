/* plot.c - writes a data file and a script, and lets gnuplot draw. */
#include "plot.h"

#include "child.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TIME_BINS 100

struct plot {
    char *gnuplot, *picture, *data, *script, *drawn;
    FILE *out;
    guint64 flows;
    double first, last; /* start times */
};

/* gnuplot's column numbers: 1 start, 2 duration, 3 packets, 4 bytes. A flow of no duration is drawn at a microsecond,
 * which is where a logarithmic axis can still show it. */
static const char script_text[] =
    "set terminal %s size 1500,500\nset output \"%s\"\nset multiplot layout 1,3 title \"%" G_GUINT64_FORMAT " flows\"\n"
    "data = \"%s\"\nset key off\nset grid\n"
    "set title \"Flow durations\"\nset xlabel \"seconds (decades in four)\"\nset ylabel \"flows\"\nset logscale x\n"
    "set style fill solid 0.6\nset boxwidth 0.2 relative\nset yrange [0:*]\n"
    "least(x) = x > 1e-6 ? x : 1e-6\n"
    "plot data using (10 ** (floor(log10(least($2)) * 4) / 4.0)):(1) smooth frequency with impulses linewidth 4\n"
    "set title \"Bytes against packets\"\nset xlabel \"packets\"\nset ylabel \"bytes\"\nset logscale xy\nset yrange [*:*]\n"
    "plot data using 3:($4 > 0 ? $4 : 1) with points pointtype 7 pointsize 0.4\n"
    "unset logscale\nset title \"Flows over time\"\nset xlabel \"start (UTC)\"\nset ylabel \"flows begun in %g s\"\n"
    "set xdata time\nset timefmt \"%%s\"\nset format x \"%s\"\nset xtics rotate by -30\nset yrange [0:*]\n"
    "plot data using (floor($1 / %.9g) * %.9g):(1) smooth frequency with impulses linewidth 2\n"
    "unset multiplot\n";

struct plot *plot_new(const char *picture, const char *work, GError **error)
{
    char *gnuplot = g_find_program_in_path("gnuplot");
    if (!gnuplot) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                            "--plot needs gnuplot: install it (Debian, Ubuntu: apt install gnuplot-nox; Fedora: dnf install "
                            "gnuplot-minimal; macOS: brew install gnuplot)");
        return NULL;
    }
    struct plot *plot = g_new0(struct plot, 1);
    plot->gnuplot = gnuplot;
    plot->picture = g_strdup(picture);
    plot->data = g_build_filename(work, "plot.data", NULL);
    plot->script = g_build_filename(work, "plot.script", NULL);
    plot->drawn = g_strconcat(picture, ".part", NULL);
    plot->first = INFINITY;
    plot->last = -INFINITY;
    plot->out = g_fopen(plot->data, "we");
    if (plot->out)
        return plot;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write '%s': %s", plot->data, g_strerror(errno));
    plot_free(plot);
    return NULL;
}

void plot_free(struct plot *plot)
{
    if (!plot)
        return;
    if (plot->out)
        fclose(plot->out);
    g_free(plot->gnuplot);
    g_free(plot->picture);
    g_free(plot->data);
    g_free(plot->script);
    g_free(plot->drawn);
    g_free(plot);
}

void plot_add(struct plot *plot, const struct record *record)
{
    if (!isfinite(record->start) || !isfinite(record->duration))
        return;
    plot->flows++;
    plot->first = MIN(plot->first, record->start);
    plot->last = MAX(plot->last, record->start);
    fprintf(plot->out, "%.6f %.9g %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", record->start, record->duration,
            record->packets, record->bytes);
}

static gboolean write_script(const struct plot *plot, GError **error)
{
    double span = MAX(plot->last - plot->first, 1);
    double bin = MAX(ceil(span / TIME_BINS), 1);
    const char *form = span > 86400 ? "%m-%d %H:%M" : "%H:%M:%S";
    const char *terminal = g_str_has_suffix(plot->picture, ".svg") ? "svg" : "pngcairo";
    char *quoted = g_strescape(plot->drawn, NULL);
    char *text = g_strdup_printf(script_text, terminal, quoted, plot->flows, plot->data, bin, form, bin, bin);
    gboolean written = g_file_set_contents(plot->script, text, -1, error);
    g_free(text);
    g_free(quoted);
    return written;
}

static gboolean draw(const struct plot *plot, GError **error)
{
    char *argv[] = {plot->gnuplot, plot->script, NULL};
    char *complaint = NULL;
    int status = -1;
    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &complaint, &status, error))
        return FALSE;
    gboolean fine = status == 0 && !g_rename(plot->drawn, plot->picture);
    if (!fine) {
        g_unlink(plot->drawn);
        char *line = g_strdelimit(g_strstrip(complaint), "\r\n", ' ');
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot draw '%s': %s", plot->picture,
                    *line ? line : g_strerror(errno));
    }
    g_free(complaint);
    return fine;
}

gboolean plot_finish(struct plot *plot, GError **error)
{
    gboolean failed = ferror(plot->out) != 0;
    failed = fclose(plot->out) != 0 || failed;
    plot->out = NULL;
    if (failed || !plot->flows) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no picture '%s': %s", plot->picture,
                    failed ? "its data could not be written" : "there are no flows");
        return FALSE;
    }
    return write_script(plot, error) && draw(plot, error);
}
