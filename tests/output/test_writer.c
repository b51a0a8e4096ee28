/*
 * test_writer.c - records as CSV and JSON lines: quoting, escaping, the form of every kind of value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <string.h>

#include "output/record_text.h"
#include "some_flow.h"
#include "tests.h"

typedef struct {
    const char *name;
    record_format format;
    const char *fields, *label;
    const char *text; /* with one record */
} known_file;

static const known_file known_files[] = {
    {"/writer/csv/values", RECORD_CSV, "src_ip,src_port,timestamp,flow_duration,pkt_len_mean", NULL,
     "src_ip,src_port,timestamp,flow_duration,pkt_len_mean\n10.0.0.1,1000,2023-11-14 22:13:20,0.0,60.0\n"},
    {"/writer/csv/label", RECORD_CSV, "dst_port", "attack", "dst_port,label\n53,attack\n"},
    {"/writer/csv/comma", RECORD_CSV, "dst_port", "a,b", "dst_port,label\n53,\"a,b\"\n"},
    {"/writer/csv/quotes", RECORD_CSV, "dst_port", "\"a\"", "dst_port,label\n53,\"\"\"a\"\"\"\n"},
    {"/writer/csv/line_end", RECORD_CSV, "dst_port", "a\nb", "dst_port,label\n53,\"a\nb\"\n"},
    {"/writer/csv/carriage_return", RECORD_CSV, "dst_port", "a\rb", "dst_port,label\n53,\"a\rb\"\n"},
    {"/writer/csv/spaces_and_semicolons", RECORD_CSV, "dst_port", " a; b ", "dst_port,label\n53, a; b \n"},
    {"/writer/csv/umlaut", RECORD_CSV, "dst_port", "\xc3\xa4", "dst_port,label\n53,\xc3\xa4\n"},
    {"/writer/json/values", RECORD_JSON_LINES, "src_ip,src_port,timestamp,flow_duration", NULL,
     "{\"src_ip\":\"10.0.0.1\",\"src_port\":1000,\"timestamp\":\"2023-11-14 22:13:20\",\"flow_duration\":0.0}\n"},
    {"/writer/json/label", RECORD_JSON_LINES, "dst_port", "a,b", "{\"dst_port\":53,\"label\":\"a,b\"}\n"},
    {"/writer/json/quotes", RECORD_JSON_LINES, "dst_port", "\"\\", "{\"dst_port\":53,\"label\":\"\\\"\\\\\"}\n"},
    {"/writer/json/control", RECORD_JSON_LINES, "dst_port", "\n\t\x01\x7f",
     "{\"dst_port\":53,\"label\":\"\\u000a\\u0009\\u0001\\u007f\"}\n"},
    {"/writer/json/umlaut", RECORD_JSON_LINES, "dst_port", "\xc3\xa4", "{\"dst_port\":53,\"label\":\"\xc3\xa4\"}\n"},
    {"/writer/json/not_utf8", RECORD_JSON_LINES, "dst_port", "a\xff",
     "{\"dst_port\":53,\"label\":\"a\xef\xbf\xbd\"}\n"},
};

/* A new name in a new folder; both are removed by remove_file(). */
static char *
new_path(void)
{
    g_autofree char *folder = g_dir_make_tmp("cicflow-XXXXXX", NULL);
    assert_non_null(folder);
    return g_build_filename(folder, "out", NULL);
}

static void
remove_file(char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
}

static void
is_written_as_known(void **state)
{
    const known_file *known = *state;
    record_layout layout = some_layout(known->fields, known->label);
    char *path = new_path(), *text = NULL;

    record_writer *writer = record_writer_new(path, OUTPUT_GROWING, known->format, &layout, NULL);
    assert_non_null(writer);
    assert_true(write_some_flow(writer, 1, NULL));
    assert_true(record_writer_close(writer, NULL));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, known->text);
    g_free(text);
    remove_file(path);
    record_layout_clear(&layout);
}

static void
is_without_records(const char *path, record_format format, const char *expected)
{
    record_layout layout = some_layout("src_ip,dst_ip", "x");
    g_autofree char *text = NULL;

    record_writer *writer = record_writer_new(path, OUTPUT_GROWING, format, &layout, NULL);
    assert_true(record_writer_complete(writer, NULL));
    assert_true(record_writer_close(writer, NULL));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, expected);
    record_layout_clear(&layout);
}

static void
without_records_there_is_a_header(void **state G_GNUC_UNUSED)
{
    char *path = new_path();

    is_without_records(path, RECORD_CSV, "src_ip,dst_ip,label\n");
    is_without_records(path, RECORD_JSON_LINES, "");
    remove_file(path);
}

