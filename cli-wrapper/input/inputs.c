/*
 * inputs.c - see inputs.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "inputs.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/output_target.h"

static const char *const endings[] = {
    ".pcap", ".pcapng", ".cap", ".dmp", ".ntar", ".snoop", ".erf",
    ".trc",  ".pkt",    ".enc", ".5vw", ".bfr",  ".tpc",   ".wpz",
};
static const char *const compressions[] = {".gz", ".zst", ".lz4"};

static void
free_input(gpointer data)
{
    struct input *input = data;
    g_free(input->name);
    g_free(input->path);
    g_free(input->output);
    g_clear_pointer(&input->parts, g_ptr_array_unref);
    g_free(input);
}

static gboolean
ends_like_a_capture(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    gboolean found = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(compressions); i++) {
        if (g_str_has_suffix(lower, compressions[i]))
            lower[strlen(lower) - strlen(compressions[i])] = '\0';
    }
    for (guint i = 0; !found && i < G_N_ELEMENTS(endings); i++)
        found = g_str_has_suffix(lower, endings[i]);
    return found;
}

static void
add(GPtrArray *inputs, const char *path, const char *output)
{
    struct input *input = g_new(struct input, 1);
    *input = (struct input){g_strdup(strcmp(path, "-") == 0 ? "standard input" : path), g_strdup(path),
                            g_strdup(output), NULL};
    g_ptr_array_add(inputs, input);
}

static gboolean add_folder(GPtrArray *inputs, const char *path, const char *below, GError **error);

/* Links to files are followed, links to folders are not: they may form a cycle. */
static gboolean
add_entry(GPtrArray *inputs, const char *path, const char *below, GError **error)
{
    struct stat itself, target;

    if (g_lstat(path, &itself) || stat(path, &target))
        return TRUE;
    if (S_ISDIR(itself.st_mode))
        return add_folder(inputs, path, below, error);
    if (S_ISREG(target.st_mode) && (ends_like_a_capture(path) || output_target_is_capture(path)))
        add(inputs, path, below);
    return TRUE;
}

static gboolean
add_folder(GPtrArray *inputs, const char *path, const char *below, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, error);
    gboolean fine = folder != NULL;
    const char *name;

    while (fine && (name = g_dir_read_name(folder))) {
        if (*name == '.')
            continue;
        g_autofree char *entry = g_build_filename(path, name, NULL);
        g_autofree char *entry_below = below ? g_build_filename(below, name, NULL) : g_strdup(name);
        fine = add_entry(inputs, entry, entry_below, error);
    }
    return fine;
}

static int
by_output(gconstpointer a, gconstpointer b)
{
    const struct input *const *one = a, *const *other = b;
    return strcmp((*one)->output, (*other)->output);
}

/* A capture that is named twice is read once. */
static void
drop_repeated(GPtrArray *inputs)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < inputs->len;) {
        const struct input *input = g_ptr_array_index(inputs, i);
        if (g_hash_table_add(seen, g_canonicalize_filename(input->path, NULL)))
            i++;
        else
            g_ptr_array_remove_index(inputs, i);
    }
}

/* How many bytes the two paths have in common, whole folders only. */
static gsize
common_folders(const char *one, const char *other)
{
    gsize common = 0;
    for (gsize i = 0; one[i] && one[i] == other[i]; i++) {
        if (one[i] == G_DIR_SEPARATOR)
            common = i + 1;
    }
    return common;
}

/* Names the outputs of a group of inputs that would have the same one by their paths below their deepest common
 * folder. */
static void
rename_group(const GPtrArray *group)
{
    if (group->len < 2)
        return;
    struct input *first = g_ptr_array_index(group, 0);
    g_autofree char *first_path = g_canonicalize_filename(first->path, NULL);
    gsize common = strlen(first_path);
    for (guint i = 1; i < group->len; i++) {
        g_autofree char *path = g_canonicalize_filename(((struct input *)g_ptr_array_index(group, i))->path, NULL);
        common = MIN(common, common_folders(first_path, path));
    }
    for (guint i = 0; i < group->len; i++) {
        struct input *input = g_ptr_array_index(group, i);
        g_autofree char *path = g_canonicalize_filename(input->path, NULL);
        g_free(input->output);
        input->output = g_strdup(path + common);
    }
}

