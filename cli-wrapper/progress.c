/*
 * progress.c - see progress.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/inputs.h"
#include "report.h"

enum { TICK_MS = 200 };

/* Below this share the remaining time cannot be estimated. */
#define SHARE_LEAST 0.01

struct entry {
    struct job *job;
    goffset size; /* 0: no known end */
    goffset position;
};

struct progress {
    const struct run *run;
    GArray *entries;
    guint source;
    gint64 began_us, ticked_us;
    guint64 packets; /* at the last tick */
    double rate;     /* packets a second, smoothed */
};

gboolean
progress_is_wanted(const struct run *run)
{
    return isatty(STDERR_FILENO) && !options_given(run->options, OPT_QUIET) &&
           !options_given(run->options, OPT_VERBOSE);
}

struct totals {
    guint ended;
    goffset size, position;
    guint64 packets, records;
    gboolean has_end;
};

static struct totals
add_up(struct progress *progress)
{
    struct totals totals = {.has_end = TRUE};

    for (guint i = 0; i < progress->entries->len; i++) {
        struct entry *entry = &g_array_index(progress->entries, struct entry, i);
        struct job_state state = job_state(entry->job);
        entry->position = state.has_ended ? entry->size : state.position;
        totals.ended += state.has_ended;
        totals.size += entry->size;
        totals.position += entry->position;
        totals.packets += state.packets;
        totals.records += state.records;
        totals.has_end = totals.has_end && (entry->size > 0 || state.has_ended);
    }
    return totals;
}

static void
note_rate(struct progress *progress, const struct totals *totals)
{
    gint64 now_us = g_get_monotonic_time();
    double seconds = (double)(now_us - progress->ticked_us) / G_USEC_PER_SEC;
    double rate = seconds > 0 ? (double)(totals->packets - progress->packets) / seconds : 0;

    progress->rate = progress->rate > 0 ? 0.8 * progress->rate + 0.2 * rate : rate;
    progress->packets = totals->packets;
    progress->ticked_us = now_us;
}

/* "1.3 M" */
static char *
short_number(double number)
{
    if (number >= 1e6)
        return g_strdup_printf("%.1f M", number / 1e6);
    if (number >= 1e4)
        return g_strdup_printf("%.0f k", number / 1e3);
    return g_strdup_printf("%.0f", number);
}

static void
append_share(GString *line, const struct progress *progress, double share)
{
    enum { BAR = 20 };
    int full = (int)(share * BAR);
    double elapsed = (double)(progress->ticked_us - progress->began_us) / G_USEC_PER_SEC;

    g_string_append_printf(line, "[%.*s%*s] %3.0f%%", full, "####################", BAR - full, "", share * 100);
    if (share >= SHARE_LEAST) {
        int left = (int)(elapsed * (1 - share) / share + 0.5);
        g_string_append_printf(line, ", %d:%02d left", left / 60, left % 60);
    }
}

static void
append_count(GString *line, double number, const char *one, const char *many)
{
    g_autofree char *text = short_number(number);
    g_string_append_printf(line, "%s%s %s", line->len ? ", " : "", text, g_str_equal(text, "1") ? one : many);
}

static gboolean
show(gpointer data)
{
    struct progress *progress = data;
    struct totals totals = add_up(progress);
    g_autoptr(GString) line = g_string_new(NULL);

    note_rate(progress, &totals);
    if (totals.has_end && totals.size > 0)
        append_share(line, progress, CLAMP((double)totals.position / (double)totals.size, 0, 1));
    if (progress->entries->len > 1)
        g_string_append_printf(line, "%s%u of %u captures", line->len ? ", " : "", totals.ended,
                               progress->entries->len);
    append_count(line, (double)totals.packets, "packet", "packets");
    append_count(line, progress->rate, "packet/s", "packets/s");
    append_count(line, (double)totals.records, "flow", "flows");
    g_string_truncate(line, MIN(line->len, report_terminal_width(STDERR_FILENO) - 1));
    report_progress(line->str);
    return G_SOURCE_CONTINUE;
}

struct progress *
progress_begin(const struct run *run)
{
    if (!progress_is_wanted(run))
        return NULL;
    struct progress *progress = g_new0(struct progress, 1);
    progress->run = run;
    progress->entries = g_array_new(FALSE, TRUE, sizeof(struct entry));
    progress->began_us = progress->ticked_us = g_get_monotonic_time();
    progress->source = g_timeout_add(TICK_MS, show, progress);
    return progress;
}

/* How many bytes there are to read; 0: no known end. */
static goffset
size_of(const struct input *input)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    goffset size = 0;
    struct stat file;

    inputs_add_paths(input, paths);
    for (guint i = 0; i < paths->len && size >= 0; i++) {
        const char *path = g_ptr_array_index(paths, i);
        int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &file) : stat(path, &file);
        size = failed || !S_ISREG(file.st_mode) ? -1 : size + file.st_size;
    }
    return MAX(size, 0);
}

void
progress_add(struct progress *progress, struct job *job)
{
    if (!progress)
        return;
    struct entry entry = {.job = job, .size = size_of(job->input)};
    g_array_append_val(progress->entries, entry);
}

void
progress_end(struct progress *progress)
{
    if (!progress)
        return;
    g_source_remove(progress->source);
    report_progress("");
    g_array_unref(progress->entries);
    g_free(progress);
}
