/*
 * definition_file.c - reads files of definitions; see definition_file.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "definition_file.h"

#include <string.h>

#include "../flow/define/definition_parser.h"
#include "../output/output_target.h"
#include "own_file.h"

static bool
read_file(definitions *into, const char *path, GError **error)
{
    g_autofree char *found = own_file_find(OWN_DEFINITIONS, path);

    if (!found) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "cicflow.define: there is no file \"%s\"%s", path,
                    strchr(path, '/')
                        ? ""
                        : ", and none of ours has this name; ours are dns, http, modbus, mqtt, netflow-v3, "
                          "quic, ssh, tcp-analysis, tls and wireless");
        return false;
    }
    g_autofree char *text = own_file_load("define", found, error);
    return text && definition_parse(into, text, found, error);
}

/* The single paths or names; to be freed by the caller. */
static char **
split(const char *paths)
{
    gboolean is_one = g_file_test(paths, G_FILE_TEST_IS_REGULAR);
    char **names = g_strsplit(paths, ",", is_one ? 1 : -1);

    for (guint i = 0; !is_one && names[i]; i++)
        g_strstrip(names[i]);
    return names;
}

bool
definition_files_read(definitions *into, const char *paths, GError **error)
{
    g_auto(GStrv) names = split(paths);
    bool ok = true;

    for (guint i = 0; ok && names[i]; i++)
        ok = read_file(into, names[i], error);
    return ok;
}

bool
definition_files_have(const char *paths, const char *file)
{
    g_auto(GStrv) names = split(paths);
    bool is_found = false;

    for (guint i = 0; !is_found && names[i]; i++)
        is_found = output_target_is_same(names[i], file);
    return is_found;
}
