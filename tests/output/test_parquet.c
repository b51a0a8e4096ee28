/*
 * test_parquet.c - Parquet files byte by byte where a specification defines the bytes, and files that cannot be
 * completed or are continued. How readers see whole files is tested in tests/parquet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <string.h>

#include "output/parquet_writer.h"
#include "output/record_writer.h"
#include "output/thrift.h"
#include "parquet_bodies.h"
#include "scene.h"
#include "some_flow.h"
#include "tests.h"

static void
bytes_are(const GByteArray *bytes, const char *expected_hex)
{
    g_autoptr(GString) hex = g_string_new(NULL);

    for (guint i = 0; i < bytes->len; i++)
        g_string_append_printf(hex, "%s%02x", i > 0 ? " " : "", bytes->data[i]);
    assert_string_equal(hex->str, expected_hex);
}

/* Numbers of the specification: zigzag makes 0, -1, 1, -2 into 0, 1, 2, 3; varints have seven bits a byte, and 50399 is
 * df 89 03. */
static void
compact_protocol(void **state G_GNUC_UNUSED)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    thrift t = thrift_begin(bytes);

    thrift_append_varint(bytes, 50399);
    bytes_are(bytes, "df 89 03");
    g_byte_array_set_size(bytes, 0);
    thrift_i32(&t, 1, -2);     /* field 1 after none: delta 1, type 5; 3 */
    thrift_i64(&t, 3, 64);     /* delta 2, type 6; 128 in two bytes */
    thrift_text(&t, 18, "ab"); /* delta 15, type 8 */
    thrift_true(&t, 19);       /* delta 1, type 1 */
    thrift_begin_list(&t, 20, THRIFT_I32, 2);
    thrift_i32(&t, THRIFT_ELEMENT, 0);
    thrift_i32(&t, THRIFT_ELEMENT, -1);
    thrift_begin_list(&t, 21, THRIFT_BINARY, 15); /* a long list: f8, count */
    for (int i = 0; i < 15; i++)
        thrift_text(&t, THRIFT_ELEMENT, "");
    thrift_begin_struct(&t, 22);
    thrift_i32(&t, 1, 1); /* field numbers begin anew */
    thrift_end(&t);
    thrift_begin_list(&t, 23, THRIFT_STRUCT, 1);
    thrift_begin_struct(&t, THRIFT_ELEMENT);
    thrift_end(&t);
    thrift_end(&t);
    bytes_are(bytes, "15 03 26 80 01 f8 02 61 62 11 19 25 00 01 19 f8 0f 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                     "1c 15 02 00 19 1c 00 00");
}

/* Expects this page for the cells, and this dictionary; NULL: no dictionary. */
static void
pages_are(value_type type, column_cells cells, const char *expected_page, const char *expected_dictionary)
{
    GByteArray *dictionary, *page = parquet_body_of(type, &cells, &dictionary);

    bytes_are(page, expected_page);
    if (expected_dictionary)
        bytes_are(dictionary, expected_dictionary);
    else
        assert_null(dictionary);
    g_byte_array_free(page, TRUE);
    if (dictionary)
        g_byte_array_free(dictionary, TRUE);
}

static uint64_t
place(uint64_t at, uint64_t bytes)
{
    return at << 32 | bytes;
}

/* The example of Encodings.md: the numbers 0 to 7 in three bits are 88 c6 fa. */
static void
texts_are_packed_numbers(void **state G_GNUC_UNUSED)
{
    uint64_t places[16];
    guint8 presence[16];

    for (unsigned i = 0; i < 16; i++) {
        places[i] = place((uint64_t)i % 8 * 2, 2);
        presence[i] = 1;
    }
    /* Four bytes of length, and a run of sixteen times 1; three bits, two packed groups. */
    pages_are(VALUE_TEXT, (column_cells){16, places, presence, "a\0b\0c\0d\0e\0f\0g\0h"},
              "02 00 00 00 20 01 03 05 88 c6 fa 88 c6 fa",
              "01 00 00 00 61 01 00 00 00 62 01 00 00 00 63 01 00 00 00 64 "
              "01 00 00 00 65 01 00 00 00 66 01 00 00 00 67 01 00 00 00 68");
}

