/*
 * options_check.c - checks which options go together, once all of them are known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "options.h"

#include <string.h>
#include <sys/stat.h>

#include "output/output_target.h"
#include "run/definition_file.h"

/* What cannot be written together. */
static const struct {
    enum option_id id, other;
} exclusions[] = {
    {OPT_INTERFACE, OPT_FILE},     {OPT_INTERFACE, OPT_DIRECTORY}, {OPT_INTERFACE, OPT_MERGE},
    {OPT_INTERFACE, OPT_CONTINUE}, {OPT_CONTINUE, OPT_MERGE},      {OPT_URL, OPT_MERGE},
    {OPT_QUIET, OPT_VERBOSE},      {OPT_INSECURE, OPT_CA},
};

/* What an option needs: its help begins with that, as "-u: ..."; NULL: nothing. */
static const struct option_row *
needed_by(const struct option_row *row)
{
    if (row->id == OPT_LABEL_REPORT)
        return &option_rows[OPT_LABELS];
    for (guint i = 0; row->help[0] == '-' && row->help[2] == ':' && i < OPT_COUNT; i++) {
        if (option_rows[i].letter == row->help[1])
            return &option_rows[i];
    }
    return NULL;
}

static gboolean
check_relations(const struct options *options, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(exclusions); i++) {
        if (options_given(options, exclusions[i].id) && options_given(options, exclusions[i].other))
            return options_wrong(error, "--%s and --%s exclude each other", option_rows[exclusions[i].id].name,
                                 option_rows[exclusions[i].other].name);
    }
    for (guint i = 0; i < OPT_COUNT; i++) {
        const struct option_row *row = &option_rows[i], *needed = needed_by(row);
        if (options_given(options, row->id) && needed && !options_given(options, needed->id))
            return options_wrong(error, "--%s is only of use with --%s", row->name, needed->name);
    }
    if (options_given(options, OPT_PARQUET) && options_given(options, OPT_MERGE))
        return options_wrong(error,
                             "--parquet and --merge exclude each other: without --merge it writes a folder of files, "
                             "which readers take as one table");
    if (options_given(options, OPT_LABEL_REPORT) && strcmp(options_text(options, OPT_LABELS), "comments") == 0)
        return options_wrong(error, "--label-report lists rules or rows of a table: --labels comments has none");
    return TRUE;
}

static gboolean
check_folder(const char *place, GError **error)
{
    static const char *const endings[] = {".csv", ".jsonl", ".json", ".parquet"};

    if (g_file_test(place, G_FILE_TEST_EXISTS) && !g_file_test(place, G_FILE_TEST_IS_DIR))
        return options_wrong(error,
                             "'%s' is a file, but each capture has its own below a folder: name a folder, or use "
                             "--merge or --continue for one file",
                             place);
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(place, endings[i]) && !g_file_test(place, G_FILE_TEST_IS_DIR))
            return options_wrong(
                error,
                "'%s' would be a folder, with a file for each capture: name a folder, or use --merge or "
                "--continue for one file",
                place);
    }
    return TRUE;
}

/* A file whose name promises another format is a mistake. */
static gboolean
check_endings(const struct options *options, GError **error)
{
    static const struct {
        enum option_id id;
        const char *ending;
    } formats[] = {{OPT_CSV, ".csv"}, {OPT_JSONL, ".jsonl"}, {OPT_PARQUET, ".parquet"}};

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        const char *place = options_output(options, formats[i].id);
        for (size_t j = 0; place && j < G_N_ELEMENTS(formats); j++) {
            if (j != i && g_str_has_suffix(place, formats[j].ending))
                return options_wrong(error, "--%s: '%s' is the name of another format: use --%s or another name",
                                     option_rows[formats[i].id].name, place, option_rows[formats[j].id].name);
        }
    }
    return TRUE;
}

