/*
 * locate.c - finds the programs and the plugin that the command drives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "locate.h"

#include <string.h>
#include <unistd.h>

const char *const locate_tshark_missing = "tshark not found: install it (Debian, Ubuntu: apt install tshark; Fedora: "
                                          "dnf install wireshark-cli; Arch: pacman -S "
                                          "wireshark-cli; macOS: brew install wireshark), or set TSHARK to its path";
const char *const locate_dumpcap_missing = "dumpcap not found: it comes with tshark (Debian, Ubuntu: apt install "
                                           "wireshark-common; Fedora: dnf install wireshark-cli)";
const char *const locate_plugin_missing =
    "this tshark does not know the cicflow plugin: install the package cicflow, or set CICFLOW_PLUGIN_DIR to the "
    "folder with "
    "cicflow.so and cicflow.lua (as root Wireshark 4.4 and later load installed plugins only)";

static const char *const usual_folders[] = {
    "/usr/bin",
    "/usr/local/bin",
    "/opt/wireshark/bin",
    "/opt/homebrew/bin",
    "/Applications/Wireshark.app/Contents/MacOS",
};

static const char *const plugin_folders[] = {".", "../lib/cicflow", "../plugin", "plugin"};

static char *
find_tshark(void)
{
    const char *wanted = g_getenv("TSHARK");
    char *found = g_find_program_in_path(wanted && *wanted ? wanted : "tshark");
    for (guint i = 0; !found && !(wanted && *wanted) && i < G_N_ELEMENTS(usual_folders); i++) {
        char *path = g_build_filename(usual_folders[i], "tshark", NULL);
        found = g_find_program_in_path(path);
        g_free(path);
    }
    return found;
}

static char *
find_dumpcap(const char *tshark)
{
    char *folder = g_path_get_dirname(tshark);
    char *beside = g_build_filename(folder, "dumpcap", NULL);
    char *found = g_find_program_in_path(beside);
    g_free(folder);
    g_free(beside);
    return found ? found : g_find_program_in_path("dumpcap");
}

/* The script's absolute path if the folder has both of the plugin's files. */
static char *
script_in(const char *folder)
{
    char *object = g_build_filename(folder, "cicflow.so", NULL);
    char *script = g_build_filename(folder, "cicflow.lua", NULL);
    char *found = NULL;
    if (!access(object, R_OK) && !access(script, R_OK))
        found = g_canonicalize_filename(script, NULL);
    g_free(object);
    g_free(script);
    return found;
}

static char *
find_script(void)
{
    const char *wanted = g_getenv("CICFLOW_PLUGIN_DIR");
    if (wanted && *wanted)
        return script_in(wanted);
    char *self = g_file_read_link("/proc/self/exe", NULL);
    if (!self)
        return NULL;
    char *folder = g_path_get_dirname(self);
    char *found = NULL;
    for (guint i = 0; !found && i < G_N_ELEMENTS(plugin_folders); i++) {
        char *candidate = g_build_filename(folder, plugin_folders[i], NULL);
        found = script_in(candidate);
        g_free(candidate);
    }
    g_free(folder);
    g_free(self);
    return found;
}

gboolean
locate_tools(struct tools *tools, GError **error)
{
    memset(tools, 0, sizeof *tools);
    const char *wanted_tshark = g_getenv("TSHARK");
    tools->tshark = find_tshark();
    if (!tools->tshark && wanted_tshark && *wanted_tshark) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "TSHARK: '%s' is no program", wanted_tshark);
        return FALSE;
    }
    if (!tools->tshark) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, locate_tshark_missing);
        return FALSE;
    }
    tools->dumpcap = find_dumpcap(tools->tshark);
    tools->script = find_script();
    const char *wanted = g_getenv("CICFLOW_PLUGIN_DIR");
    if (wanted && *wanted && !tools->script) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "CICFLOW_PLUGIN_DIR: there are no readable cicflow.so and cicflow.lua in '%s'", wanted);
        return FALSE;
    }
    return TRUE;
}

void
locate_clear(struct tools *tools)
{
    g_free(tools->tshark);
    g_free(tools->dumpcap);
    g_free(tools->script);
    memset(tools, 0, sizeof *tools);
}

void
locate_add_plugin(GPtrArray *argv, const struct tools *tools)
{
    if (!tools->script)
        return;
    g_ptr_array_add(argv, g_strdup("-X"));
    g_ptr_array_add(argv, g_strconcat("lua_script:", tools->script, NULL));
}
