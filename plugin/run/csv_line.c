/*
 * csv_line.c - see csv_line.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "csv_line.h"

#include <string.h>

/* Reads a quoted cell at *at; false if the closing quote is missing. */
static gboolean
read_quoted(const char **at, GString *cell)
{
    for ((*at)++; **at; (*at)++) {
        if (**at == '"' && (*at)[1] != '"') {
            (*at)++;
            *at += strspn(*at, " \t");
            return **at == ',' || **at == '\0';
        }
        if (**at == '"')
            (*at)++;
        g_string_append_c(cell, **at);
    }
    return FALSE;
}

static void
read_bare(const char **at, GString *cell)
{
    size_t length = strcspn(*at, ",");
    g_string_append_len(cell, *at, (gssize)length);
    *at += length;
    g_strchomp(cell->str);
}

char **
csv_line_split(const char *line)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    gboolean ok = TRUE;

    for (const char *at = line; ok; at++) {
        GString *cell = g_string_new(NULL);
        at += strspn(at, " \t");
        if (*at == '"')
            ok = read_quoted(&at, cell);
        else
            read_bare(&at, cell);
        g_ptr_array_add(cells, g_string_free(cell, FALSE));
        if (*at == '\0')
            break;
    }
    if (!ok)
        return NULL;
    g_ptr_array_add(cells, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&cells), FALSE);
}
