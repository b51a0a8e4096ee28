/*
 * scene.c - see scene.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "scene.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "test_list.h"

void
put(const char *path, const char *text)
{
    assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
}

void
holds(const char *path, const char *expected)
{
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, expected);
}

void
is_missing(const char *path)
{
    assert_int_not_equal(access(path, F_OK), 0);
}

int
scene_set_up(void **state)
{
    scene *s = g_new0(scene, 1);

    s->folder = g_dir_make_tmp("cicflow-XXXXXX", NULL);
    s->target = g_build_filename(s->folder, "out.csv", NULL);
    s->partial = g_strconcat(s->target, ".partial", NULL);
    s->second_partial = g_strconcat(s->target, ".partial-2", NULL);
    s->victim = g_build_filename(s->folder, "victim", NULL);
    put(s->victim, "precious");
    *state = s;
    return 0;
}

int
scene_tear_down(void **state)
{
    scene *s = *state;
    g_autoptr(GDir) folder = g_dir_open(s->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(folder))) {
        g_autofree char *path = g_build_filename(s->folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(s->folder);
    g_free(s->folder);
    g_free(s->target);
    g_free(s->partial);
    g_free(s->second_partial);
    g_free(s->victim);
    g_free(s);
    return 0;
}

output_file *
begun(const char *path, output_kind kind)
{
    output_file *file = output_file_open(path, kind, NULL);

    assert_non_null(file);
    assert_true(output_file_write(file, "new", 3, NULL));
    return file;
}

void
finish(output_file *file)
{
    assert_true(output_file_complete(file, NULL));
    assert_null(output_file_partial(file));
    assert_true(output_file_close(file, NULL));
}
