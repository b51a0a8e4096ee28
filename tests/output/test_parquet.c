/*
 * test_parquet.c - Parquet files byte by byte where a specification says how they are to be, and what becomes of a file
 * that cannot be completed or is gone on with. What readers make of whole files is tested in tests/parquet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <string.h>

#include "output/parquet_page.h"
#include "output/parquet_writer.h"
#include "output/thrift.h"
#include "scene.h"
#include "some_flow.h"
#include "tests.h"

static void
bytes_are(const GByteArray *bytes, const char *expected_hex)
{
    GString *hex = g_string_new(NULL);

    for (guint i = 0; i < bytes->len; i++)
        g_string_append_printf(hex, "%s%02x", i > 0 ? " " : "", bytes->data[i]);
    assert_string_equal(hex->str, expected_hex);
    g_string_free(hex, TRUE);
}

/* Numbers of the specification: zigzag makes 0, -1, 1, -2 into 0, 1, 2, 3; varints have seven bits a byte, and 50399 is
 * df 89 03. */
static void
compact_protocol(void **state)
{
    GByteArray *bytes = g_byte_array_new();
    thrift t = thrift_begin(bytes);

    (void)state;
    thrift_append_varint(bytes, 50399);
    bytes_are(bytes, "df 89 03");
    g_byte_array_set_size(bytes, 0);
    thrift_i32(&t, 1, -2);     /* field 1 after none: delta 1, type 5; 3 */
    thrift_i64(&t, 3, 64);     /* delta 2, type 6; 128 in two bytes */
    thrift_text(&t, 19, "ab"); /* delta 16 is too long: type 8, then 19 as 38 */
    thrift_bool(&t, 20, true); /* delta 1, type 1 */
    thrift_begin_list(&t, 21, THRIFT_I32, 2);
    thrift_add_i32(&t, 0);
    thrift_add_i32(&t, -1);
    thrift_begin_list(&t, 22, THRIFT_BINARY, 15); /* a long list: f8, count */
    for (int i = 0; i < 15; i++)
        thrift_add_text(&t, "");
    thrift_begin_struct(&t, 23);
    thrift_i16(&t, 1, 1); /* field numbers begin anew */
    thrift_end(&t);
    thrift_empty_struct(&t, 24);
    thrift_end(&t);
    bytes_are(bytes,
              "15 03 26 80 01 08 26 02 61 62 11 19 25 00 01 19 f8 0f 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
              "1c 14 02 00 1c 00 00");
    g_byte_array_free(bytes, TRUE);
}

/* The bytes of a page as they were before compression. */
static GByteArray *
body_of(parquet_page *page)
{
    ZSTD_CCtx *compressor = ZSTD_createCCtx();
    GByteArray *out = g_byte_array_new(), *body = g_byte_array_new();
    guint8 magic[] = {0x28, 0xb5, 0x2f, 0xfd};
    guint header = 0;

    parquet_page_encode(page, compressor, out);
    while (memcmp(out->data + header, magic, sizeof magic) != 0)
        header++;
    g_byte_array_set_size(body, 4096);
    size_t size = ZSTD_decompress(body->data, body->len, out->data + header, out->len - header);
    assert_false(ZSTD_isError(size));
    g_byte_array_set_size(body, (guint)size);
    g_byte_array_free(out, TRUE);
    ZSTD_freeCCtx(compressor);
    return body;
}

/* Adds a row of one cell. */
static void
add_cell(parquet_page *page, const uint64_t *number, const char *more, parquet_dictionary *dictionary)
{
    static const uint64_t nothing = 7;
    const char presence = number != NULL;
    record_row row = {(const char *)(number ? number : &nothing), &presence, more};

    parquet_page_add(page, &row, 1, 0, dictionary);
}

/* The example of Encodings.md: the numbers 0 to 7 in three bits are 88 c6 fa. */
static void
texts_are_packed_numbers(void **state)
{
    parquet_page page;
    parquet_dictionary *dictionary = parquet_dictionary_new();

    (void)state;
    parquet_page_init(&page, VALUE_TEXT);
    for (int i = 0; i < 8; i++) {
        const char text[] = {(char)('a' + i), '\0'};
        const uint64_t size = sizeof text;
        add_cell(&page, &size, text, dictionary);
    }
    GByteArray *body = body_of(&page);
    /* Four bytes of length, and a run of eight times 1; three bits, one packed group. */
    bytes_are(body, "02 00 00 00 10 01 03 03 88 c6 fa");
    g_byte_array_free(body, TRUE);
    parquet_page_clear(&page);
    parquet_dictionary_free(dictionary);
}