/* What is not UTF-8 is written as the replacement character, ef bf bd. */
static void
different_texts_are_written_plainly(void **state G_GNUC_UNUSED)
{
    uint64_t places[] = {place(0, 2), place(2, 3), place(5, 2)};
    guint8 presence[] = {1, 1, 1};

    pages_are(VALUE_TEXT, (column_cells){3, places, presence, "a\0b\xff\0c"},
              "02 00 00 00 06 01 01 00 00 00 61 04 00 00 00 62 ef bf bd 01 00 00 00 63", NULL);
}

static void
same_numbers_are_a_run(void **state G_GNUC_UNUSED)
{
    uint64_t numbers[] = {5, 5, 5};
    guint8 presence[] = {1, 1, 1};

    pages_are(VALUE_INTEGER, (column_cells){3, numbers, presence, NULL}, "02 00 00 00 06 01 01 06 00",
              "05 00 00 00 00 00 00 00");
}

/* Numbers between which some are missing. */
static void
missing_numbers_leave_no_values(void **state G_GNUC_UNUSED)
{
    uint64_t numbers[] = {1, 7, (uint64_t)-2};
    guint8 presence[] = {1, 0, 1};

    /* The levels 1, 0, 1 are one packed group, 00000101. */
    pages_are(VALUE_INTEGER, (column_cells){3, numbers, presence, NULL},
              "02 00 00 00 03 05 01 00 00 00 00 00 00 00 fe ff ff ff ff ff ff ff", NULL);
}

/* No value refers to the dictionary, but readers expect one. */
static void
missing_numbers_alone(void **state G_GNUC_UNUSED)
{
    uint64_t numbers[] = {7, 7};
    guint8 presence[] = {0, 0};

    pages_are(VALUE_REAL, (column_cells){2, numbers, presence, NULL}, "02 00 00 00 04 00 01", "");
}

/* [1, 2], null, [], [3] */
static void
lists_have_levels(void **state G_GNUC_UNUSED)
{
    uint64_t elements[] = {1, 2, 3}, places[] = {place(0, 16), 0, place(16, 0), place(16, 8)};
    guint8 presence[] = {1, 0, 1, 1};

    /* Repetition 0 1 0 0 0 in one bit each: 00000010. Definition 2 2 0 1 2 in two bits each: 01001010, 00000010. */
    pages_are(VALUE_INTEGERS, (column_cells){4, places, presence, (const char *)elements},
              "02 00 00 00 03 02 03 00 00 00 03 4a 02 01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 "
              "03 00 00 00 00 00 00 00",
              NULL);
}

static bool
looks_whole(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize size = 0;
    return g_file_get_contents(path, &bytes, &size, NULL) && size >= 12 && memcmp(bytes, "PAR1", 4) == 0 &&
           memcmp(bytes + size - 4, "PAR1", 4) == 0;
}

static gsize
file_size(const char *path)
{
    GStatBuf status;

    assert_int_equal(g_stat(path, &status), 0);
    return (gsize)status.st_size;
}

static void
file_appears_when_complete(void **state)
{
    const scene *s = *state;
    record_layout layout = some_layout("src_ip,src_port", "x");
    record_writer *writer = record_writer_new(s->target, OUTPUT_WHOLE, RECORD_PARQUET, &layout, NULL);

    assert_true(write_some_flow(writer, 10, NULL));
    is_missing(s->target);
    assert_true(record_writer_flush(writer, NULL));
    assert_int_equal(file_size(s->partial), 0);
    assert_true(record_writer_complete(writer, NULL));
    assert_true(looks_whole(s->target));
    assert_true(record_writer_close(writer, NULL));
    is_missing(s->partial);
    record_layout_clear(&layout);
}

