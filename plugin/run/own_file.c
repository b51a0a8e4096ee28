/*
 * own_file.c - see own_file.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "own_file.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *folder, *suffix;
} kinds[] = {[OWN_DEFINITIONS] = {"definitions", ".define"}, [OWN_LABELS] = {"labels", ".labels"}};

/* Where the folders are in the build tree, relative to the folder of the plugin or the command. */
static const char *const build_places[] = {".", "../plugin"};

/* Where they are installed, relative to one of the folders above the plugin or the command. */
#define SHARED_PLACE "share/cicflow"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* The folder of the file that contains this code. Symbolic links are resolved, since a link to it may be anywhere. */
static char *
own_folder(void)
{
    Dl_info info;

    if (dladdr((const void *)build_places, &info) == 0 || !info.dli_fname)
        return g_get_current_dir();
    char *file = realpath(strchr(info.dli_fname, '/') ? info.dli_fname : "/proc/self/exe", NULL);
    char *folder = file ? g_path_get_dirname(file) : g_get_current_dir();
    free(file);
    return folder;
}

/* The path of an installed file in this place; NULL if it does not exist. */
static char *
file_in(const char *base, const char *place, own_file_kind kind, const char *name)
{
    g_autofree char *path = g_strdup_printf("%s/%s/%s/%s%s", base, place, kinds[kind].folder, name, kinds[kind].suffix);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_canonicalize_filename(path, NULL) : NULL;
}

static char *
find_own(own_file_kind kind, const char *name)
{
    char *base = own_folder(), *found = NULL;

    for (size_t i = 0; !found && i < G_N_ELEMENTS(build_places); i++)
        found = file_in(base, build_places[i], kind, name);
    for (bool is_root = false; !found && !is_root;) {
        found = file_in(base, SHARED_PLACE, kind, name);
        char *above = g_path_get_dirname(base);
        is_root = strcmp(above, base) == 0;
        g_free(base);
        base = above;
    }
    g_free(base);
    return found ? found : file_in("", CICFLOW_SHARED_FOLDER, kind, name);
}

char *
own_file_find(own_file_kind kind, const char *path)
{
    if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_strdup(path);
    return strchr(path, '/') ? NULL : find_own(kind, path);
}

char *
own_file_load(const char *option, const char *path, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *text = NULL;
    gsize size = 0;

    if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR | G_FILE_TEST_IS_DIR)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "cicflow.%s: \"%s\" is read more than once, so it has to be a file", option, path);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, &size, &reason)) {
        g_set_error(error, reason->domain, reason->code, "cicflow.%s: %s", option, reason->message);
        return NULL;
    }
    if (memchr(text, 0, size)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.%s: \"%s\" is not a text file", option, path);
        return NULL;
    }
    if (g_str_has_prefix(text, BYTE_ORDER_MARK))
        memset(text, ' ', strlen(BYTE_ORDER_MARK));
    return g_steal_pointer(&text);
}
