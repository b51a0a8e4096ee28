/*
 * test_failure.c - outputs that cannot be created or written: one error, with path and reason, and no more after it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _DEFAULT_SOURCE
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "some_flow.h"
#include "tests.h"

enum { ROWS = 50000, NOBODY = 65534 };

static void
says(GError *error, const char *path, const char *reason)
{
    assert_non_null(error);
    if (!strstr(error->message, path) || !strstr(error->message, reason))
        fail_msg("\"%s\" does not name %s and \"%s\"", error->message, path, reason);
    assert_null(strchr(error->message, '\n'));
    g_error_free(error);
}

static void
is_not_created(const char *path, int reason)
{
    record_layout layout = some_layout("src_ip", NULL);
    GError *error = NULL;

    assert_null(record_writer_new(path, OUTPUT_GROWING, RECORD_CSV, &layout, &error));
    says(error, path, g_strerror(reason));
    record_layout_clear(&layout);
}

static void
missing_folder(void **state G_GNUC_UNUSED)
{
    is_not_created("/nonexistent/out.csv", ENOENT);
}

static void
path_is_a_folder(void **state G_GNUC_UNUSED)
{
    is_not_created("/", EISDIR);
}

static void
name_too_long(void **state G_GNUC_UNUSED)
{
    char name[400] = "/tmp/";

    memset(name + strlen(name), 'x', sizeof name - strlen(name) - 1);
    name[sizeof name - 1] = '\0';
    is_not_created(name, ENAMETOOLONG);
}

/* root may write anywhere, so it switches to another user for this test. */
static void
read_only_folder(void **state G_GNUC_UNUSED)
{
    g_autofree char *folder = g_dir_make_tmp("cicflow-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "out.csv", NULL);
    uid_t user = geteuid();

    assert_int_equal(g_chmod(folder, 0555), 0);
    if (user == 0)
        assert_int_equal(seteuid(NOBODY), 0);
    is_not_created(path, EACCES);
    if (user == 0)
        assert_int_equal(seteuid(user), 0);
    g_rmdir(folder);
}

/* The first error is reported once; afterwards nothing is written or reported. */
static void
error_sticks(record_writer *writer, const char *path, int reason)
{
    GError *error = NULL;

    assert_false(write_some_flow(writer, ROWS, &error));
    says(error, path, g_strerror(reason));
    error = NULL;
    assert_true(write_some_flow(writer, ROWS, &error));
    assert_true(record_writer_flush(writer, &error));
    assert_true(record_writer_close(writer, &error));
    assert_null(error);
}

static void
full_disk(void **state G_GNUC_UNUSED)
{
    record_layout layout = some_layout("", NULL);

    error_sticks(record_writer_new("/dev/full", OUTPUT_GROWING, RECORD_CSV, &layout, NULL), "/dev/full", ENOSPC);
    record_layout_clear(&layout);
}

/* If rows still in memory cannot be written when the writer closes, that is reported too. */
static void
full_disk_at_the_end(void **state G_GNUC_UNUSED)
{
    record_layout layout = some_layout("src_ip", NULL);
    GError *error = NULL;

    record_writer *writer = record_writer_new("/dev/full", OUTPUT_GROWING, RECORD_JSON_LINES, &layout, NULL);
    assert_true(write_some_flow(writer, 1, NULL));
    assert_false(record_writer_close(writer, &error));
    says(error, "/dev/full", g_strerror(ENOSPC));
    record_layout_clear(&layout);
}

static void
closed_pipe(void **state G_GNUC_UNUSED)
{
    record_layout layout = some_layout("", NULL);
    int ends[2], kept = dup(STDOUT_FILENO);
    void (*handler)(int) = signal(SIGPIPE, SIG_IGN);

    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    record_writer *writer = record_writer_new("-", OUTPUT_GROWING, RECORD_CSV, &layout, NULL);
    GError *error = NULL;
    gboolean written = write_some_flow(writer, ROWS, &error);
    gboolean closed = record_writer_close(writer, NULL);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    signal(SIGPIPE, handler);
    assert_false(written);
    assert_true(closed);
    says(error, "standard output", g_strerror(EPIPE));
    record_layout_clear(&layout);
}

void
failure_tests(GArray *tests)
{
    test_list_add(tests, "/failure/missing_folder", missing_folder, NULL);
    test_list_add(tests, "/failure/path_is_a_folder", path_is_a_folder, NULL);
    test_list_add(tests, "/failure/name_too_long", name_too_long, NULL);
    test_list_add(tests, "/failure/read_only_folder", read_only_folder, NULL);
    test_list_add(tests, "/failure/full_disk", full_disk, NULL);
    test_list_add(tests, "/failure/full_disk_at_the_end", full_disk_at_the_end, NULL);
    test_list_add(tests, "/failure/closed_pipe", closed_pipe, NULL);
}
