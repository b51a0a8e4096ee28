/*
 * test_plot.c - the picture of --plot: drawn by the real gnuplot, or not at all with a line that says why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plot.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tests.h"

static const struct record flows[] = {
    {"10.0.0.1", "10.0.0.2", NULL, 4000, 80, 6, 1324071333.5, 1.5, 10, 1000},
    {"10.0.0.3", "10.0.0.1", NULL, 5000, 53, 17, 1324071400, 0, 1, 0},
    {"fe80::1", "fe80::2", NULL, -1, -1, 58, 1324071999, 250, 3, 300},
    {"fe80::1", "fe80::2", NULL, -1, -1, 58, NAN, 250, 3, 300},
};

static void
draw(const char *folder, const char *name, const char *signature)
{
    g_autofree char *picture = g_build_filename(folder, name, NULL);
    GError *error = NULL;
    struct plot *plot = plot_new(picture, folder, &error);
    g_autofree char *content = NULL;

    assert_null(error);
    for (gsize i = 0; i < G_N_ELEMENTS(flows); i++)
        plot_add(plot, &flows[i]);
    if (!plot_finish(plot, &error))
        fail_msg("%s", error->message);
    plot_free(plot);
    assert_true(g_file_get_contents(picture, &content, NULL, NULL));
    assert_memory_equal(content, signature, strlen(signature));
    g_unlink(picture);
}

/* Only the picture is written, even if the folder's name has a meaning to gnuplot. */
static void
draws_png_and_svg(void **state G_GNUC_UNUSED)
{
    g_autofree char *parent = g_dir_make_tmp("plot-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(parent, "it's \"here\" `exit 1` \\n", NULL);

    assert_int_equal(g_mkdir(folder, 0700), 0);
    draw(folder, "flows.png", "\x89PNG");
    draw(folder, "flows.svg", "<?xml");
    assert_int_equal(g_rmdir(folder), 0);
    assert_int_equal(g_rmdir(parent), 0);
}

static void
no_flows(void **state G_GNUC_UNUSED)
{
    g_autofree char *folder = g_dir_make_tmp("plot-XXXXXX", NULL);
    g_autofree char *picture = g_build_filename(folder, "flows.png", NULL);
    g_autoptr(GError) error = NULL;
    struct plot *plot = plot_new(picture, folder, &error);

    assert_false(plot_finish(plot, &error));
    assert_non_null(strstr(error->message, "there are no flows"));
    plot_free(plot);
    assert_int_equal(g_rmdir(folder), 0);
}

static void
no_folder_for_the_picture(void **state G_GNUC_UNUSED)
{
    g_autofree char *folder = g_dir_make_tmp("plot-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;

    assert_null(plot_new("/nowhere/at/all/flows.png", folder, &error));
    assert_string_equal(error->message, "cannot create \"/nowhere/at/all/flows.png\": No such file or directory");
    assert_null(strchr(error->message, '\n'));
    assert_int_equal(g_rmdir(folder), 0);
}

static void
no_gnuplot(void **state G_GNUC_UNUSED)
{
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autoptr(GError) error = NULL;

    g_setenv("PATH", "/nowhere", TRUE);
    struct plot *plot = plot_new("flows.png", "/tmp", &error);
    g_setenv("PATH", path, TRUE);
    assert_null(plot);
    assert_non_null(
        strstr(error->message, "--plot needs gnuplot: install it (Debian, Ubuntu: apt install gnuplot-nox"));
}

void
plot_tests(GArray *tests)
{
    test_list_add(tests, "/plot/draws_png_and_svg", draws_png_and_svg, NULL);
    test_list_add(tests, "/plot/no_flows", no_flows, NULL);
    test_list_add(tests, "/plot/no_folder_for_the_picture", no_folder_for_the_picture, NULL);
    test_list_add(tests, "/plot/no_gnuplot", no_gnuplot, NULL);
}
