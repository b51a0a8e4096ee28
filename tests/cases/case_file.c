/*
 * case_file.c - running one case; see case_file.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case_file.h"

#include <string.h>

#include "case_value.h"
#include "scenario.h"

/* The current position in the file. */
typedef struct {
    char **lines;
    size_t line; /* from 0 */
    bool *told;
} reader;

static bool
refuse(GError **error, const char *what, const char *text)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s \"%s\"", what, text);
    return false;
}

static void
strip_comment(char *line)
{
    char *comment = strchr(line, '#');
    if (comment)
        *comment = '\0';
    g_strstrip(line);
}

/* Goes to the next line that is not empty; false when there is none. */
static bool
next_block(reader *r)
{
    while (r->lines[r->line] && !*r->lines[r->line])
        r->line++;
    return r->lines[r->line] != NULL;
}

/* Comments may be among the lines of a block without ending it, so they become lines of one space. */
static char **
read_lines(const char *path, GError **error)
{
    char *text;
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    char **lines = g_strsplit(text, "\n", -1);
    g_free(text);
    bool in_block = false;
    for (char **line = lines; *line; line++) {
        bool empty = strspn(*line, " \t\r") == strlen(*line);
        strip_comment(*line);
        in_block = !empty && (in_block || **line);
        if (in_block && !**line) {
            g_free(*line);
            *line = g_strdup(" ");
        }
    }
    return lines;
}

/* The packets, with an empty line for each skipped line, so that line numbers are those of the file. */
static scenario *
run_packets(reader *r, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    next_block(r);
    for (size_t i = 0; i < r->line; i++)
        g_string_append_c(text, '\n');
    for (; r->lines[r->line] && *r->lines[r->line]; r->line++)
        g_string_append_printf(text, "%s\n", r->lines[r->line]);
    scenario *s = scenario_run(text->str, error);
    return s;
}

static bool
check_feature(reader *r, const record *actual, const char *name, const char *expected, bool *seen, GError **error)
{
    feature_id id = feature_find(name, FEATURES);

    if (id == FEATURES)
        return refuse(error, "there is no feature", name);
    if (seen[id])
        return refuse(error, "this record names twice", name);
    seen[id] = true;
    if (!case_value_check(&actual->value[id], expected, error)) {
        g_prefix_error(error, "%s: ", name);
        return false;
    }
    r->told[id] = r->told[id] || case_value_tells(expected);
    return true;
}

static bool
check_line(reader *r, const record *actual, bool *seen, GError **error)
{
    const char *line = r->lines[r->line];
    g_auto(GStrv) pair = g_strsplit(line, "=", 2);
    bool ok = pair[0] && pair[1];

    if (ok)
        ok = check_feature(r, actual, g_strstrip(pair[0]), g_strstrip(pair[1]), seen, error);
    else
        refuse(error, "not \"feature = value\":", line);
    return ok;
}

static bool
check_record(reader *r, const record *actual, GError **error)
{
    bool seen[FEATURES] = {false};
    bool ok = true;

    while (ok && r->lines[r->line] && *r->lines[r->line]) {
        ok = *r->lines[r->line] == ' ' || check_line(r, actual, seen, error);
        r->line += ok;
    }
    return ok;
}

static bool
check_records(reader *r, const scenario *s, GError **error)
{
    for (guint i = 0; i < s->records->len; i++) {
        if (!next_block(r))
            return refuse(error, "the packets make more records than are expected:",
                          scenario_record(s, i)->value[FEATURE_END_REASON].text);
        if (!check_record(r, scenario_record(s, i), error))
            return false;
    }
    return !next_block(r) || refuse(error, "the packets make no record for", r->lines[r->line]);
}

bool
case_file_check(const char *path, bool told[FEATURES], GError **error)
{
    reader r = {.lines = read_lines(path, error), .told = told};
    if (!r.lines)
        return false;
    scenario *s = run_packets(&r, error);
    bool ok = s && check_records(&r, s, error);

    if (s && !ok)
        g_prefix_error(error, "line %zu: ", r.line + 1);
    if (!ok)
        g_prefix_error(error, "%s: ", path);
    if (s)
        scenario_free(s);
    g_strfreev(r.lines);
    return ok;
}
