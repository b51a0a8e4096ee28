/*
 * test_output_file.c - files that appear when they are complete, and whose files are not written to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output/output_file.h"
#include "tests.h"

enum { NOBODY = 65534 };

/* A folder with what the tests need in it. */
typedef struct {
    char *folder, *target, *partial, *second_partial, *victim;
} scene;

static void
put(const char *path, const char *text)
{
    assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
}

static void
holds(const char *path, const char *expected)
{
    char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, expected);
    g_free(text);
}

static void
is_missing(const char *path)
{
    assert_int_not_equal(access(path, F_OK), 0);
}

static int
set_up(void **state)
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

static int
tear_down(void **state)
{
    scene *s = *state;
    GDir *folder = g_dir_open(s->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(folder))) {
        char *path = g_build_filename(s->folder, name, NULL);
        g_remove(path);
        g_free(path);
    }
    g_dir_close(folder);
    g_rmdir(s->folder);
    g_free(s->folder);
    g_free(s->target);
    g_free(s->partial);
    g_free(s->second_partial);
    g_free(s->victim);
    g_free(s);
    return 0;
}

static output_file *
begun(const char *path, output_kind kind)
{
    output_file *file = output_file_open(path, kind, NULL);

    assert_non_null(file);
    assert_true(output_file_write(file, "new", 3, NULL));
    return file;
}

static void
finish(output_file *file)
{
    assert_true(output_file_complete(file, NULL));
    assert_null(output_file_partial(file));
    assert_true(output_file_close(file, NULL));
}

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

/* What has the name of the partial file and is not ours is neither written to nor removed. */
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
    GError *error = NULL;

    assert_int_equal(unlink(s->partial), 0);
    assert_int_equal(symlink(s->victim, s->partial), 0);
    assert_false(output_file_complete(file, &error));
    assert_non_null(strstr(error->message, s->partial));
    g_error_free(error);
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
    GError *error = NULL;

    assert_int_equal(symlink("out.csv", s->target), 0);
    assert_null(output_file_open(s->target, OUTPUT_WHOLE, &error));
    assert_non_null(strstr(error->message, g_strerror(ELOOP)));
    g_error_free(error);
}

/* Only root can make a link of somebody else. */
static void
link_of_another_user_is_refused(void **state)
{
    const scene *s = *state;

    if (geteuid() != 0)
        skip();
    assert_int_equal(symlink(s->victim, s->target), 0);
    assert_int_equal(lchown(s->target, NOBODY, NOBODY), 0);
    for (int kind = OUTPUT_WHOLE; kind <= OUTPUT_GROWING; kind++) {
        GError *error = NULL;
        assert_null(output_file_open(s->target, (output_kind)kind, &error));
        assert_non_null(strstr(error->message, "another user"));
        g_error_free(error);
    }
    output_file_withdraw(s->target);
    holds(s->victim, "precious");
}

