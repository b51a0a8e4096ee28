/*
 * test_record.c - what the summary and the plot get to know of a line, in each format and dialect.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests.h"

#define PYTHON_NAMES                                                                                                   \
    "src_ip,dst_ip,src_port,dst_port,protocol,timestamp,flow_duration,tot_fwd_pkts,tot_bwd_pkts,totlen_fwd_pkts,"      \
    "totlen_bwd_pkts"
#define JAVA_NAMES                                                                                                     \
    "Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Total Fwd Packet,Total Bwd packets,"     \
    "Total Length of Fwd Packet,Total Length of Bwd Packet"

struct record_row {
    const char *name;
    const char *arguments[5];
    const char *head; /* NULL: no line before the record */
    const char *line;
    double start, duration;
    const char *label;
};

/* 2011-12-16 21:35:33 UTC is 1324071333 s; the tests run in a zone an hour east of it. All lines tell of the same flow:
 * TCP, 25 and 20 packets, 4331 and 3829 bytes. */
static const struct record_row rows[] = {
    {"/record/csv",
     {"-c"},
     PYTHON_NAMES,
     "192.168.1.79,131.159.21.1,51880,22,6,2011-12-16 22:35:33,6.159373,25,20,4331,3829",
     1324071333,
     6.159373,
     NULL},
    {"/record/csv_with_crlf",
     {"-c", "--dialect=python"},
     PYTHON_NAMES "\r",
     "192.168.1.79,131.159.21.1,51880,22,6,2011-12-16 22:35:33,6.159373,25,20,4331,3829\r",
     1324071333,
     6.159373,
     NULL},
    {"/record/csv_in_utc",
     {"-c", "--timestamp=utc", "--label=x"},
     PYTHON_NAMES ",label",
     "192.168.1.79,131.159.21.1,51880,22,6,2011-12-16 21:35:33,6.159373,25,20,4331,3829,ssh",
     1324071333,
     6.159373,
     "ssh"},
    {"/record/csv_with_quoted_label",
     {"-c", "--timestamp=epoch", "--labels=x"},
     "label," PYTHON_NAMES,
     "\"a \"\"b\"\", c\",192.168.1.79,131.159.21.1,51880,22,6,1324071333.250000000,6.159373,25,20,4331,3829",
     1324071333.25,
     6.159373,
     "a \"b\", c"},
    {"/record/csv_in_iso8601",
     {"-c", "--timestamp=iso8601"},
     PYTHON_NAMES,
     "192.168.1.79,131.159.21.1,51880,22,6,2011-12-16T21:35:33.250000000Z,6.159373,25,20,4331,3829",
     1324071333.25,
     6.159373,
     NULL},
    {"/record/csv_of_java",
     {"-c", "--dialect=java"},
     JAVA_NAMES,
     "x,192.168.1.79,51880,131.159.21.1,22,6,16/12/2011 10:35:33 PM,6159373,25,20,4331.0,3829.0",
     1324071333,
     6.159373,
     NULL},
    {"/record/csv_of_java_fixed",
     {"-c", "--dialect=java-fixed"},
     JAVA_NAMES,
     "x,192.168.1.79,51880,131.159.21.1,22,6,2011-12-16 21:35:33.250000,6159373,25,20,4331.0,3829.0",
     1324071333.25,
     6.159373,
     NULL},
    {"/record/csv_of_java_with_label",
     {"-c", "--dialect=java", "--label=x"},
     JAVA_NAMES ",Label",
     "x,192.168.1.79,51880,131.159.21.1,22,6,16/12/2011 10:35:33 PM,6159373,25,20,4331.0,3829.0,ssh",
     1324071333,
     6.159373,
     "ssh"},
    {"/record/csv_of_java_under_the_names_of_cicids2017",
     {"-c", "--dialect=java", "--columns=cicids2017", "--timestamp=utc"},
     "Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Flow Duration,"
     " Total Fwd Packets, Total Backward Packets,Total Length of Fwd Packets, Total Length of Bwd Packets, Label",
     "x,192.168.1.79,51880,131.159.21.1,22,6,2011-12-16 21:35:33,6159373,25,20,4331.0,3829.0,NeedManualLabel",
     1324071333,
     6.159373,
     NULL},
    {"/record/jsonl",
     {"--jsonl", "--label=x"},
     NULL,
     "{\"src_ip\":\"192.168.1.79\",\"dst_ip\":\"131.159.21.1\",\"src_port\":51880,\"dst_port\":22,\"protocol\":6,"
     "\"timestamp\":\"2011-12-16 22:35:33\",\"flow_duration\":6.159373,\"tot_fwd_pkts\":25,\"tot_bwd_pkts\":20,"
     "\"totlen_fwd_pkts\":4331,\"totlen_bwd_pkts\":3829,\"label\":\"\\u00fc\"}",
     1324071333,
     6.159373,
     "\xc3\xbc"},
};

