/*
 * main.c - threads write the records that one thread writes, in the same order, and report the same errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "output/record_pool.h"
#include "test_list.h"

/* Several pages of Parquet. */
enum { WRITERS = 3, FLOWS = 20000 };

/* The index-th of many flows that differ in every kind of value. */
static flow
make_flow(guint index)
{
    flow f;
    observation packet = {
        .time_ns = (int64_t)index * 1234567891,
        .frame = index + 1,
        .length_bytes = 60 + index % 1400,
        .ip_version = index % 3 == 0 ? 6 : 4,
        .protocol = TRANSPORT_TCP,
        .src_port = (uint16_t)index,
        .dst_port = 80,
        .ip_header_bytes = 20,
        .payload_bytes = index % 1400,
    };
    flow_key key = {0};

    memcpy(packet.src.bytes, &index, sizeof index);
    flow_init(&f, &key, &packet);
    for (guint i = 0; i <= index % 7; i++) {
        packet.time_ns += index * 1000003 + i * 17;
        flow_add(&f, &packet, i % 3 == 2 ? BACKWARD : FORWARD, &flow_settings_default.gaps);
    }
    f.id = index + 1;
    return f;
}

typedef struct {
    char *path[WRITERS];
    record_layout layout;
    record_writer *writers[WRITERS];
} files;

static void
files_open(files *f, const char *label)
{
    const record_format formats[WRITERS] = {RECORD_CSV, RECORD_JSON_LINES, RECORD_PARQUET};

    *f = (files){0};
    assert_true(
        record_layout_init(&f->layout, dialect_at(0), NULL, "flow_id,end_reason", label, TIMESTAMP_ISO8601, NULL));
    for (int i = 0; i < WRITERS; i++) {
        int fd = g_file_open_tmp("cicflow-test-XXXXXX", &f->path[i], NULL);
        assert_true(fd >= 0);
        close(fd);
        f->writers[i] = record_writer_new(f->path[i], OUTPUT_GROWING, formats[i], &f->layout, NULL);
        assert_non_null(f->writers[i]);
    }
}

/* Closes the files and returns what is in them. */
static GString *
files_close(files *f)
{
    GString *all = g_string_new(NULL);

    for (int i = 0; i < WRITERS; i++) {
        g_autofree char *bytes = NULL;
        gsize size = 0;
        assert_true(record_writer_close(f->writers[i], NULL));
        assert_true(g_file_get_contents(f->path[i], &bytes, &size, NULL));
        g_string_append_len(all, bytes, (gssize)size);
        g_unlink(f->path[i]);
        g_free(f->path[i]);
    }
    record_layout_clear(&f->layout);
    return all;
}

static GString *
write_alone(void)
{
    files f;

    files_open(&f, "a \"b\", c");
    for (guint i = 0; i < FLOWS; i++) {
        flow one = make_flow(i);
        for (int w = 0; w < WRITERS; w++)
            assert_true(record_writer_add(f.writers[w], &one, NULL));
    }
    return files_close(&f);
}

/* Calls drain and hasten now and then, which must not change a byte. */
static GString *
write_with(guint threads)
{
    files f;

    files_open(&f, "a \"b\", c");
    record_pool *pool = record_pool_new(threads, sizeof(flow), f.writers, WRITERS);
    for (guint i = 0; i < FLOWS; i++) {
        flow one = make_flow(i);
        assert_true(record_pool_add(pool, &one, NULL));
        if (i % 97 == 0)
            record_pool_hasten(pool);
        if (i % 401 == 0)
            assert_true(record_pool_drain(pool, NULL));
    }
    assert_true(record_pool_drain(pool, NULL));
    record_pool_free(pool);
    return files_close(&f);
}

static void
same_bytes(void **state)
{
    g_autoptr(GString) expected = write_alone();
    g_autoptr(GString) actual = write_with(*(const guint *)*state);

    assert_true(expected->len > 2 * FLOWS * 300);
    assert_int_equal(actual->len, expected->len);
    assert_memory_equal(actual->str, expected->str, expected->len);
}