static void
open_file_is_written_in_place(void **state)
{
    const scene *s = *state;
    int fd = open(s->victim, O_RDWR);
    char *path = g_strdup_printf("/dev/fd/%d", fd);
    struct stat before, after;

    assert_int_equal(fstat(fd, &before), 0);
    finish(begun(path, OUTPUT_WHOLE));
    holds(s->victim, "new");
    assert_int_equal(stat(s->victim, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    close(fd);
    g_free(path);
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

/* Nobody has the file but may not make another one beside it. */
static void
in_a_closed_folder(const scene *s)
{
    if (geteuid() == 0 && (chown(s->target, NOBODY, NOBODY) != 0 || setegid(NOBODY) != 0 || seteuid(NOBODY) != 0))
        _exit(1);
    output_file *file = output_file_open(s->target, OUTPUT_WHOLE, NULL);
    bool ok = file && !output_file_partial(file) && output_file_write(file, "new", 3, NULL) &&
              output_file_complete(file, NULL) && output_file_close(file, NULL);
    _exit(ok ? 0 : 1);
}

static void
file_in_a_closed_folder_is_written_in_place(void **state)
{
    const scene *s = *state;
    int status = -1;

    put(s->target, "older");
    assert_int_equal(g_chmod(s->folder, 0555), 0);
    pid_t child = fork();
    if (child == 0)
        in_a_closed_folder(s);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(g_chmod(s->folder, 0755), 0);
    assert_int_equal(status, 0);
    holds(s->target, "new");
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
    char *path = g_build_filename(s->folder, name, NULL);
    output_file *first = begun(path, OUTPUT_WHOLE), *second = begun(path, OUTPUT_WHOLE);
    is_missing(path);
    finish(first);
    finish(second);
    holds(path, "new");
    g_free(path);
}

/* Puts links to the victim where the files of the scene are, and takes them away, as fast as it can. As somebody else
 * it does so at the target too: a link of the user's own there would be followed. */
static void
swap_names(const scene *s)
{
    const char *names[] = {s->partial, s->second_partial, s->target};
    char *link = g_build_filename(s->folder, "link", NULL);

    if (setegid(NOBODY) != 0 || seteuid(NOBODY) != 0)
        return;
    for (unsigned i = 0;; i++) {
        const char *name = names[i % G_N_ELEMENTS(names)];
        int own = open(name, O_WRONLY | O_CREAT | O_NOFOLLOW, 0666);
        if (own >= 0)
            close(own);
        if (symlink(s->victim, link) == 0 && rename(link, name) != 0)
            unlink(link);
        if (i % 5 < 3)
            unlink(name);
    }
}

static void
victim_of_an_adversary_stays(void **state)
{
    const scene *s = *state;
    unsigned failed = 0, completed = 0;
    gint64 end_us = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;

    if (geteuid() != 0)
        skip();
    assert_int_equal(g_chmod(s->folder, 0777), 0);
    pid_t adversary = fork();
    if (adversary == 0) {
        swap_names(s);
        _exit(1);
    }
    while (g_get_monotonic_time() < end_us) {
        output_file *file = output_file_open(s->target, (completed + failed) % 2 ? OUTPUT_WHOLE : OUTPUT_GROWING, NULL);
        bool ok = file && output_file_write(file, "new", 3, NULL) && output_file_complete(file, NULL);
        *(ok ? &completed : &failed) += 1;
        if (file)
            output_file_close(file, NULL);
        output_file_withdraw(s->target);
    }
    kill(adversary, SIGKILL);
    assert_int_equal(waitpid(adversary, NULL, 0), adversary);
    print_message("%u files completed, %u refused\n", completed, failed);
    assert_true(completed > 0 && failed > 0);
    holds(s->victim, "precious");
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
        {"/output_file/link_in_the_way_is_left_alone", link_in_the_way_is_left_alone},
        {"/output_file/partial_that_was_exchanged_is_an_error", partial_that_was_exchanged_is_an_error},
        {"/output_file/file_behind_a_link_is_replaced", file_behind_a_link_is_replaced},
        {"/output_file/link_in_a_circle_is_an_error", link_in_a_circle_is_an_error},
        {"/output_file/link_of_another_user_is_refused", link_of_another_user_is_refused},
        {"/output_file/open_file_is_written_in_place", open_file_is_written_in_place},
        {"/output_file/named_pipe_is_written_in_place", named_pipe_is_written_in_place},
        {"/output_file/file_in_a_closed_folder_is_written_in_place", file_in_a_closed_folder_is_written_in_place},
        {"/output_file/growing_file_is_emptied_by_the_first_write", growing_file_is_emptied_by_the_first_write},
        {"/output_file/nothing_is_left_of_a_discarded_file", nothing_is_left_of_a_discarded_file},
        {"/output_file/longest_name_has_a_partial_file", longest_name_has_a_partial_file},
        {"/output_file/victim_of_an_adversary_stays", victim_of_an_adversary_stays},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct CMUnitTest test = {cases[i].name, cases[i].run, set_up, tear_down, NULL};
        g_array_append_val(tests, test);
    }
}
