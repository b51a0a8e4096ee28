/*
 * test_output_file.c - files appear only when they are complete, and files that are not ours are never written to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scene.h"
#include "tests.h"

static void
appears_when_complete(void **state)
{
    const scene *s = *state;
    output_file *file = begun(s->target, OUTPUT_WHOLE);

    is_missing(s->target);
    holds(s->partial, "new");
    assert_string_equal(output_file_partial(file), s->partial);
    finish(file);
    holds(s->target, "new");
    is_missing(s->partial);
}

static void
old_file_stays_until_then(void **state)
{
    const scene *s = *state;
    struct stat status;

    put(s->target, "older");
    assert_int_equal(g_chmod(s->target, 0640), 0);
    output_file *file = begun(s->target, OUTPUT_WHOLE);
    assert_int_equal(stat(s->partial, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_true(output_file_close(file, NULL));
    holds(s->target, "older");
    finish(begun(s->target, OUTPUT_WHOLE));
    holds(s->target, "new");
    is_missing(s->partial);
    assert_int_equal(stat(s->target, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void
partial_of_another_run_stays(void **state)
{
    const scene *s = *state;
    output_file *first = begun(s->target, OUTPUT_WHOLE);
    output_file *second = begun(s->target, OUTPUT_WHOLE);

    assert_string_equal(output_file_partial(second), s->second_partial);
    assert_true(output_file_write(first, "er", 2, NULL));
    finish(second);
    holds(s->target, "new");
    finish(first);
    holds(s->target, "newer");
}

static void
partial_files_in_the_way_are_named(void **state)
{
    const scene *s = *state;
    g_autoptr(GError) error = NULL;

    assert_int_equal(mkdir(s->partial, 0755), 0);
    for (int i = 2; i <= 20; i++) {
        g_autofree char *path = g_strdup_printf("%s-%d", s->partial, i);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    assert_null(output_file_open(s->target, OUTPUT_WHOLE, &error));
    assert_non_null(strstr(error->message, s->target));
    assert_non_null(strstr(error->message, "out.csv.partial"));
    assert_non_null(strstr(error->message, "out.csv.partial-20"));
}

/* Something that is not ours but has the partial file's name is neither written to nor removed. */
static void
link_in_the_way_is_left_alone(void **state)
{
    const scene *s = *state;

    assert_int_equal(symlink(s->victim, s->partial), 0);
    finish(begun(s->target, OUTPUT_WHOLE));
    holds(s->target, "new");
    holds(s->victim, "precious");
    assert_true(g_file_test(s->partial, G_FILE_TEST_IS_SYMLINK));
}

static void
partial_that_was_exchanged_is_an_error(void **state)
{
    const scene *s = *state;
    output_file *file = begun(s->target, OUTPUT_WHOLE);
    g_autoptr(GError) error = NULL;

    assert_int_equal(unlink(s->partial), 0);
    assert_int_equal(symlink(s->victim, s->partial), 0);
    assert_false(output_file_complete(file, &error));
    assert_non_null(strstr(error->message, s->partial));
    assert_null(output_file_partial(file));
    output_file_discard(file);
    is_missing(s->target);
    holds(s->victim, "precious");
}

static void
file_behind_a_link_is_replaced(void **state)
{
    const scene *s = *state;
    output_file *file;

    assert_int_equal(symlink("victim", s->target), 0);
    file = begun(s->target, OUTPUT_WHOLE);
    holds(s->victim, "precious");
    finish(file);
    holds(s->victim, "new");
    assert_true(g_file_test(s->target, G_FILE_TEST_IS_SYMLINK));
}

static void
link_in_a_circle_is_an_error(void **state)
{
    const scene *s = *state;
    g_autoptr(GError) error = NULL;

    assert_int_equal(symlink("out.csv", s->target), 0);
    assert_null(output_file_open(s->target, OUTPUT_WHOLE, &error));
    assert_non_null(strstr(error->message, g_strerror(ELOOP)));
}

