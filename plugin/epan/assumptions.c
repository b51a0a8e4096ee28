/*
 * assumptions.c - see assumptions.h. Pointers are looked up in the process's memory map before they are followed; once
 * is enough, as all sessions of a program have the same layout.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "assumptions.h"

#include <stdio.h>
#include <string.h>
#include <wsutil/report_message.h>

static const struct {
    const char *name, *message;
} rows[ASSUMPTIONS] = {
#define ASSUMPTION(id, name, message) {name, message},
#include "assumptions.def"
};

bool
assumption_check(assumption which, bool holds)
{
    static bool is_told[ASSUMPTIONS];

    if (!holds && !is_told[which]) {
        is_told[which] = true;
        report_warning("cicflow: this Wireshark is not as expected (%s): %s", rows[which].name, rows[which].message);
    }
    return holds;
}

/* Whether all the bytes are readable ('r') or executable ('x'); true if the system has no memory map to look at. */
static bool
is_memory(const void *at, size_t bytes, char permission)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    guint64 from = (uintptr_t)at;
    char line[4096];
    bool found = !maps;

    /* 55d4-55d9 r-xp ... */
    while (!found && fgets(line, sizeof line, maps)) {
        char *rest;
        guint64 start = g_ascii_strtoull(line, &rest, 16);
        guint64 end = *rest == '-' ? g_ascii_strtoull(rest + 1, &rest, 16) : 0;
        found = from >= start && from + bytes <= end && memchr(rest, permission, strnlen(rest, sizeof " rwxp" - 1));
    }
    if (maps)
        fclose(maps);
    return found;
}

static bool
is_code(void (*function)(void))
{
    return is_memory((const void *)(uintptr_t)function, 1, 'x');
}

static bool
begins_like_a_session(const session_start *start)
{
    typedef void (*any_function)(void);

    if (!is_memory(start, sizeof *start, 'r') || !is_memory(start->provider, sizeof(void *), 'r'))
        return false;
    const struct packet_provider_funcs *f = &start->functions;
    return f->get_frame_ts && is_code((any_function)f->get_frame_ts) &&
           (!f->get_interface_name || is_code((any_function)f->get_interface_name)) &&
           (!f->get_interface_description || is_code((any_function)f->get_interface_description));
}

const session_start *
assumption_session(const epan_t *session)
{
    static const epan_t *checked;
    static bool holds;
    const session_start *start = (const void *)session;

    if (session != checked) {
        holds = begins_like_a_session(start);
        checked = session;
    }
    return assumption_check(ASSUMES_SESSION_LAYOUT, holds) ? start : NULL;
}

const frame_data *
assumption_frame(const epan_t *session, guint32 frame)
{
    static const epan_t *checked;
    static bool is_readable;
    const session_start *start = assumption_session(session);
    const nstime_t *time = start ? start->functions.get_frame_ts(start->provider, frame) : NULL;

    if (!time)
        return NULL;
    const frame_data *data = (const void *)((const char *)time - offsetof(frame_data, abs_ts));
    if (session != checked) {
        is_readable = is_memory(data, sizeof *data, 'r');
        checked = session;
    }
    return assumption_check(ASSUMES_FRAME_TIME, is_readable && data->num == frame) ? data : NULL;
}

guint32
assumption_next_dissected(const epan_t *session, guint32 frame, guint32 count)
{
    const frame_data *data;

    while ((data = assumption_frame(session, ++frame)) != NULL || frame <= count) {
        if (!data || !data->ignored)
            return frame;
    }
    return 0;
}

wtap *
assumption_capture(const epan_t *session)
{
    static const epan_t *checked;
    static bool holds;
    const session_start *start = assumption_session(session);
    wtap *capture = start ? *(wtap *const *)(const void *)start->provider : NULL;

    if (!capture)
        return NULL;
    if (session != checked) {
        const void *const *file = (const void *)capture;
        holds = is_memory(file, sizeof *file, 'r') && (!*file || is_memory(*file, 1, 'r'));
        checked = session;
    }
    return assumption_check(ASSUMES_CAPTURE_LAYOUT, holds) ? capture : NULL;
}

bool
assumption_file_is_closed(const epan_t *session)
{
    const void *const *capture = (const void *)assumption_capture(session);
    return capture && !*capture;
}
