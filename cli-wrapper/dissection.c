/* dissection.c - the configuration folder and preferences that keep tshark to the layers below the applications. */
#include "dissection.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_VARIABLE "WIRESHARK_CONFIG_DIR"
#define DISABLED_FILE "disabled_protos"

static const char *const application_protocols[] = {
#include "application_protocols.def"
};

/* TCP's own analysis costs memory and time per segment; only these columns are made of it. */
static const char *const analysis_columns[] = {"fwd_retrans", "bwd_retrans"};
static const char *const analysis_preferences[] = {
    "tcp.analyze_sequence_numbers:FALSE", "tcp.calculate_timestamps:FALSE", "udp.calculate_timestamps:FALSE",
};
static const char *const application_columns[] = {"app_proto", "server_name"};

static gboolean wants_any(const struct options *options, const char *const *columns, guint count)
{
    for (guint i = 0; i < count; i++)
        if (options_has_word(options, OPT_EXTRA, columns[i]) || options_has_word(options, OPT_FIELDS, columns[i]))
            return TRUE;
    return FALSE;
}

gboolean dissection_is_full(const struct options *options)
{
    return options_given(options, OPT_FULL_DISSECTION) || options_given(options, OPT_FILTER) ||
           options_given(options, OPT_LABELS) ||
           wants_any(options, application_columns, G_N_ELEMENTS(application_columns));
}

void dissection_add_arguments(GPtrArray *argv, const struct options *options)
{
    if (dissection_is_full(options) || wants_any(options, analysis_columns, G_N_ELEMENTS(analysis_columns)))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(analysis_preferences); i++) {
        g_ptr_array_add(argv, g_strdup("-o"));
        g_ptr_array_add(argv, g_strdup(analysis_preferences[i]));
    }
}

/* Wireshark's own rule: the variable, else the XDG folder, else the old one if only that is there. */
static char *user_folder(void)
{
    const char *wanted = g_getenv(CONFIG_VARIABLE);
    if (wanted && *wanted)
        return g_strdup(wanted);
    char *modern = g_build_filename(g_get_user_config_dir(), "wireshark", NULL);
    char *old = g_build_filename(g_get_home_dir(), ".wireshark", NULL);
    gboolean is_old = !g_file_test(modern, G_FILE_TEST_IS_DIR) && g_file_test(old, G_FILE_TEST_IS_DIR);
    g_free(is_old ? modern : old);
    return is_old ? old : modern;
}

static void link_entries(const char *from, const char *to)
{
    GDir *folder = g_dir_open(from, 0, NULL);
    const char *name;
    char *absolute = g_canonicalize_filename(from, NULL);
    while (folder && (name = g_dir_read_name(folder))) {
        char *target = g_build_filename(absolute, name, NULL);
        char *link = g_build_filename(to, name, NULL);
        /* A missing link is a missing preference file: the same as for a user who has none. */
        if (strcmp(name, DISABLED_FILE) && symlink(target, link))
            g_debug("cannot link %s", target);
        g_free(target);
        g_free(link);
    }
    g_free(absolute);
    if (folder)
        g_dir_close(folder);
}

static gboolean write_disabled(const char *from, const char *to, GError **error)
{
    char *path = g_build_filename(from, DISABLED_FILE, NULL);
    char *already = NULL;
    g_file_get_contents(path, &already, NULL, NULL);
    g_free(path);
    GString *text = g_string_new(already);
    g_free(already);
    if (text->len && text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    for (guint i = 0; i < G_N_ELEMENTS(application_protocols); i++)
        g_string_append_printf(text, "%s\n", application_protocols[i]);
    path = g_build_filename(to, DISABLED_FILE, NULL);
    gboolean written = g_file_set_contents(path, text->str, (gssize)text->len, error);
    g_free(path);
    g_string_free(text, TRUE);
    return written;
}

char **dissection_environment(const char *work, GError **error)
{
    char *from = user_folder();
    char *to = g_build_filename(work, "config", NULL);
    char **environment = NULL;
    if (!g_mkdir_with_parents(to, 0700)) {
        link_entries(from, to);
        if (write_disabled(from, to, error))
            environment = g_environ_setenv(g_get_environ(), CONFIG_VARIABLE, to, TRUE);
    } else {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot make the folder '%s'", to);
    }
    g_free(from);
    g_free(to);
    return environment;
}
