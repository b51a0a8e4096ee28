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
#include <string.h>
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

/* Options of tshark that a record does not depend on, or only by what frames are decoded to. */
static const struct {
    const char *name;
    bool has_value;
} harmless_options[] = {
    {"-C", true},  {"-d", true},  {"-N", true},  {"-o", true},  {"-r", true},
    {"-n", false}, {"-q", false}, {"-Q", false}, {"-l", false},
};

/* Length of the option's name when the argument begins with a harmless one; 0 when it does not. */
static size_t
harmless_option(const char *argument, bool *has_value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(harmless_options); i++) {
        *has_value = harmless_options[i].has_value;
        if (g_str_has_prefix(argument, harmless_options[i].name) && (*has_value || strlen(argument) == 2))
            return 2;
    }
    *has_value = !strchr(argument, '=');
    return g_str_has_prefix(argument, "--disable-") || g_str_has_prefix(argument, "--enable-") ? strlen(argument) : 0;
}

/* Loading our own script. */
static bool
loads_us(const char *argument, const char *value)
{
    return strcmp(argument, "-X") == 0 && value && g_str_has_prefix(value, "lua_script:") &&
           (g_str_has_suffix(value, "/cicflow.lua") || g_str_has_suffix(value, ":cicflow.lua"));
}

static bool
all_harmless(char **arguments)
{
    for (char **argument = arguments; *argument; argument++) {
        bool has_value = false;
        size_t length = harmless_option(*argument, &has_value);
        if (length == 0 && !loads_us(*argument, argument[1]))
            return false;
        if ((length == 0 || (has_value && (*argument)[length] == '\0')) && !*++argument)
            return false;
    }
    return true;
}

bool
host_wants_records_only(void)
{
    char *line = NULL;
    gsize size = 0;
    GPtrArray *arguments = g_ptr_array_new();

    if (host_reads_once() && g_file_get_contents("/proc/self/cmdline", &line, &size, NULL)) {
        for (gsize at = 0; at < size; at += strlen(line + at) + 1)
            g_ptr_array_add(arguments, line + at);
    }
    g_ptr_array_add(arguments, NULL);
    bool is_so = arguments->len > 1 && all_harmless((char **)arguments->pdata + 1);
    g_ptr_array_free(arguments, TRUE);
    g_free(line);
    return is_so;
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
