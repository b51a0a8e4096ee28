/*
 * program.c - the program that has loaded the plugin; see program.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _DEFAULT_SOURCE
#include "program.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
program_reads_once(void)
{
    const char *name = g_get_prgname();
    if (!name)
        return false;
    char *base = g_path_get_basename(name);
    bool reads_once = g_str_has_suffix(base, "tshark") || g_str_has_suffix(base, "tshark.exe");
    g_free(base);
    return reads_once;
}

/* The command line's arguments with the program's name first, to be freed with g_strfreev(); NULL if unknown. */
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

/* Whether this is the option looked for. For a long option the letter is '-' and the value is the option's text; for an
 * argument that belongs to no option the letter is 0. */
typedef bool (*option_test)(char letter, const char *value, void *wanted);

/* Handles an argument of several letters such as -qr; the last option may take the next argument as its value, which is
 * then skipped. */
static bool
test_letters(char ***argument, option_test test, void *wanted)
{
    /* tshark's short options with a value, up to version 4.6. */
    static const char with_value[] = "aAbBcCdeEfFGHijJKMNoOrRsStTuUwWXyYz";

    for (const char *letters = **argument + 1; *letters; letters++) {
        if (!strchr(with_value, *letters)) {
            if (test(*letters, "", wanted))
                return true;
            continue;
        }
        if (letters[1] == '\0' && (*argument)[1])
            return test(*letters, *++*argument, wanted);
        return test(*letters, letters + 1, wanted);
    }
    return false;
}

/* Whether any option of the command line is the one looked for; returns `unknown` if the command line is unknown. */
static bool
any_option(option_test test, void *wanted, bool unknown)
{
    char **arguments = command_line();
    bool found = arguments == NULL && unknown, ends = false;

    for (char **argument = arguments ? arguments + 1 : NULL; argument && *argument && !found; argument++) {
        if (ends || **argument != '-' || (*argument)[1] == '\0')
            found = test(0, *argument, wanted);
        else if (strcmp(*argument, "--") == 0)
            ends = true;
        else if (g_str_has_prefix(*argument, "--"))
            found = test('-', *argument + 2, wanted);
        else
            found = test_letters(&argument, test, wanted);
    }
    g_strfreev(arguments);
    return found;
}

/* An option with a value, by short and long name; of the long name only the unambiguous prefix, since getopt accepts
 * abbreviations. */
typedef struct {
    char letter;
    const char *begin;
    bool follows; /* the value is the next argument */
    char *value;  /* value found; the last one wins */
} input_option;

static bool
take_value(char letter, const char *value, void *wanted)
{
    input_option *option = wanted;
    bool is_it = letter == option->letter || (letter == 0 && option->follows);

    option->follows = false;
    if (letter == '-' && g_str_has_prefix(value, option->begin)) {
        const char *equals = strchr(value, '=');
        is_it = equals != NULL;
        option->follows = !is_it;
        value = is_it ? equals + 1 : value;
    }
    if (is_it) {
        g_free(option->value);
        option->value = g_strdup(value);
    }
    return false;
}

/* The option's value on the command line of a program that reads once, to be freed; NULL if it is not given. */
static char *
value_of(input_option option)
{
    if (program_reads_once())
        any_option(take_value, &option, false);
    return option.value;
}

static const input_option read_file = {.letter = 'r', .begin = "rea"};
static const input_option capture_from = {.letter = 'i', .begin = "inte"};

bool
program_reads_file(void)
{
    char *path = value_of(read_file);
    bool reads = path != NULL;

    g_free(path);
    return reads;
}

char *
program_input(void)
{
    char *path = value_of(read_file);
    return path ? path : value_of(capture_from);
}

typedef struct {
    const char *begin;
    GPtrArray *found; /* the rest of each option */
} statistics_option;

static bool
take_statistics(char letter, const char *value, void *wanted)
{
    const statistics_option *option = wanted;

    if (letter == 'z' && g_str_has_prefix(value, option->begin))
        g_ptr_array_add(option->found, g_strdup(value + strlen(option->begin)));
    return false;
}

GPtrArray *
program_statistics(const char *begin)
{
    statistics_option option = {begin, g_ptr_array_new_with_free_func(g_free)};

    any_option(take_statistics, &option, false);
    return option.found;
}

static bool
gives_preference(char letter, const char *value, void *wanted)
{
    const char *preference = wanted;

    return letter == 'o' && g_str_has_prefix(value, preference) && value[strlen(preference)] == ':';
}

bool
program_was_given(const char *preference)
{
    return any_option(gives_preference, (void *)preference, true);
}

/* Skips options whose values are names of files or interfaces, which may contain our name by chance. */
static bool
asks_for_us(char letter, const char *value, void *unused)
{
    static const char name[] = "cicflow";
    static const char of_files[] = "bCFHiKrw";
    const char *found = strstr(value, name);

    (void)unused;
    if (!found || (letter != 0 && strchr(of_files, letter)))
        return false;
    return letter != 0 || found[strlen(name)] == '.'; /* a display filter without -Y */
}

bool
program_was_asked(void)
{
    return any_option(asks_for_us, NULL, true);
}

/* Plugins have no other way to set tshark's exit status. */
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
program_fail_at_exit(void)
{
    static bool registered;

    if (registered || !program_reads_once())
        return;
    registered = on_exit(fail_instead, NULL) == 0;
}