static gboolean
check_folders(const struct options *options, GError **error)
{
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        const char *place = options_output(options, options_outputs[i]);
        if (place && options_outputs[i] != OPT_URL && !check_folder(place, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_of_plugin(const char *name)
{
    static const char *const names[] = {
#define PREFERENCE(name, kind, initial, title, description) #name,
#include "../plugin/options.def"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The plugin's preferences are set by options of the command, which check them. */
static gboolean
check_own_preference(const char *given, const char *name, GError **error)
{
    for (guint i = 0; i < OPT_COUNT; i++) {
        const char *own = option_rows[i].preference ? option_rows[i].preference : option_rows[i].name;
        if (strcmp(own, name) == 0)
            return options_wrong(error, "-o '%s': the plugin's preferences have options of their own, this one --%s",
                                 given, option_rows[i].name);
    }
    return options_wrong(error,
                         is_of_plugin(name) ? "-o '%s': only tshark and Wireshark have this preference"
                                            : "-o '%s': there is no such preference",
                         given);
}

static gboolean
check_preference(const char *preference, GError **error)
{
    if (!strchr(preference, ':'))
        return options_wrong(error, "-o '%s': a preference is NAME:VALUE; OUTPUT needs no option", preference);
    if (!g_str_has_prefix(preference, "cicflow."))
        return TRUE;
    const char *start = preference + strlen("cicflow.");
    g_autofree char *name = g_strndup(start, strcspn(start, ":"));
    return check_own_preference(preference, name, error);
}

static gboolean
check_outputs(const struct options *options, GError **error)
{
    guint given = 0, without_place = 0;

    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        enum option_id id = options_outputs[i];
        given += options_given(options, id) > 0;
        without_place += options_given(options, id) && !*options_text(options, id);
    }
    if (!given)
        return options_wrong(error, "no kind of output: give -c, -u, --jsonl or --parquet");
    if (without_place > 1)
        return options_wrong(error, "OUTPUT is one path: give the other outputs their own, as in --jsonl PATH");
    if (without_place && !options->output)
        return options_wrong(error, "no OUTPUT: name a file, - or, with -u, a URL");
    if (!without_place && options->output)
        return options_wrong(error, "OUTPUT '%s' is not used: every output has its own path", options->output);
    return TRUE;
}

/* A file of the run, and the option that names it. */
struct named_file {
    enum option_id option;
    const char *path;
};

static void
add_file(GArray *files, enum option_id option, const char *path)
{
    struct named_file file = {option, path};
    if (path)
        g_array_append_val(files, file);
}

/* Below a folder the outputs have different names. */
static void
add_written(const struct options *options, GArray *files)
{
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        const char *path = options_output(options, options_outputs[i]);
        if (path && (!options_write_folder(options) || strcmp(path, "-") == 0))
            add_file(files, options_outputs[i], path);
    }
    add_file(files, OPT_LABEL_REPORT, options_text(options, OPT_LABEL_REPORT));
    add_file(files, OPT_ANNOTATE, options_text(options, OPT_ANNOTATE));
    add_file(files, OPT_PLOT, options_text(options, OPT_PLOT));
}

static void
add_read(const struct options *options, GArray *files)
{
    static const enum option_id lists[] = {OPT_FILE, OPT_DEFINE};

    add_file(files, OPT_LABELS, options_text(options, OPT_LABELS));
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const GPtrArray *paths = options_list(options, lists[i]);
        for (guint j = 0; paths && j < paths->len; j++)
            add_file(files, lists[i], g_ptr_array_index(paths, j));
    }
}

/* An annotated capture may replace another one. */
static gboolean
check_captures(const struct named_file *written, guint count, GError **error)
{
    for (guint i = 0; i < count; i++) {
        if (written[i].option != OPT_ANNOTATE && output_target_is_capture(written[i].path))
            return options_wrong(error, "--%s: '%s' is a capture, which would be lost: it needs another path",
                                 option_rows[written[i].option].name, written[i].path);
    }
    return TRUE;
}

/* The files of definitions are one value. */
static gboolean
is_same(const struct named_file *written, const struct named_file *other)
{
    return other->option == OPT_DEFINE ? definition_files_have(other->path, written->path)
                                       : output_target_is_same(written->path, other->path);
}

/* No output takes the place of another one, of a file that is read, or of a capture. */
static gboolean
check_files(const struct options *options, GError **error)
{
    g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(struct named_file));
    gboolean fine = TRUE;

    add_written(options, files);
    guint written = files->len;
    add_read(options, files);
    for (guint i = 0; fine && i < files->len; i++) {
        const struct named_file *later = &g_array_index(files, struct named_file, i);
        for (guint j = 0; fine && j < MIN(i, written); j++) {
            const struct named_file *file = &g_array_index(files, struct named_file, j);
            const char *name = option_rows[file->option].name, *other = option_rows[later->option].name;
            if (i >= written && strcmp(later->path, "-") == 0)
                continue; /* standard input */
            if (!is_same(file, later))
                continue;
            fine = i < written
                       ? options_wrong(error, "--%s and --%s both go to '%s': each needs another path", name, other,
                                       file->path)
                       : options_wrong(error, "--%s would overwrite '%s', which --%s reads: it needs another path",
                                       name, file->path, other);
        }
    }
    fine = fine && check_captures((const struct named_file *)(gpointer)files->data, written, error);
    return fine;
}

gboolean
options_check_inputs(const struct options *options, const GPtrArray *paths, GError **error)
{
    g_autoptr(GArray) written = g_array_new(FALSE, FALSE, sizeof(struct named_file));

    add_written(options, written);
    for (guint i = 0; i < written->len; i++) {
        const struct named_file *file = &g_array_index(written, struct named_file, i);
        for (guint j = 0; j < paths->len; j++) {
            const char *path = g_ptr_array_index(paths, j);
            if (strcmp(path, "-") != 0 && output_target_is_same(file->path, path))
                return options_wrong(error, "--%s would overwrite '%s', which is read: it needs another path",
                                     option_rows[file->option].name, path);
        }
    }
    return TRUE;
}

/* The capture is read twice, and its interfaces are those of one file. */
static gboolean
check_annotate(const struct options *options, GError **error)
{
    const char *file = options_text(options, OPT_ANNOTATE), *capture = options_text(options, OPT_FILE);
    struct stat status;

    if (!file)
        return TRUE;
    if (options_given(options, OPT_FILE) != 1 || options_given(options, OPT_DIRECTORY) || strcmp(capture, "-") == 0)
        return options_wrong(error, "--annotate takes one capture file, given by -f");
    if (strcmp(file, "-") == 0)
        return options_wrong(error, "--annotate writes a file: '-' is none");
    if (stat(capture, &status) == 0 && !S_ISREG(status.st_mode))
        return options_wrong(error, "--annotate reads the capture twice: '%s' has to be a file", capture);
    return TRUE;
}

gboolean
options_check(const struct options *options, GError **error)
{
    if (options_given(options, OPT_HELP) || options_given(options, OPT_VERSION) ||
        options_given(options, OPT_LIST_INTERFACES))
        return TRUE;
    if (!check_relations(options, error))
        return FALSE;
    if (!options_given(options, OPT_INTERFACE) && !options_given(options, OPT_FILE) &&
        !options_given(options, OPT_DIRECTORY))
        return options->output ? options_wrong(error, "no input: give -i INTERFACE, -f FILE or -d DIR; '%s' is OUTPUT",
                                               options->output)
                               : options_wrong(error, "no input: give -i INTERFACE, -f FILE or -d DIR");
    if (!check_outputs(options, error) || !check_annotate(options, error) || !check_files(options, error) ||
        !(options_write_folder(options) ? check_folders(options, error) : check_endings(options, error)))
        return FALSE;
    if (options_write_folder(options) && options_use_standard_output(options))
        return options_wrong(error, "several captures go to standard output with --merge or --continue only");
    const GPtrArray *preferences = options_list(options, OPT_PREFERENCE);
    for (guint i = 0; i < preferences->len; i++) {
        if (!check_preference(g_ptr_array_index(preferences, i), error))
            return FALSE;
    }
    const char *plot = options_text(options, OPT_PLOT);
    if (plot && !g_str_has_suffix(plot, ".png") && !g_str_has_suffix(plot, ".svg"))
        return options_wrong(error, "--plot: '%s' ends neither in .png nor in .svg", plot);
    return TRUE;
}