/* Numbers between which some are missing. */
static void
missing_numbers_leave_no_values(void **state)
{
    parquet_page page;
    const uint64_t one = 1, two = (uint64_t)-2;

    (void)state;
    parquet_page_init(&page, VALUE_INTEGER);
    add_cell(&page, &one, NULL, NULL);
    add_cell(&page, NULL, NULL, NULL);
    add_cell(&page, &two, NULL, NULL);
    assert_int_equal(page.nulls, 1);
    GByteArray *body = body_of(&page);
    /* The levels 1, 0, 1 are one packed group, 00000101. */
    bytes_are(body, "02 00 00 00 03 05 01 00 00 00 00 00 00 00 fe ff ff ff ff ff ff ff");
    assert_true(page.bounds.are_known);
    assert_int_equal(page.bounds.least.integer, -2);
    assert_int_equal(page.bounds.greatest.integer, 1);
    g_byte_array_free(body, TRUE);
    parquet_page_clear(&page);
}

/* [1, 2], null, [], [3] */
static void
lists_have_levels(void **state)
{
    parquet_page page;
    const uint64_t counts[] = {2, 0, 1};
    const uint64_t numbers[] = {1, 2}, three = 3;

    (void)state;
    parquet_page_init(&page, VALUE_INTEGERS);
    add_cell(&page, &counts[0], (const char *)numbers, NULL);
    add_cell(&page, NULL, NULL, NULL);
    add_cell(&page, &counts[1], NULL, NULL);
    add_cell(&page, &counts[2], (const char *)&three, NULL);
    GByteArray *body = body_of(&page);
    /* Repetition 0 1 0 0 0 in one bit each: 00000010. Definition 2 2 0 1 2 in two bits each: 01001010, 00000010. */
    bytes_are(body, "02 00 00 00 03 02 03 00 00 00 03 4a 02 01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 "
                    "03 00 00 00 00 00 00 00");
    g_byte_array_free(body, TRUE);
    parquet_page_clear(&page);
}

/* Texts that are not UTF-8 become it; what is added again keeps its number, also after many others. */
static void
dictionary_numbers_stay(void **state)
{
    enum { TEXTS = 10000 };
    parquet_dictionary *dictionary = parquet_dictionary_new();
    char text[16];

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < TEXTS; i++) {
            g_snprintf(text, sizeof text, "%u", i);
            assert_int_equal(parquet_dictionary_add(dictionary, text), i);
        }
    }
    assert_int_equal(parquet_dictionary_add(dictionary, "a\xff"), TEXTS);
    assert_int_equal(parquet_dictionary_add(dictionary, "a\xff"), TEXTS);
    assert_string_equal(parquet_dictionary_text(dictionary, TEXTS), "a\xef\xbf\xbd");
    assert_string_equal(parquet_dictionary_text(dictionary, 77), "77");
    parquet_dictionary_free(dictionary);
}

static bool
looks_whole(const char *path)
{
    char *bytes = NULL;
    gsize size = 0;
    bool is_whole = g_file_get_contents(path, &bytes, &size, NULL) && size >= 12 && memcmp(bytes, "PAR1", 4) == 0 &&
                    memcmp(bytes + size - 4, "PAR1", 4) == 0;

    g_free(bytes);
    return is_whole;
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

/* What was read before an end that came early can be read: the file has an end, under the partial name. */
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

/* As when a capture goes on in another file. */
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
full_disk_is_told(void **state)
{
    record_layout layout = some_layout("src_ip", NULL);
    GError *error = NULL;
    record_writer *writer = record_writer_new("/dev/full", OUTPUT_WHOLE, RECORD_PARQUET, &layout, NULL);

    (void)state;
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
    test_list_add(tests, "/parquet/missing_numbers_leave_no_values", missing_numbers_leave_no_values, NULL);
    test_list_add(tests, "/parquet/lists_have_levels", lists_have_levels, NULL);
    test_list_add(tests, "/parquet/dictionary_numbers_stay", dictionary_numbers_stay, NULL);
    test_list_add(tests, "/parquet/full_disk_is_told", full_disk_is_told, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(with_files); i++) {
        struct CMUnitTest test = {with_files[i].name, with_files[i].run, scene_set_up, scene_tear_down, NULL};
        g_array_append_val(tests, test);
    }
}
