/*
 * test_output_users.c - files in folders where more than one user writes. Needs root, to act as two users.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scene.h"
#include "tests.h"

enum { NOBODY = 65534 };

static void
link_of_another_user_is_refused(void **state)
{
    const scene *s = *state;

    if (geteuid() != 0)
        skip();
    assert_int_equal(symlink(s->victim, s->target), 0);
    assert_int_equal(lchown(s->target, NOBODY, NOBODY), 0);
    for (int kind = OUTPUT_WHOLE; kind <= OUTPUT_GROWING; kind++) {
        g_autoptr(GError) error = NULL;
        assert_null(output_file_open(s->target, (output_kind)kind, &error));
        assert_non_null(strstr(error->message, "another user"));
    }
    output_file_withdraw(s->target);
    holds(s->victim, "precious");
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

/* Root writes another user's file, is killed, and writes it again. */
static void
leftover_of_a_file_of_another_user_is_removed(void **state)
{
    const scene *s = *state;
    struct stat status;

    if (geteuid() != 0)
        skip();
    put(s->target, "older");
    assert_int_equal(g_chmod(s->target, 0664), 0);
    assert_int_equal(chown(s->target, NOBODY, NOBODY), 0);
    assert_true(output_file_close(begun(s->target, OUTPUT_WHOLE), NULL));
    assert_int_equal(stat(s->partial, &status), 0);
    assert_int_equal(status.st_mode & 0777 & ~0664, 0);
    output_file *file = begun(s->target, OUTPUT_WHOLE);
    assert_string_equal(output_file_partial(file), s->partial);
    finish(file);
    assert_int_equal(stat(s->target, &status), 0);
    assert_int_equal(status.st_uid, NOBODY);
    assert_int_equal(status.st_gid, NOBODY);
    assert_int_equal(status.st_mode & 0777, 0664);
}

static void
group_of_a_file_that_is_replaced_stays(void **state)
{
    const scene *s = *state;
    struct stat status;

    if (geteuid() != 0)
        skip();
    put(s->target, "older");
    assert_int_equal(g_chmod(s->target, 0660), 0);
    assert_int_equal(chown(s->target, (uid_t)-1, NOBODY), 0);
    finish(begun(s->target, OUTPUT_WHOLE));
    assert_int_equal(stat(s->target, &status), 0);
    assert_int_equal(status.st_gid, NOBODY);
    assert_int_equal(status.st_mode & 0777, 0660);
}

/* Writes the target as a user who is in none of root's groups. */
static void
write_as_nobody(const scene *s)
{
    if (setgroups(0, NULL) != 0 || setegid(NOBODY) != 0 || seteuid(NOBODY) != 0)
        _exit(1);
    output_file *file = output_file_open(s->target, OUTPUT_WHOLE, NULL);
    bool ok = file && output_file_partial(file) && output_file_write(file, "new", 3, NULL) &&
              output_file_complete(file, NULL) && output_file_close(file, NULL);
    _exit(ok ? 0 : 1);
}

static void
another_group_does_not_get_what_a_group_had(void **state)
{
    const scene *s = *state;
    struct stat status;
    int result = -1;

    if (geteuid() != 0)
        skip();
    put(s->target, "older");
    assert_int_equal(g_chmod(s->folder, 0777), 0);
    assert_int_equal(g_chmod(s->target, 0664), 0);
    assert_int_equal(chown(s->target, NOBODY, 0), 0);
    pid_t child = fork();
    if (child == 0)
        write_as_nobody(s);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    holds(s->target, "new");
    assert_int_equal(stat(s->target, &status), 0);
    assert_int_equal(status.st_gid, NOBODY);
    assert_int_equal(status.st_mode & 0777, 0604);
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

/* Exchanges two links, as fast as it can. */
static void
exchange(const char *one, const char *other)
{
    if (setegid(NOBODY) != 0 || seteuid(NOBODY) != 0)
        return;
    while (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0)
        ;
}

/* The link that is followed is the one whose owner was checked. */
static void
link_of_the_user_is_not_exchanged(void **state)
{
    const scene *s = *state;
    gint64 end_us = g_get_monotonic_time() + G_USEC_PER_SEC;
    unsigned followed = 0, refused = 0;

    if (geteuid() != 0)
        skip();
    char *own = g_build_filename(s->folder, "own", NULL), *other = g_build_filename(s->folder, "other", NULL);
    put(own, "");
    assert_int_equal(g_chmod(s->folder, 0777), 0);
    assert_int_equal(symlink(own, s->target), 0);
    assert_int_equal(symlink(s->victim, other), 0);
    assert_int_equal(lchown(other, NOBODY, NOBODY), 0);
    pid_t adversary = fork();
    if (adversary == 0) {
        exchange(s->target, other);
        _exit(1);
    }
    while (g_get_monotonic_time() < end_us) {
        output_file *file = output_file_open(s->target, OUTPUT_GROWING, NULL);
        *(file ? &followed : &refused) += 1;
        if (file) {
            assert_true(output_file_write(file, "new", 3, NULL));
            assert_true(output_file_close(file, NULL));
        }
    }
    kill(adversary, SIGKILL);
    assert_int_equal(waitpid(adversary, NULL, 0), adversary);
    print_message("%u times followed, %u times refused\n", followed, refused);
    assert_true(followed > 0 && refused > 0);
    holds(s->victim, "precious");
    holds(own, "new");
    g_free(own);
    g_free(other);
}

void
output_users_tests(GArray *tests)
{
    static const struct {
        const char *name;
        CMUnitTestFunction run;
    } cases[] = {
        {"/output_users/link_of_another_user_is_refused", link_of_another_user_is_refused},
        {"/output_users/file_in_a_closed_folder_is_written_in_place", file_in_a_closed_folder_is_written_in_place},
        {"/output_users/leftover_of_a_file_of_another_user_is_removed", leftover_of_a_file_of_another_user_is_removed},
        {"/output_users/group_of_a_file_that_is_replaced_stays", group_of_a_file_that_is_replaced_stays},
        {"/output_users/another_group_does_not_get_what_a_group_had", another_group_does_not_get_what_a_group_had},
        {"/output_users/victim_of_an_adversary_stays", victim_of_an_adversary_stays},
        {"/output_users/link_of_the_user_is_not_exchanged", link_of_the_user_is_not_exchanged},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct CMUnitTest test = {cases[i].name, cases[i].run, scene_set_up, scene_tear_down, NULL};
        g_array_append_val(tests, test);
    }
}
