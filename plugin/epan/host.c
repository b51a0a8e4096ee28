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

/* The arguments of the command line, the program's name first, to be freed by g_strfreev(); NULL when they are not
 * known. */
static char **
command_line(void)
{
    char *line = NULL;
    gsize size = 0;
    GPtrArray *arguments = g_ptr_array_new();

    if (!g_file_get_contents("/proc/self/cmdline", &line, &size, NULL) || size == 0) {
        g_ptr_array_free(arguments, TRUE);
        g_free(line);
        return NULL;
    }
    for (gsize at = 0; at < size; at += strlen(line + at) + 1)
        g_ptr_array_add(arguments, g_strdup(line + at));
    g_ptr_array_add(arguments, NULL);
    g_free(line);
    return (char **)g_ptr_array_free(arguments, FALSE);
}

bool
host_wants_records_only(void)
{
    char **arguments = host_reads_once() ? command_line() : NULL;
    bool is_so = arguments && all_harmless(arguments + 1);
    g_strfreev(arguments);
    return is_so;
}

/* Options of tshark with a value, under both of their names; of the long one the letters that tell it from others, for
 * getopt takes abbreviations. */
typedef struct {
    char letter;
    const char *begin;
} input_option;

static const input_option reads_file = {'r', "--rea"};
static const input_option captures = {'i', "--inte"};

/* Where the value of the option begins in letters such as -qr; NULL: it is none of them. The last letter may have its
 * value in the next argument. */
static const char *
find_letter(const char *letters, char letter, bool *value_follows)
{
    /* Of tshark, up to version 4.6. */
    static const char with_value[] = "aAbBcCdeEfFGHijJKMNoOrRsStTuUwWXyYz";

    *value_follows = false;
    for (; *letters; letters++) {
        if (!strchr(with_value, *letters))
            continue;
        *value_follows = letters[1] == '\0';
        return *letters == letter ? letters + 1 : NULL;
    }
    return NULL;
}

/* The value of the option on the command line, to be freed; NULL when it is not there. */
static char *
value_of(const input_option *option)
{
    char **arguments = host_reads_once() ? command_line() : NULL;
    char *value = NULL;

    for (char **argument = arguments ? arguments + 1 : NULL; argument && *argument && strcmp(*argument, "--") != 0;
         argument++) {
        const char *found = NULL;
        bool value_follows = false;
        if (g_str_has_prefix(*argument, "--")) {
            bool is_it = g_str_has_prefix(*argument, option->begin);
            const char *equals = strchr(*argument, '=');
            found = is_it ? (equals ? equals + 1 : "") : NULL;
            value_follows = is_it && !equals;
        } else if (**argument == '-') {
            found = find_letter(*argument + 1, option->letter, &value_follows);
        }
        if (value_follows && argument[1])
            argument++;
        if (!found)
            continue;
        g_free(value);
        value = g_strdup(value_follows ? *argument : found);
    }
    g_strfreev(arguments);
    return value;
}

bool
host_reads_file(void)
{
    char *path = value_of(&reads_file);
    bool reads = path != NULL;

    g_free(path);
    return reads;
}

char *
host_input(void)
{
    char *path = value_of(&reads_file);
    return path ? path : value_of(&captures);
}

bool
host_was_given(const char *preference)
{
    char **arguments = command_line();
    char *apart = g_strdup_printf("%s:", preference);
    char *joined = g_strdup_printf("o%s:", preference); /* after other letters too: -qo */
    bool given = arguments == NULL;

    for (char **argument = arguments; argument && *argument && !given; argument++)
        given = g_str_has_prefix(*argument, apart) || (**argument == '-' && strstr(*argument, joined));
    g_free(apart);
    g_free(joined);
    g_strfreev(arguments);
    return given;
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
