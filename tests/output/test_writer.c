/*
 * test_writer.c - records as CSV and JSON lines: quoting, escaping, the form of every kind of value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <string.h>

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
    char *folder = g_dir_make_tmp("cicflow-XXXXXX", NULL);
    assert_non_null(folder);
    char *path = g_build_filename(folder, "out", NULL);
    g_free(folder);
    return path;
}

static void
remove_file(char *path)
{
    char *folder = g_path_get_dirname(path);
    g_unlink(path);
    g_rmdir(folder);
    g_free(folder);
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
    char *text = NULL;

    record_writer *writer = record_writer_new(path, OUTPUT_GROWING, format, &layout, NULL);
    assert_true(record_writer_complete(writer, NULL));
    assert_true(record_writer_close(writer, NULL));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, expected);
    g_free(text);
    record_layout_clear(&layout);
}

static void
without_records_there_is_a_header(void **state)
{
    char *path = new_path();

    (void)state;
    is_without_records(path, RECORD_CSV, "src_ip,dst_ip,label\n");
    is_without_records(path, RECORD_JSON_LINES, "");
    remove_file(path);
}

/* More rows than a block holds. */
static void
many_rows_are_all_there(void **state)
{
    enum { ROWS = 100000 };
    static const char row[] = "10.0.0.1,53\n";
    record_layout layout = some_layout("src_ip,dst_port", NULL);
    char *path = new_path(), *text = NULL;
    gsize length = 0, header = strlen("src_ip,dst_port\n");

    (void)state;
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
    test_list_add(tests, "/writer/many_rows_are_all_there", many_rows_are_all_there, NULL);
}
