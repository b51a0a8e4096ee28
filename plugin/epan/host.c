/*
 * host.c - the program that we are a plugin of; see host.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _DEFAULT_SOURCE
#include "host.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool
host_reads_once(void)
{
    const char *name = g_get_prgname();
    if (!name)
        return false;
    char *base = g_path_get_basename(name);
    bool reads_once = g_str_has_suffix(base, "tshark") || g_str_has_suffix(base, "tshark.exe");
    g_free(base);
    return reads_once;
}

/* tshark has no way for a plugin to set the exit status. */
static void
fail_instead(int status, void *unused)
{
    (void)unused;
    if (status != 0)
        return;
    fflush(NULL);
    _exit(EXIT_FAILURE);
}

void
host_fail_at_exit(void)
{
    static bool registered;

    if (registered || !host_reads_once())
        return;
    registered = on_exit(fail_instead, NULL) == 0;
}
