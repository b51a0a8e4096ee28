/*
 * definition_file.c - files of definitions; see definition_file.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "definition_file.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "../flow/define/definition_parser.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define SUFFIX ".define"

/* Where our files are in the build tree, seen from the folder of the plugin or the command. */
static const char *const build_folders[] = {"definitions", "../plugin/definitions"};

/* Where they are installed, below one of the folders that the plugin or the command is in. */
#define SHARED_FOLDER "share/cicflow/definitions"

/* The folder of the file that this code is in. A link to it may lie anywhere, so links are followed. */
static char *
own_folder(void)
{
    Dl_info info;

    if (dladdr((const void *)build_folders, &info) == 0 || !info.dli_fname)
        return g_get_current_dir();
    char *file = realpath(strchr(info.dli_fname, '/') ? info.dli_fname : "/proc/self/exe", NULL);
    char *folder = file ? g_path_get_dirname(file) : g_get_current_dir();
    free(file);
    return folder;
}

/* The file of ours in a folder; NULL: it is not there. */
static char *
file_in(const char *base, const char *folder, const char *name)
{
    char *path = g_strdup_printf("%s/%s/%s" SUFFIX, base, folder, name);
    char *found = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_canonicalize_filename(path, NULL) : NULL;
    g_free(path);
    return found;
}

static char *
find_own(const char *name)
{
    char *base = own_folder(), *found = NULL;

    for (size_t i = 0; !found && i < G_N_ELEMENTS(build_folders); i++)
        found = file_in(base, build_folders[i], name);
    for (bool is_root = false; !found && !is_root;) {
        found = file_in(base, SHARED_FOLDER, name);
        char *above = g_path_get_dirname(base);
        is_root = strcmp(above, base) == 0;
        g_free(base);
        base = above;
    }
    g_free(base);
    return found ? found : file_in("", CICFLOW_DEFINITIONS_FOLDER, name);
}

/* The path of a file, to be freed: the one that there is, else that of ours of this name; NULL: there is none. */
static char *
find_file(const char *path)
{
    if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_strdup(path);
    return strchr(path, '/') ? NULL : find_own(path);
}

static char *
read_text(const char *path, GError **error)
{
    GError *reason = NULL;
    char *text = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &text, &size, &reason)) {
        g_set_error(error, reason->domain, reason->code, "cicflow.define: %s", reason->message);
        g_error_free(reason);
        return NULL;
    }
    if (memchr(text, 0, size)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.define: \"%s\" is not a text file", path);
        g_free(text);
        return NULL;
    }
    if (g_str_has_prefix(text, BYTE_ORDER_MARK))
        memset(text, ' ', strlen(BYTE_ORDER_MARK));
    return text;
}

static bool
read_file(definitions *into, const char *path, GError **error)
{
    char *found = find_file(path);

    if (!found) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "cicflow.define: there is no file \"%s\"%s", path,
                    strchr(path, '/')
                        ? ""
                        : ", and none of ours has this name; ours are dns, http, modbus, mqtt, netflow-v3, "
                          "quic, ssh, tcp-analysis, tls and wireless");
        return false;
    }
    char *text = read_text(found, error);
    bool ok = text && definition_parse(into, text, found, error);
    g_free(text);
    g_free(found);
    return ok;
}

bool
definition_files_read(definitions *into, const char *paths, GError **error)
{
    if (g_file_test(paths, G_FILE_TEST_IS_REGULAR))
        return read_file(into, paths, error);
    char **names = g_strsplit(paths, ",", -1);
    bool ok = true;
    for (guint i = 0; ok && names[i]; i++)
        ok = read_file(into, g_strstrip(names[i]), error);
    g_strfreev(names);
    return ok;
}
