/*
 * limits.c - see limits.h. The state is 0 between frames, a number made of the frame's while it is dissected, and
 * GIVEN_UP in the end: whoever changes it first, the thread that dissects or the second thread, owns the run from then
 * on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "limits.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BETWEEN_FRAMES = 0, GIVEN_UP = -1 };

/* The most that the time between two checks counts, since a process that was stopped meanwhile has not dissected. */
#define LOOK_US_MAX G_GINT64_CONSTANT(200000)

/* Additional memory for finishing a capture that has reached its limit. */
#define LAST_ROOM_BYTES (256UL << 20)

void
limits_init(struct limits *limits, const struct options *options, struct reader_numbers *numbers)
{
    *limits = (struct limits){
        .frame_us = (gint64)(options_seconds(options, OPT_FRAME_TIMEOUT) * G_USEC_PER_SEC),
        .memory_bytes = options_bytes(options, OPT_MEMORY_LIMIT),
        .numbers = numbers,
    };
}

void
limits_enter(struct limits *limits, guint64 frame)
{
    limits->numbers->dissected = frame;
    g_atomic_int_set(&limits->state, (gint)(frame % G_MAXINT) + 1);
}

void
limits_leave(struct limits *limits)
{
    gint dissecting = (gint)(limits->numbers->dissected % G_MAXINT) + 1;

    while (!g_atomic_int_compare_and_exchange(&limits->state, dissecting, BETWEEN_FRAMES))
        pause(); /* the process ends soon */
    limits->numbers->dissected = 0;
}

gboolean
limits_are_reached(const struct limits *limits)
{
    return g_atomic_int_get(&limits->is_full);
}

/* Memory of this process in bytes, swapped out or not; 0: unknown. */
static guint64
memory_in_use(void)
{
    static const char *const parts[] = {"VmRSS:", "VmSwap:"};
    g_autofree char *status = NULL;
    guint64 kib = 0;

    if (!g_file_get_contents("/proc/self/status", &status, NULL, NULL))
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        const char *found = strstr(status, parts[i]);
        kib += found ? g_ascii_strtoull(found + strlen(parts[i]), NULL, 10) : 0;
    }
    return kib << 10;
}

static gboolean
is_over_memory(const struct limits *limits)
{
    return limits->memory_bytes > 0 && memory_in_use() > limits->memory_bytes;
}

static GLogWriterOutput
say_nothing(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
    (void)level, (void)fields, (void)count, (void)data;
    return G_LOG_WRITER_HANDLED;
}

/* The lost thread may go on allocating, so the process dies at the latest when this is used up; the command then
 * reports the limit. */
static void
limit_the_rest(void)
{
    unsigned long pages = 0;
    g_autofree char *text = NULL;

    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        pages = strtoul(text, NULL, 10);
    rlim_t bytes = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + LAST_ROOM_BYTES;
    struct rlimit rest = {bytes, bytes};
    g_log_set_writer_func(say_nothing, NULL, NULL);
    if (pages > 0)
        setrlimit(RLIMIT_AS, &rest);
}

static gboolean
give_up(struct limits *limits, gint dissecting, enum reader_limit limit)
{
    if (!g_atomic_int_compare_and_exchange(&limits->state, dissecting, GIVEN_UP))
        return FALSE;
    limits->numbers->limit = limit;
    return TRUE;
}

enum reader_limit
limits_look(struct limits *limits)
{
    gint64 now_us = g_get_monotonic_time();
    gint dissecting = g_atomic_int_get(&limits->state);

    if (dissecting != limits->watched)
        limits->spent_us = 0;
    else
        limits->spent_us += MIN(now_us - limits->looked_us, LOOK_US_MAX);
    limits->watched = dissecting;
    limits->looked_us = now_us;
    if (is_over_memory(limits)) {
        g_atomic_int_set(&limits->is_full, TRUE);
        if (dissecting > BETWEEN_FRAMES && give_up(limits, dissecting, LIMIT_MEMORY)) {
            limit_the_rest();
            return LIMIT_MEMORY;
        }
    }
    gboolean is_late = limits->frame_us > 0 && limits->spent_us > limits->frame_us;
    return is_late && dissecting > BETWEEN_FRAMES && give_up(limits, dissecting, LIMIT_FRAME_TIME) ? LIMIT_FRAME_TIME
                                                                                                   : LIMIT_NONE;
}

gboolean
limits_frame_takes_long(const struct limits *limits)
{
    return limits->spent_us > 0;
}

char *
limits_problem(const struct options *options, enum reader_limit limit, guint64 frame, const char *protocol)
{
    gboolean is_time = limit == LIMIT_FRAME_TIME;
    const char *most = options_text(options, is_time ? OPT_FRAME_TIMEOUT : OPT_MEMORY_LIMIT);
    GString *text = g_string_new(NULL);

    if (frame > 0)
        g_string_append_printf(text, "frame %" G_GUINT64_FORMAT ": ", frame);
    if (is_time)
        g_string_append_printf(text, "dissecting it took more than %s s (--frame-timeout)", most);
    else
        g_string_append_printf(text, "reading takes more memory than %s (--memory-limit)", most);
    if (frame > 0)
        g_string_append_printf(text, "; allow more, or leave out the protocol: --disable-protocol %s.",
                               protocol ? protocol : "NAME");
    else
        g_string_append(text, "; allow more, hold fewer flows: --max-flows N, or leave out a protocol: "
                              "--disable-protocol NAME.");
    return g_string_free(text, FALSE);
}