static void
open_file_is_written_in_place(void **state)
{
    const scene *s = *state;
    int fd = open(s->victim, O_RDWR);
    g_autofree char *path = g_strdup_printf("/dev/fd/%d", fd);
    struct stat before, after;

    assert_int_equal(fstat(fd, &before), 0);
    finish(begun(path, OUTPUT_WHOLE));
    holds(s->victim, "new");
    assert_int_equal(stat(s->victim, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    close(fd);
}

static void
named_pipe_is_written_in_place(void **state)
{
    const scene *s = *state;
    char text[8] = "";

    assert_int_equal(mkfifo(s->target, 0600), 0);
    int reader = open(s->target, O_RDONLY | O_NONBLOCK);
    output_file *file = begun(s->target, OUTPUT_WHOLE);
    assert_true(output_file_is_stream(file));
    assert_int_equal(read(reader, text, sizeof text), 3);
    finish(file);
    close(reader);
}

static void
growing_file_is_emptied_by_the_first_write(void **state)
{
    const scene *s = *state;
    put(s->target, "older");
    output_file *file = output_file_open(s->target, OUTPUT_GROWING, NULL);

    holds(s->target, "older");
    assert_true(output_file_write(file, "new", 3, NULL));
    holds(s->target, "new");
    finish(file);
}

static void
nothing_is_left_of_a_discarded_file(void **state)
{
    const scene *s = *state;

    output_file_discard(begun(s->target, OUTPUT_WHOLE));
    is_missing(s->partial);
    output_file_discard(output_file_open(s->target, OUTPUT_GROWING, NULL));
    is_missing(s->target);
    put(s->target, "older");
    output_file_discard(output_file_open(s->target, OUTPUT_GROWING, NULL));
    output_file_discard(begun(s->target, OUTPUT_WHOLE));
    holds(s->target, "older");
}

static void
longest_name_has_a_partial_file(void **state)
{
    const scene *s = *state;
    char name[NAME_MAX + 1];

    memset(name, 'x', NAME_MAX);
    name[NAME_MAX] = '\0';
    g_autofree char *path = g_build_filename(s->folder, name, NULL);
    output_file *first = begun(path, OUTPUT_WHOLE), *second = begun(path, OUTPUT_WHOLE);
    is_missing(path);
    finish(first);
    finish(second);
    holds(path, "new");
}

void
output_file_tests(GArray *tests)
{
    static const struct {
        const char *name;
        CMUnitTestFunction run;
    } cases[] = {
        {"/output_file/appears_when_complete", appears_when_complete},
        {"/output_file/old_file_stays_until_then", old_file_stays_until_then},
        {"/output_file/partial_of_another_run_stays", partial_of_another_run_stays},
        {"/output_file/partial_files_in_the_way_are_named", partial_files_in_the_way_are_named},
        {"/output_file/link_in_the_way_is_left_alone", link_in_the_way_is_left_alone},
        {"/output_file/partial_that_was_exchanged_is_an_error", partial_that_was_exchanged_is_an_error},
        {"/output_file/file_behind_a_link_is_replaced", file_behind_a_link_is_replaced},
        {"/output_file/link_in_a_circle_is_an_error", link_in_a_circle_is_an_error},
        {"/output_file/open_file_is_written_in_place", open_file_is_written_in_place},
        {"/output_file/named_pipe_is_written_in_place", named_pipe_is_written_in_place},
        {"/output_file/growing_file_is_emptied_by_the_first_write", growing_file_is_emptied_by_the_first_write},
        {"/output_file/nothing_is_left_of_a_discarded_file", nothing_is_left_of_a_discarded_file},
        {"/output_file/longest_name_has_a_partial_file", longest_name_has_a_partial_file},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct CMUnitTest test = {cases[i].name, cases[i].run, scene_set_up, scene_tear_down, NULL};
        g_array_append_val(tests, test);
    }
}
