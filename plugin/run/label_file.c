/*
 * label_file.c - parses files of labelling rules; see label_file.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "label_file.h"

#include <string.h>

#include "own_file.h"

static void
free_line(gpointer data)
{
    label_line *line = data;
    g_free(line->label);
    g_free(line->filter);
    g_free(line);
}

static label_line *
fail(const char *path, guint number, const char *problem, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.labels: \"%s\", line %u: %s", path, number, problem);
    return NULL;
}

/* Parses a line that is neither blank nor a comment. */
static label_line *
read_rule(const char *path, guint number, const char *text, GError **error)
{
    const char *colon = strchr(text, ':');

    if (!g_utf8_validate(text, -1, NULL))
        return fail(path, number, "this is not UTF-8", error);
    if (!colon)
        return fail(path, number, "there is no colon; a rule is LABEL: DISPLAY_FILTER", error);
    label_line *line = g_new(label_line, 1);
    line->line = number;
    line->label = g_strchomp(g_strndup(text, (gsize)(colon - text)));
    line->filter = g_strstrip(g_strdup(colon + 1));
    const char *missing = !*line->label    ? "there is no label before the colon"
                          : !*line->filter ? "there is no display filter after the colon"
                                           : NULL;
    if (missing) {
        free_line(line);
        return fail(path, number, missing, error);
    }
    return line;
}

static gboolean
read_lines(const char *path, char **texts, GPtrArray *rules, GError **error)
{
    for (guint i = 0; texts[i]; i++) {
        const char *text = g_strstrip(texts[i]);
        if (!*text || *text == '#')
            continue;
        label_line *line = read_rule(path, i + 1, text, error);
        if (!line)
            return FALSE;
        g_ptr_array_add(rules, line);
    }
    return TRUE;
}

GPtrArray *
label_file_read(const char *path, GError **error)
{
    g_autofree char *text = own_file_load("labels", path, error);

    if (!text)
        return NULL;
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_line);
    g_auto(GStrv) texts = g_strsplit(text, "\n", -1);
    return read_lines(path, texts, rules, error) ? g_steal_pointer(&rules) : NULL;
}