static struct options *
options_of(const char *const *arguments)
{
    char *argv[9] = {"cicflowmeter", "-f", "in.pcap"};
    int argc = 3;
    while (*arguments)
        argv[argc++] = (char *)*arguments++;
    argv[argc++] = "out";
    GError *error = NULL;
    struct options *options = options_parse(argc, argv, &error);
    assert_null(error);
    return options;
}

static void
use_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void
assert_the_flow(const struct record *record)
{
    assert_string_equal(record->source, "192.168.1.79");
    assert_string_equal(record->destination, "131.159.21.1");
    assert_int_equal(record->source_port, 51880);
    assert_int_equal(record->destination_port, 22);
    assert_int_equal(record->protocol, 6);
    assert_int_equal(record->packets, 45);
    assert_int_equal(record->bytes, 8160);
}

static void
is_read(void **state)
{
    const struct record_row *row = *state;
    struct options *options = options_of(row->arguments);
    struct record_reader *reader = record_reader_new(options);
    struct record record;

    use_zone("TST-1");
    if (row->head)
        assert_false(record_reader_line(reader, row->head, strlen(row->head), &record));
    assert_true(record_reader_line(reader, row->line, strlen(row->line), &record));
    assert_the_flow(&record);
    assert_true(fabs(record.start - row->start) < 1e-6);
    assert_true(fabs(record.duration - row->duration) < 1e-12);
    if (row->label)
        assert_string_equal(record.label, row->label);
    else
        assert_null(record.label);
    record_reader_free(reader);
    options_free(options);
}

/* A row with too few cells, and a CSV stream without a needed column. */
static void
refuses_what_is_no_record(void **state)
{
    (void)state;
    static const char *const csv[] = {"-c", NULL};
    static const char cut[] = "192.168.1.79,131.159.21.1,518";
    static const char *const fewer = "src_ip,dst_ip";
    struct options *options = options_of(csv);
    struct record_reader *reader = record_reader_new(options);
    struct record record;

    assert_false(record_reader_line(reader, PYTHON_NAMES, strlen(PYTHON_NAMES), &record));
    assert_false(record_reader_line(reader, cut, strlen(cut), &record));
    assert_false(record_reader_line(reader, "", 0, &record));
    record_reader_free(reader);

    reader = record_reader_new(options);
    assert_false(record_reader_line(reader, fewer, strlen(fewer), &record));
    assert_false(record_reader_line(reader, "1.1.1.1,2.2.2.2", 15, &record));
    record_reader_free(reader);
    options_free(options);
}

static void
unreadable_time_is_no_number(void **state)
{
    (void)state;
    static const char *const csv[] = {"-c", NULL};
    static const char line[] = "1.1.1.1,2.2.2.2,1,2,17,yesterday,0.5,1,0,60,0";
    struct options *options = options_of(csv);
    struct record_reader *reader = record_reader_new(options);
    struct record record;

    record_reader_line(reader, PYTHON_NAMES, strlen(PYTHON_NAMES), &record);
    assert_true(record_reader_line(reader, line, strlen(line), &record));
    assert_true(isnan(record.start));
    record_reader_free(reader);
    options_free(options);
}

static void
fields_have_to_suffice(void **state)
{
    (void)state;
    static const char *const all[] = {"-c", "--summary", NULL};
    static const char *const enough[] = {"-c", "--summary", "--fields=" PYTHON_NAMES, NULL};
    static const char *const fewer[] = {"-c", "--plot=x.png", "--fields=src_ip,dst_ip,src_port", NULL};
    static const char *const renamed[] = {
        "-c", "--summary", "--dialect=java", "--columns=cicids2017", "--fields=Source IP", NULL};
    struct options *options = options_of(all);
    GError *error = NULL;

    assert_true(record_fields_suffice(options, &error));
    options_free(options);
    options = options_of(enough);
    assert_true(record_fields_suffice(options, &error));
    options_free(options);
    options = options_of(fewer);
    assert_false(record_fields_suffice(options, &error));
    assert_string_equal(error->message, "--plot needs the column 'dst_port', which --fields leaves out");
    g_clear_error(&error);
    options_free(options);
    options = options_of(renamed);
    assert_false(record_fields_suffice(options, &error));
    assert_string_equal(error->message, "--summary needs the column 'Destination IP', which --fields leaves out");
    g_error_free(error);
    options_free(options);
}

void
record_tests(GArray *tests)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, is_read, &rows[i]);
    test_list_add(tests, "/record/refuses_what_is_no_record", refuses_what_is_no_record, NULL);
    test_list_add(tests, "/record/unreadable_time_is_no_number", unreadable_time_is_no_number, NULL);
    test_list_add(tests, "/record/fields_have_to_suffice", fields_have_to_suffice, NULL);
}
