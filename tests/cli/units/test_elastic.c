/*
 * test_elastic.c - the pipe that never makes its writer wait: everything arrives, in order, whoever is slow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "elastic.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests.h"

enum { MIB = 1 << 20, BLOCK_BYTES = 64 << 10, LONGEST_SECONDS = 120 };

struct line {
    int in, out; /* what the test writes to and reads from */
    struct elastic *elastic;
    guint32 written, read; /* numbers, of which the bytes consist */
};

static struct line
make_line(void)
{
    int before[2], behind[2];

    /* Who waits for ever here is to fail. */
    alarm(LONGEST_SECONDS);
    signal(SIGPIPE, SIG_IGN);
    assert_true(g_unix_open_pipe(before, FD_CLOEXEC, NULL));
    assert_true(g_unix_open_pipe(behind, FD_CLOEXEC, NULL));
    return (struct line){.in = before[1], .out = behind[0], .elastic = elastic_new(before[0], behind[1])};
}

static void
write_some(struct line *line, gsize bytes)
{
    guint32 block[BLOCK_BYTES / sizeof(guint32)];

    for (gsize done = 0; done < bytes; done += sizeof block) {
        for (gsize i = 0; i < G_N_ELEMENTS(block); i++)
            block[i] = line->written++;
        for (gsize at = 0; at < sizeof block;) {
            gssize written = write(line->in, (const char *)block + at, sizeof block - at);
            assert_true(written > 0);
            at += (gsize)written;
        }
    }
}

static void
read_some(struct line *line, gsize bytes)
{
    guint32 block[BLOCK_BYTES / sizeof(guint32)];

    for (gsize done = 0; done < bytes; done += sizeof block) {
        for (gsize at = 0; at < sizeof block;) {
            gssize length = read(line->out, (char *)block + at, sizeof block - at);
            assert_true(length > 0);
            at += (gsize)length;
        }
        for (gsize i = 0; i < G_N_ELEMENTS(block); i++)
            assert_int_equal(block[i], line->read++);
    }
}

static void
end_line(struct line *line)
{
    char more;

    close(line->in);
    assert_int_equal(read(line->out, &more, 1), 0);
    elastic_free(line->elastic);
    close(line->out);
    alarm(0);
}

/* More than its memory holds, before anything is read. */
static void
writer_does_not_wait(void **state)
{
    (void)state;
    struct line line = make_line();
    write_some(&line, 40 * MIB);
    read_some(&line, 40 * MIB);
    write_some(&line, MIB);
    read_some(&line, MIB);
    end_line(&line);
}

static void
what_waits_is_passed_on_after_the_end(void **state)
{
    (void)state;
    struct line line = make_line();
    write_some(&line, 20 * MIB);
    close(line.in);
    line.in = -1;
    read_some(&line, 20 * MIB);
    end_line(&line);
}

/* The room that the files without a name take. */
static gint64
overflow_bytes(void)
{
    GDir *folder = g_dir_open("/proc/self/fd", 0, NULL);
    const char *name;
    gint64 bytes = 0;

    while ((name = g_dir_read_name(folder))) {
        char *link = g_build_filename("/proc/self/fd", name, NULL);
        char *target = g_file_read_link(link, NULL);
        struct stat file;
        if (target && strstr(target, "cicflowmeter-") && !stat(link, &file))
            bytes += file.st_blocks * 512;
        g_free(target);
        g_free(link);
    }
    g_dir_close(folder);
    return bytes;
}

static void
reader_that_stays_behind_costs_what_it_is_behind(void **state)
{
    (void)state;
    struct line line = make_line();
    write_some(&line, 24 * MIB);
    for (int i = 0; i < 20; i++) {
        write_some(&line, 4 * MIB);
        read_some(&line, 4 * MIB);
    }
    /* 24 MiB wait, of which the pipes and the memory hold a part; 80 have passed. */
    assert_true(overflow_bytes() >= MIB && overflow_bytes() <= 40 * MIB);
    read_some(&line, 24 * MIB);
    end_line(&line);
}

static gpointer
write_much(gpointer line)
{
    write_some(line, 40 * MIB);
    return NULL;
}

/* The writer then has to wait, and everything arrives all the same. */
static void
full_disk(void **state)
{
    (void)state;
    struct line line = make_line();
    struct rlimit before, small;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 3 * MIB + 5;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    GThread *writer = g_thread_new("writer", write_much, &line);
    g_usleep(G_USEC_PER_SEC / 2);
    assert_true(overflow_bytes() >= MIB && overflow_bytes() <= 4 * MIB);
    read_some(&line, 40 * MIB);
    g_thread_join(writer);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    end_line(&line);
}

static void
reader_goes_away(void **state)
{
    (void)state;
    struct line line = make_line();
    char byte = 0;

    write_some(&line, MIB);
    close(line.out);
    elastic_free(line.elastic);
    assert_int_equal(write(line.in, &byte, 1), -1);
    assert_int_equal(errno, EPIPE);
    close(line.in);
    alarm(0);
}

void
elastic_tests(GArray *tests)
{
    test_list_add(tests, "/elastic/writer_does_not_wait", writer_does_not_wait, NULL);
    test_list_add(tests, "/elastic/what_waits_is_passed_on_after_the_end", what_waits_is_passed_on_after_the_end, NULL);
    test_list_add(tests, "/elastic/reader_that_stays_behind_costs_what_it_is_behind",
                  reader_that_stays_behind_costs_what_it_is_behind, NULL);
    test_list_add(tests, "/elastic/full_disk", full_disk, NULL);
    test_list_add(tests, "/elastic/reader_goes_away", reader_goes_away, NULL);
}
