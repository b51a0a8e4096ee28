/*
 * definition_file.c - reads files of definitions; see definition_file.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "definition_file.h"

#include <string.h>

#include "../flow/define/definition_parser.h"
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

bool
definition_files_read(definitions *into, const char *paths, GError **error)
{
    if (g_file_test(paths, G_FILE_TEST_IS_REGULAR))
        return read_file(into, paths, error);
    g_auto(GStrv) names = g_strsplit(paths, ",", -1);
    bool ok = true;
    for (guint i = 0; ok && names[i]; i++)
        ok = read_file(into, g_strstrip(names[i]), error);
    return ok;
}