static GHashTable *
group_by_output(const GPtrArray *inputs)
{
    GHashTable *groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < inputs->len; i++) {
        struct input *input = g_ptr_array_index(inputs, i);
        GPtrArray *group = g_hash_table_lookup(groups, input->output);
        if (!group) {
            group = g_ptr_array_new();
            g_hash_table_insert(groups, g_strdup(input->output), group);
        }
        g_ptr_array_add(group, input);
    }
    return groups;
}

/* Names that are still the same after the groups got their paths get a number. */
static void
make_outputs_unique(GPtrArray *inputs)
{
    g_autoptr(GHashTable) groups = group_by_output(inputs);
    GHashTableIter iterator;
    gpointer group;

    g_hash_table_iter_init(&iterator, groups);
    while (g_hash_table_iter_next(&iterator, NULL, &group))
        rename_group(group);

    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < inputs->len; i++) {
        struct input *input = g_ptr_array_index(inputs, i);
        char *output = g_strdup(input->output);
        for (guint n = 2; g_hash_table_contains(taken, output); n++) {
            g_free(output);
            output = g_strdup_printf("%s-%u", input->output, n);
        }
        g_hash_table_add(taken, g_strdup(output));
        g_free(input->output);
        input->output = output;
    }
}

static gboolean
add_directory(GPtrArray *inputs, const char *directory, GError **error)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(free_input);
    gboolean fine = TRUE;

    if (!g_file_test(directory, G_FILE_TEST_EXISTS) || g_file_test(directory, G_FILE_TEST_IS_DIR)) {
        fine = add_folder(found, directory, NULL, error);
    } else {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR, "'%s' is no folder; -f reads a file", directory);
        fine = FALSE;
    }

    g_ptr_array_sort(found, by_output);
    if (fine && !found->len) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "no captures below '%s'", directory);
        fine = FALSE;
    }
    g_ptr_array_extend_and_steal(inputs, found);
    return fine;
}

GPtrArray *
inputs_find(const struct options *options, GError **error)
{
    g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func(free_input);
    const GPtrArray *files = options_list(options, OPT_FILE);
    const char *directory = options_text(options, OPT_DIRECTORY);

    for (guint i = 0; i < files->len; i++) {
        const char *path = g_ptr_array_index(files, i);
        gboolean is_standard_input = strcmp(path, "-") == 0;
        g_autofree char *base = is_standard_input ? g_strdup("standard-input") : g_path_get_basename(path);
        add(inputs, path, base);
    }
    if (directory && !add_directory(inputs, directory, error))
        return NULL;
    drop_repeated(inputs);
    make_outputs_unique(inputs);
    return g_steal_pointer(&inputs);
}

GPtrArray *
inputs_live(const char *interface_name)
{
    GPtrArray *inputs = g_ptr_array_new_with_free_func(free_input);
    struct input *input = g_new(struct input, 1);

    *input = (struct input){g_strdup(interface_name), g_strdup("-"), g_strdup(interface_name), NULL};
    g_ptr_array_add(inputs, input);
    return inputs;
}

char *
inputs_target(const struct options *options, const struct input *input, enum option_id output)
{
    const char *path = options_output(options, output);

    if (g_strcmp0(path, "-") == 0)
        return g_strdup("standard output");
    if (output == OPT_URL || !path || !options_write_folder(options))
        return g_strdup(path);
    return g_strdup_printf("%s/%s.%s", path, input->output, option_rows[output].name);
}

void
inputs_add_paths(const struct input *input, GPtrArray *paths)
{
    if (!input->parts)
        g_ptr_array_add(paths, input->path);
    for (guint i = 0; input->parts && i < input->parts->len; i++)
        g_ptr_array_add(paths, ((struct input *)g_ptr_array_index(input->parts, i))->path);
}

gboolean
inputs_are_files(const GPtrArray *paths)
{
    struct stat status;

    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(path, &status);
        if (failed || !S_ISREG(status.st_mode))
            return FALSE;
    }
    return TRUE;
}

GPtrArray *
inputs_continue(GPtrArray *inputs)
{
    const struct input *first = g_ptr_array_index(inputs, 0);
    const struct input *last = g_ptr_array_index(inputs, inputs->len - 1);
    GPtrArray *one = g_ptr_array_new_with_free_func(free_input);
    struct input *whole = g_new(struct input, 1);

    if (inputs->len == 1)
        whole->name = g_strdup(first->name);
    else
        whole->name = g_strdup_printf("%s to %s", first->name, last->name);
    whole->path = g_strdup(first->path);
    whole->output = g_strdup(first->output);
    whole->parts = inputs;
    g_ptr_array_add(one, whole);
    return one;
}
