/*
 * saved_settings.c - see saved_settings.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "saved_settings.h"

#include <string.h>

#include "epan/compat.h"

/* Files in which any line may change decoding, in the profile and in the global folder. */
static const char *const decisive_files[] = {
    "decode_as_entries", "disabled_protos", "enabled_protos", "heuristic_protos", "user_dlts", "init.lua",
};

/* Preferences that do not change decoding. */
static const char *const harmless_preferences[] = {
    "gui.", "column.", "capture.", "print.", "console.", "cicflow.", "statistics.", "taps.",
};

/* What was in Wireshark's plugin folder when this program was built, and what we install there. */
static const char *const known_plugins[] = {CICFLOW_KNOWN_PLUGINS "cicflow.so", "cicflow.lua"};

static gboolean
is_known(const char *name, const char *const *known, gsize count, gboolean by_beginning)
{
    for (gsize i = 0; i < count; i++) {
        if (by_beginning ? g_str_has_prefix(name, known[i]) : strcmp(name, known[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Whether the file has a line that may change decoding. */
static gboolean
says_something(char *path, gboolean is_preferences)
{
    g_autofree char *text = NULL;
    gboolean found = FALSE;

    if (path && g_file_get_contents(path, &text, NULL, NULL)) {
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line && !found; line++) {
            const char *start = g_strstrip(*line);
            gboolean is_comment = *start == '\0' || *start == '#' || g_str_has_prefix(start, "--");
            found = !is_comment && !(is_preferences &&
                                     is_known(start, harmless_preferences, G_N_ELEMENTS(harmless_preferences), TRUE));
        }
    }
    g_free(path);
    return found;
}

static gboolean
has_other_plugins(const char *folder)
{
    g_autoptr(GDir) entries = folder ? g_dir_open(folder, 0, NULL) : NULL;
    const char *name;
    gboolean found = FALSE;

    while (entries && !found && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            found = has_other_plugins(path);
        else
            found = !is_known(name, known_plugins, G_N_ELEMENTS(known_plugins), FALSE);
    }
    return found;
}

static gboolean
has_decisive_files(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(decisive_files); i++) {
        gboolean is_script = g_str_has_suffix(decisive_files[i], ".lua");
        if (says_something(get_persconffile_path(decisive_files[i], !is_script), FALSE) ||
            (!is_script && says_something(get_datafile_path(decisive_files[i]), FALSE)))
            return TRUE;
    }
    return says_something(get_persconffile_path("preferences", TRUE), TRUE) ||
           says_something(get_datafile_path("preferences"), TRUE);
}

gboolean
saved_settings_are_usual(const struct options *options)
{
    static const enum option_id decisive_options[] = {OPT_PREFERENCE,       OPT_DECODE_AS,       OPT_PROFILE,
                                                      OPT_DISABLE_PROTOCOL, OPT_ENABLE_PROTOCOL, OPT_DISABLE_HEURISTIC,
                                                      OPT_ENABLE_HEURISTIC};

    for (gsize i = 0; i < G_N_ELEMENTS(decisive_options); i++) {
        if (options_given(options, decisive_options[i]))
            return FALSE;
    }
    return !has_decisive_files() && !has_other_plugins(get_plugins_dir()) && !has_other_plugins(get_plugins_pers_dir());
}
