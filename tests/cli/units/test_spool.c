/*
 * test_spool.c - the spool file: who may read it, which files are refused, and that it has whole lines whatever
 * happens.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "spool.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests.h"

enum { ANOTHER_USER = 65534 };

struct place {
    char *folder, *path, *other;
};

static struct place
make_place(void)
{
    char *folder = g_dir_make_tmp("spool-XXXXXX", NULL);
    assert_non_null(folder);
    return (struct place){folder, g_build_filename(folder, "spool", NULL), g_build_filename(folder, "other", NULL)};
}

static void
clear_place(struct place *place)
{
    g_unlink(place->path);
    g_unlink(place->other);
    assert_int_equal(g_rmdir(place->folder), 0);
    g_free(place->folder);
    g_free(place->path);
    g_free(place->other);
}

static void
assert_content(const char *path, const char *expected)
{
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, expected);
}

static void
keeps_lines_for_the_owner(void **state G_GNUC_UNUSED)
{
    struct place place = make_place();
    struct spool *spool = spool_new(place.path);
    struct stat file;

    assert_false(g_file_test(place.path, G_FILE_TEST_EXISTS));
    assert_true(spool_add(spool, "{\"a\":1}"));
    assert_true(spool_add(spool, "{\"a\":2}"));
    assert_true(spool_free(spool));
    assert_content(place.path, "{\"a\":1}\n{\"a\":2}\n");
    assert_int_equal(stat(place.path, &file), 0);
    assert_int_equal(file.st_mode & 07777, 0600);
    clear_place(&place);
}

static void
appends_and_closes_to_others(void **state G_GNUC_UNUSED)
{
    struct place place = make_place();
    struct stat file;

    assert_true(g_file_set_contents(place.path, "{\"a\":1}\n", -1, NULL));
    assert_int_equal(g_chmod(place.path, 0644), 0);
    struct spool *spool = spool_new(place.path);
    assert_true(spool_add(spool, "{\"a\":2}"));
    assert_true(spool_free(spool));
    assert_content(place.path, "{\"a\":1}\n{\"a\":2}\n");
    assert_int_equal(stat(place.path, &file), 0);
    assert_int_equal(file.st_mode & 07777, 0600);
    clear_place(&place);
}

static void
half_a_line_does_not_spoil_the_next(void **state G_GNUC_UNUSED)
{
    struct place place = make_place();

    assert_true(g_file_set_contents(place.path, "{\"a\":1}\n{\"a", -1, NULL));
    struct spool *spool = spool_new(place.path);
    assert_true(spool_add(spool, "{\"a\":2}"));
    assert_true(spool_free(spool));
    assert_content(place.path, "{\"a\":1}\n{\"a\n{\"a\":2}\n");
    clear_place(&place);
}

/* The system writes part of the second line and refuses the rest, as on a full disk. */
static void
full_disk_leaves_whole_lines(void **state G_GNUC_UNUSED)
{
    struct place place = make_place();
    struct spool *spool = spool_new(place.path);
    struct rlimit before, small;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 12;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    gboolean first = spool_add(spool, "{\"a\":1}");
    gboolean second = spool_add(spool, "{\"a\":2}");
    gboolean shorter = spool_add(spool, "{}");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(first);
    assert_false(second);
    assert_true(shorter);
    assert_true(spool_free(spool));
    assert_content(place.path, "{\"a\":1}\n{}\n");
    clear_place(&place);
}

static void
refuses_a_link(void **state G_GNUC_UNUSED)
{
    struct place place = make_place();
    g_autoptr(GError) error = NULL;

    assert_true(g_file_set_contents(place.other, "precious\n", -1, NULL));
    assert_int_equal(symlink(place.other, place.path), 0);
    assert_false(spool_check(place.path, &error));
    g_autofree char *line = g_strdup_printf("cannot write the spool file '%s': it is a symbolic link", place.path);
    assert_string_equal(error->message, line);
    struct spool *spool = spool_new(place.path);
    assert_false(spool_add(spool, "{}"));
    spool_free(spool);
    assert_content(place.other, "precious\n");
    clear_place(&place);
}

static void
refuses_a_pipe_without_waiting(void **state G_GNUC_UNUSED)
{
    struct place place = make_place();
    g_autoptr(GError) error = NULL;

    assert_int_equal(mkfifo(place.path, 0600), 0);
    assert_false(spool_check(place.path, &error));
    assert_non_null(strstr(error->message, "it is not an ordinary file"));
    clear_place(&place);
}

static void
refuses_the_file_of_another_user(void **state G_GNUC_UNUSED)
{
    struct place place = make_place();
    g_autoptr(GError) error = NULL;

    assert_true(g_file_set_contents(place.path, "", -1, NULL));
    if (geteuid() == ANOTHER_USER || chown(place.path, ANOTHER_USER, ANOTHER_USER)) {
        print_message("only root can give a file away: not tested\n");
        clear_place(&place);
        skip();
    }
    assert_false(spool_check(place.path, &error));
    assert_non_null(strstr(error->message, "it belongs to another user"));
    clear_place(&place);
}

static void
check_makes_nothing(void **state G_GNUC_UNUSED)
{
    struct place place = make_place();
    g_autofree char *lost = g_build_filename(place.other, "spool", NULL);
    g_autoptr(GError) error = NULL;

    assert_true(spool_check(place.path, &error));
    assert_false(g_file_test(place.path, G_FILE_TEST_EXISTS));
    assert_false(spool_check(lost, &error));
    assert_non_null(strstr(error->message, g_strerror(ENOENT)));
    clear_place(&place);
}

void
spool_tests(GArray *tests)
{
    test_list_add(tests, "/spool/keeps_lines_for_the_owner", keeps_lines_for_the_owner, NULL);
    test_list_add(tests, "/spool/appends_and_closes_to_others", appends_and_closes_to_others, NULL);
    test_list_add(tests, "/spool/half_a_line_does_not_spoil_the_next", half_a_line_does_not_spoil_the_next, NULL);
    test_list_add(tests, "/spool/full_disk_leaves_whole_lines", full_disk_leaves_whole_lines, NULL);
    test_list_add(tests, "/spool/refuses_a_link", refuses_a_link, NULL);
    test_list_add(tests, "/spool/refuses_a_pipe_without_waiting", refuses_a_pipe_without_waiting, NULL);
    test_list_add(tests, "/spool/refuses_the_file_of_another_user", refuses_the_file_of_another_user, NULL);
    test_list_add(tests, "/spool/check_makes_nothing", check_makes_nothing, NULL);
}
