/*
 * size.c - see size.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "size.h"

#include <string.h>
#include <unistd.h>

/* The memory of the machine, or of the container that this runs in. */
static guint64
machine_memory_bytes(void)
{
    guint64 machine = (guint64)sysconf(_SC_PHYS_PAGES) * (guint64)sysconf(_SC_PAGESIZE);
    char *text = NULL;

    if (!g_file_get_contents("/sys/fs/cgroup/memory.max", &text, NULL, NULL))
        return machine;
    guint64 container = g_ascii_strtoull(text, NULL, 10); /* "max": 0 */
    g_free(text);
    return container ? MIN(machine, container) : machine;
}

gboolean
size_parse(const char *text, guint64 *bytes)
{
    static const char units[] = "KMGT";
    char *end;
    guint64 number = g_ascii_strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;

    if (!g_ascii_isdigit(*text) || (*end && end[1]))
        return FALSE;
    if (*end == '%') {
        *bytes = machine_memory_bytes() / 100 * number;
        return number <= 100;
    }
    guint shift = unit ? 10 * (guint)(unit - units + 1) : 0;
    *bytes = number << shift;
    return (unit || !*end) && *bytes >> shift == number && *bytes < G_MAXINT64;
}