/* A row that somebody waits for is written although its batch is not full. */
static void
hastened_row_arrives(void **state G_GNUC_UNUSED)
{
    int ends[2];
    char path[64];
    char bytes[64 * 1024];
    record_layout layout = {0};
    record_writer *writers[WRITERS] = {NULL};
    flow one = make_flow(1);

    assert_int_equal(pipe(ends), 0);
    g_snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    assert_true(record_layout_init(&layout, dialect_at(0), "src_port", NULL, NULL, TIMESTAMP_UTC, NULL));
    writers[0] = record_writer_new(path, OUTPUT_GROWING, RECORD_CSV, &layout, NULL);
    assert_non_null(writers[0]);
    record_pool *pool = record_pool_new(2, sizeof(flow), writers, WRITERS);
    assert_true(record_pool_add(pool, &one, NULL));
    record_pool_hasten(pool);
    ssize_t got = read(ends[0], bytes, sizeof bytes);
    assert_true(got > 0);
    bytes[got] = '\0';
    assert_string_equal(bytes, "src_port\n1\n");
    record_pool_free(pool);
    assert_true(record_writer_close(writers[0], NULL));
    record_layout_clear(&layout);
    close(ends[0]);
    close(ends[1]);
}

/* The first error is reported once, by the drain at the latest. */
static void
full_disk_is_told_once(void **state G_GNUC_UNUSED)
{
    record_layout layout = {0};
    record_writer *writers[WRITERS] = {NULL};
    g_autoptr(GError) error = NULL;
    guint errors = 0;

    assert_true(record_layout_init(&layout, dialect_at(0), NULL, NULL, NULL, TIMESTAMP_UTC, NULL));
    writers[1] = record_writer_new("/dev/full", OUTPUT_GROWING, RECORD_CSV, &layout, NULL);
    assert_non_null(writers[1]);
    record_pool *pool = record_pool_new(2, sizeof(flow), writers, WRITERS);
    for (guint i = 0; i < FLOWS / 4; i++) {
        flow one = make_flow(i);
        errors += !record_pool_add(pool, &one, errors == 0 ? &error : NULL);
    }
    errors += !record_pool_drain(pool, errors == 0 ? &error : NULL);
    assert_int_equal(errors, 1);
    assert_non_null(strstr(error->message, "/dev/full"));
    record_pool_free(pool);
    record_writer_close(writers[1], NULL);
    record_layout_clear(&layout);
}

/* Outputs whose neighbour fails have the first records, without a gap. */
static void
nothing_is_written_after_an_error(void **state G_GNUC_UNUSED)
{
    files f;
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_autoptr(GString) expected = write_alone();

    files_open(&f, "a \"b\", c");
    assert_true(record_writer_close(f.writers[0], NULL));
    f.writers[0] = record_writer_new("/dev/full", OUTPUT_GROWING, RECORD_CSV, &f.layout, NULL);
    record_pool *pool = record_pool_new(2, sizeof(flow), f.writers, WRITERS);
    for (guint i = 0; i < FLOWS; i++) {
        flow one = make_flow(i);
        record_pool_add(pool, &one, NULL);
    }
    record_pool_drain(pool, NULL);
    record_pool_free(pool);
    for (int i = 0; i < WRITERS; i++)
        record_writer_close(f.writers[i], NULL);
    assert_true(g_file_get_contents(f.path[1], &bytes, &size, NULL));
    const char *begin = strstr(expected->str, "\n{");
    assert_true(size < expected->len / 10);
    assert_memory_equal(bytes, begin + 1, size);
    for (int i = 0; i < WRITERS; i++) {
        g_unlink(f.path[i]);
        g_free(f.path[i]);
    }
    record_layout_clear(&f.layout);
}

int
main(int argument_count, char **arguments)
{
    static const guint threads[] = {1, 2, 5};
    GArray *tests = test_list_new();

    test_list_add(tests, "/record_pool/one_thread_writes_the_same_bytes", same_bytes, &threads[0]);
    test_list_add(tests, "/record_pool/two_threads_write_the_same_bytes", same_bytes, &threads[1]);
    test_list_add(tests, "/record_pool/five_threads_write_the_same_bytes", same_bytes, &threads[2]);
    test_list_add(tests, "/record_pool/hastened_row_arrives", hastened_row_arrives, NULL);
    test_list_add(tests, "/record_pool/full_disk_is_told_once", full_disk_is_told_once, NULL);
    test_list_add(tests, "/record_pool/nothing_is_written_after_an_error", nothing_is_written_after_an_error, NULL);
    return test_list_run(tests, "output", argument_count, arguments);
}