/* Numbers of which the index-th is that many times the first. */
static feature_value
multiple(const void *elements, unsigned index)
{
    return (feature_value){.type = VALUE_INTEGER, .integer = *(const int *)elements * (int64_t)index};
}

static feature_value
part(const void *elements, unsigned index)
{
    return (feature_value){.type = VALUE_REAL, .real = index / (double)*(const int *)elements};
}

static const int minus_2 = -2, zero = 0, eight = 8;

/* Values that no column of this dialect has. */
static feature_value
made_value(const flow *f G_GNUC_UNUSED, feature_id feature)
{
    const feature_value values[] = {
        {.type = VALUE_MISSING},
        {.type = VALUE_INTEGERS, .list = {&minus_2, 4, multiple}},
        {.type = VALUE_INTEGERS, .list = {&minus_2, 0, multiple}},
        {.type = VALUE_REALS, .list = {&eight, 3, part}},
        {.type = VALUE_REALS, .list = {&zero, 1, part}},
        {.type = VALUE_INTEGERS, .list = {&minus_2, 255, multiple}},
    };
    return values[feature];
}

static void
check_made_values(record_format format, size_t columns, const char *expected)
{
    dialect_column made[] = {{0, "a", made_value, TYPE_REAL},     {1, "b", made_value, TYPE_INTEGERS},
                             {2, "c", made_value, TYPE_INTEGERS}, {3, "d", made_value, TYPE_REALS},
                             {4, "e", made_value, TYPE_REALS},    {5, "f", made_value, TYPE_INTEGERS}};
    record_layout layout = {
        .columns = made, .column_count = columns, .label_column = columns, .dialect = dialect_at(0)};
    record_text *text = record_text_new(format, &layout);
    g_autoptr(GString) block = g_string_new(NULL);
    flow f = {0};

    record_text_append(text, &f, block);
    assert_true(g_str_has_prefix(block->str, expected));
    if (columns < G_N_ELEMENTS(made))
        assert_int_equal(block->len, strlen(expected));
    else
        assert_true(g_str_has_suffix(block->str, format == RECORD_CSV ? ",-506,-508]\"\n" : ",-506,-508]}\n"));
    record_text_free(text);
}

static void
lists_and_missing_values_are_written(void **state G_GNUC_UNUSED)
{
    check_made_values(RECORD_CSV, 4, ",\"[0,-2,-4,-6]\",\"[]\",\"[0.0,0.125,0.25]\"\n");
    check_made_values(RECORD_JSON_LINES, 5,
                      "{\"a\":null,\"b\":[0,-2,-4,-6],\"c\":[],\"d\":[0.0,0.125,0.25],\"e\":[null]}\n");
    check_made_values(RECORD_CSV, 6, ",\"[0,-2,-4,-6]\",\"[]\",\"[0.0,0.125,0.25]\",\"[nan]\",\"[0,-2,-4,");
    check_made_values(RECORD_JSON_LINES, 6, "{\"a\":null,");
}

/* More rows than a block holds. */
static void
many_rows_are_all_there(void **state G_GNUC_UNUSED)
{
    enum { ROWS = 100000 };
    static const char row[] = "10.0.0.1,53\n";
    record_layout layout = some_layout("src_ip,dst_port", NULL);
    char *path = new_path(), *text = NULL;
    gsize length = 0, header = strlen("src_ip,dst_port\n");

    record_writer *writer = record_writer_new(path, OUTPUT_GROWING, RECORD_CSV, &layout, NULL);
    assert_true(write_some_flow(writer, ROWS, NULL));
    assert_true(record_writer_close(writer, NULL));
    assert_true(g_file_get_contents(path, &text, &length, NULL));
    assert_int_equal(length, header + ROWS * strlen(row));
    for (gsize at = header; at < length; at += strlen(row))
        assert_memory_equal(text + at, row, strlen(row));
    g_free(text);
    remove_file(path);
    record_layout_clear(&layout);
}

void
writer_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known_files); i++)
        test_list_add(tests, known_files[i].name, is_written_as_known, &known_files[i]);
    test_list_add(tests, "/writer/without_records_there_is_a_header", without_records_there_is_a_header, NULL);
    test_list_add(tests, "/writer/lists_and_missing_values", lists_and_missing_values_are_written, NULL);
    test_list_add(tests, "/writer/many_rows_are_all_there", many_rows_are_all_there, NULL);
}
