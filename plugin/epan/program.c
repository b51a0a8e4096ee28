/*
 * program.c - the program that has loaded the plugin; see program.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _DEFAULT_SOURCE
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wsutil/report_message.h>

#include "../output/output_target.h"

bool
program_reads_once(void)
{
    const char *name = g_get_prgname();
    if (!name)
        return false;
    g_autofree char *base = g_path_get_basename(name);
    return g_str_has_suffix(base, "tshark") || g_str_has_suffix(base, "tshark.exe");
}

/* An option of the command line. */
typedef struct {
    char letter;       /* '-': a long option; 0: an argument that belongs to no option */
    const char *value; /* of a long option its text */
} option;

static void
add_option(GArray *options, char letter, const char *value)
{
    option added = {letter, value};
    g_array_append_val(options, added);
}

/* Adds an argument of several letters such as -qr; the last option may take the next argument as its value. Returns
 * whether it does. */
static bool
add_letters(GArray *options, const char *letters, const char *next)
{
    /* tshark's short options with a value, up to version 4.6. */
    static const char with_value[] = "aAbBcCdeEfFGHijJKMNoOrRsStTuUwWXyYz";

    for (; *letters; letters++) {
        if (!strchr(with_value, *letters)) {
            add_option(options, *letters, "");
            continue;
        }
        bool is_next = letters[1] == '\0' && next;
        add_option(options, *letters, is_next ? next : letters + 1);
        return is_next;
    }
    return false;
}

static GArray *
split_command_line(const char *line, gsize size)
{
    GArray *options = g_array_new(FALSE, FALSE, sizeof(option));
    bool ends = false;

    for (gsize at = strlen(line) + 1; at < size; at += strlen(line + at) + 1) {
        const char *argument = line + at, *next = argument + strlen(argument) + 1;
        if (ends || *argument != '-' || argument[1] == '\0')
            add_option(options, 0, argument);
        else if (strcmp(argument, "--") == 0)
            ends = true;
        else if (g_str_has_prefix(argument, "--"))
            add_option(options, '-', argument + 2);
        else if (add_letters(options, argument + 1, next < line + size ? next : NULL))
            at = (gsize)(next - line);
    }
    return options;
}

/* The options of the command line; NULL if it is unknown. It never changes, so it is only read once. */
static const GArray *
command_line(void)
{
    static GArray *options;
    static char *line;
    gsize size = 0;

    if (!line && g_file_get_contents("/proc/self/cmdline", &line, &size, NULL) && size > 0)
        options = split_command_line(line, size);
    return options;
}

static const option *
option_at(const GArray *options, guint i)
{
    return options && i < options->len ? &g_array_index(options, option, i) : NULL;
}

/* The value of an option on the command line of a program that reads once; NULL if it is not given, the last one if it
 * is given several times. Of its long name only the unambiguous beginning counts, since getopt accepts abbreviations.
 */
static const char *
value_of(char letter, const char *begin)
{
    const GArray *options = program_reads_once() ? command_line() : NULL;
    const char *value = NULL;
    bool follows = false; /* the value is the next argument */

    for (guint i = 0; option_at(options, i); i++) {
        const option *o = option_at(options, i);
        const char *text = o->value;
        bool is_it = o->letter == letter || (o->letter == 0 && follows);
        follows = false;
        if (o->letter == '-' && g_str_has_prefix(text, begin)) {
            is_it = strchr(text, '=') != NULL;
            follows = !is_it;
            text = is_it ? strchr(text, '=') + 1 : text;
        }
        if (is_it)
            value = text;
    }
    return value;
}

bool
program_reads_file(void)
{
    return value_of('r', "rea") != NULL;
}

const char *
program_input(void)
{
    const char *path = value_of('r', "rea");
    return path ? path : value_of('i', "inte");
}

GPtrArray *
program_statistics(const char *begin)
{
    const GArray *options = command_line();
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; option_at(options, i); i++) {
        const option *o = option_at(options, i);
        if (o->letter == 'z' && g_str_has_prefix(o->value, begin))
            g_ptr_array_add(found, g_strdup(o->value + strlen(begin)));
    }
    return found;
}

/* Whether the command line sets the preference, given by its full name; otherwise the value is a saved one. True if the
 * command line is unknown. */
static bool
was_given(const char *preference)
{
    const GArray *options = command_line();
    bool found = !options;

    for (guint i = 0; option_at(options, i) && !found; i++) {
        const option *o = option_at(options, i);
        found = o->letter == 'o' && g_str_has_prefix(o->value, preference) && o->value[strlen(preference)] == ':';
    }
    return found;
}

/* Whether an option is about us. Skips options whose values are names of files or interfaces, which may contain our
 * name by chance. */
static bool
asks_for_us(const option *o)
{
    static const char name[] = "cicflow";
    static const char of_files[] = "bCFHiKrw";
    const char *found = strstr(o->value, name);

    if (!found || (o->letter != 0 && strchr(of_files, o->letter)))
        return false;
    return o->letter != 0 || found[strlen(name)] == '.'; /* a display filter without -Y */
}

/* Whether the command line uses anything of ours: a preference, a field, statistics, cicflow.lua. True if the command
 * line is unknown. */
static bool
was_asked(void)
{
    const GArray *options = command_line();
    bool found = !options;

    for (guint i = 0; option_at(options, i) && !found; i++)
        found = asks_for_us(option_at(options, i));
    return found;
}

/* Plugins have no other way to set tshark's exit status. */
static void
fail_instead(int status, void *unused G_GNUC_UNUSED)
{
    if (status != 0)
        return;
    fflush(NULL);
    _exit(EXIT_FAILURE);
}

void
program_report(GError *error)
{
    static bool has_warned, fails;

    if (!program_reads_once() || was_asked()) {
        report_failure("%s", error->message);
        if (!fails && program_reads_once())
            fails = on_exit(fail_instead, NULL) == 0;
    } else if (!has_warned) {
        has_warned = true;
        report_warning("%s", error->message);
    }
    g_error_free(error);
}

static bool
is_free(const char *preference, const char *path, GError **error)
{
    struct stat file;

    if (path && strcmp(path, "-") != 0 && program_reads_file() && output_target_is_same(path, program_input())) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "%s: \"%s\" is the capture that is read; give another path", preference, path);
        return false;
    }
    if (!path || stat(path, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size == 0 || was_given(preference))
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                "%s: %s, from the saved preferences, holds the output of an earlier run; give a path with -o %s:PATH",
                preference, path, preference);
    return false;
}

bool
program_paths_are_free(const run_settings *settings, GError **error)
{
    return is_free("cicflow.csv", settings->csv, error) && is_free("cicflow.jsonl", settings->jsonl, error) &&
           is_free("cicflow.parquet", settings->parquet, error) && is_free("cicflow.stats", settings->stats, error) &&
           is_free("cicflow.progress", settings->progress, error);
}