/* After an early end, the rows so far are readable: the partial file is given a footer. */
static void
file_of_a_run_that_ended_early_is_partial(void **state)
{
    const scene *s = *state;
    record_layout layout = some_layout("src_ip,src_port", "x");
    record_writer *writer = record_writer_new(s->target, OUTPUT_WHOLE, RECORD_PARQUET, &layout, NULL);

    assert_true(write_some_flow(writer, 10, NULL));
    assert_true(record_writer_close(writer, NULL));
    is_missing(s->target);
    assert_true(looks_whole(s->partial));
    record_layout_clear(&layout);
}

/* As when a capture continues in another file. */
static void
complete_file_is_gone_on_with(void **state)
{
    const scene *s = *state;
    record_layout layout = some_layout("src_ip,src_port", "x");
    record_writer *writer = record_writer_new(s->target, OUTPUT_WHOLE, RECORD_PARQUET, &layout, NULL);

    assert_true(write_some_flow(writer, 10, NULL));
    assert_true(record_writer_complete(writer, NULL));
    gsize first = file_size(s->target);
    assert_true(record_writer_complete(writer, NULL));
    assert_int_equal(file_size(s->target), first);
    assert_true(write_some_flow(writer, PARQUET_GROUP_ROWS_MAX + 1, NULL));
    assert_true(record_writer_complete(writer, NULL));
    assert_true(looks_whole(s->target));
    assert_true(file_size(s->target) > first);
    assert_true(record_writer_close(writer, NULL));
    record_layout_clear(&layout);
}

static void
full_disk_is_told(void **state G_GNUC_UNUSED)
{
    record_layout layout = some_layout("src_ip", NULL);
    g_autoptr(GError) error = NULL;
    record_writer *writer = record_writer_new("/dev/full", OUTPUT_WHOLE, RECORD_PARQUET, &layout, NULL);

    assert_non_null(writer);
    assert_false(write_some_flow(writer, 3 * PARQUET_GROUP_ROWS_MAX, &error));
    assert_non_null(strstr(error->message, "/dev/full"));
    g_clear_error(&error);
    assert_true(record_writer_complete(writer, &error));
    record_writer_close(writer, &error);
    assert_null(error);
    record_layout_clear(&layout);
}

static const struct {
    const char *name;
    CMUnitTestFunction run;
} with_files[] = {
    {"/parquet/file_appears_when_complete", file_appears_when_complete},
    {"/parquet/file_of_a_run_that_ended_early_is_partial", file_of_a_run_that_ended_early_is_partial},
    {"/parquet/complete_file_is_gone_on_with", complete_file_is_gone_on_with},
};

void
parquet_tests(GArray *tests)
{
    test_list_add(tests, "/parquet/compact_protocol", compact_protocol, NULL);
    test_list_add(tests, "/parquet/texts_are_packed_numbers", texts_are_packed_numbers, NULL);
    test_list_add(tests, "/parquet/different_texts_are_written_plainly", different_texts_are_written_plainly, NULL);
    test_list_add(tests, "/parquet/same_numbers_are_a_run", same_numbers_are_a_run, NULL);
    test_list_add(tests, "/parquet/missing_numbers_leave_no_values", missing_numbers_leave_no_values, NULL);
    test_list_add(tests, "/parquet/missing_numbers_alone", missing_numbers_alone, NULL);
    test_list_add(tests, "/parquet/lists_have_levels", lists_have_levels, NULL);
    test_list_add(tests, "/parquet/full_disk_is_told", full_disk_is_told, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(with_files); i++) {
        struct CMUnitTest test = {with_files[i].name, with_files[i].run, scene_set_up, scene_tear_down, NULL};
        g_array_append_val(tests, test);
    }
}
