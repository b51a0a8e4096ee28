/*
 * test_ground_truth.c - labels by a table: every kind of cell, what is refused, and the report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "run/ground_truth.h"
#include "tests.h"

/* The label of a flow 10.0.0.1:4000 -> 10.0.0.2:80 from 1000 s to 1010 s. */
static const struct {
    const char *table;
    uint8_t protocol;
    const char *label; /* "none": the default */
} single[] = {
    {"label\nx\n", TRANSPORT_TCP, "x"},
    {"label,src\nx,10.0.0.1\n", TRANSPORT_TCP, "x"},
    {"label,src\nx,10.0.0.2\n", TRANSPORT_TCP, "x"}, /* either end */
    {"label,src,direction\nx,10.0.0.2,forward\n", TRANSPORT_TCP, "none"},
    {"label,src,direction\nx,10.0.0.1,forward\n", TRANSPORT_TCP, "x"},
    {"label,src,direction\nx,10.0.0.2,any\n", TRANSPORT_TCP, "x"},
    {"label,dst\nx,10.0.0.0/30\n", TRANSPORT_TCP, "x"},
    {"label,dst\nx,10.0.0.4/30\n", TRANSPORT_TCP, "none"},
    {"label,dst\nx,10.0.0.3/30\n", TRANSPORT_TCP, "x"}, /* bits beyond the network's do not count */
    {"label,src\nx,0.0.0.0/0\n", TRANSPORT_TCP, "x"},
    {"label,src\nx,::/0\n", TRANSPORT_TCP, "none"},
    {"label,src,dst\nx,10.0.0.2,10.0.0.1\n", TRANSPORT_TCP, "x"},
    {"label,src,dst,src_port\nx,10.0.0.2,10.0.0.1,80\n", TRANSPORT_TCP, "x"}, /* ports turn with their addresses */
    {"label,src,dst,src_port\nx,10.0.0.2,10.0.0.1,4000\n", TRANSPORT_TCP, "none"},
    {"label,dst_port\nx,1-79\n", TRANSPORT_TCP, "none"},
    {"label,dst_port\nx,1-80\n", TRANSPORT_TCP, "x"},
    {"label,dst_port\nx,80 - 90\n", TRANSPORT_TCP, "x"},
    {"label,dst_port\nx,0\n", TRANSPORT_ICMP, "x"},
    {"label,dst_port\nx,80\n", TRANSPORT_ICMP, "none"},
    {"label,protocol\nx,tcp\n", TRANSPORT_TCP, "x"},
    {"label,protocol\nx,UDP\n", TRANSPORT_TCP, "none"},
    {"label,protocol\nx,6\n", TRANSPORT_TCP, "x"},
    {"label,start\nx,1010\n", TRANSPORT_TCP, "x"}, /* touching is overlapping */
    {"label,start\nx,1010.000000001\n", TRANSPORT_TCP, "none"},
    {"label,end\nx,1000\n", TRANSPORT_TCP, "x"},
    {"label,end\nx,999.999999999\n", TRANSPORT_TCP, "none"},
    {"label,start,end\nx,1970-01-01T00:16:40Z,1970-01-01T00:16:45Z\n", TRANSPORT_TCP, "x"},
    {"label,start,end\nx,1970-01-01T02:16:40+02:00,1970-01-01T02:16:45+02:00\n", TRANSPORT_TCP, "x"},
    {"label,start\nx,1970-01-01T00:16:50.000000001Z\n", TRANSPORT_TCP, "none"},
    {"label,start\nx,1970-01-01T00:16:50.0Z\n", TRANSPORT_TCP, "x"},
    {"label,start\nx,\"1970-01-01T00:16:50,000000001Z\"\n", TRANSPORT_TCP, "none"}, /* ISO 8601 allows a comma */
    {"label,protocol\nfirst,udp\nsecond,tcp\nthird,any\n", TRANSPORT_TCP, "second"},
    {"Label , SRC\r\n\"a, b\" , 10.0.0.1\r\n\r\n", TRANSPORT_TCP, "a, b"},
};

static flow
the_flow(uint8_t protocol)
{
    return flow_between(&(flow_ends){"10.0.0.1", "10.0.0.2", 4000, 80, protocol, 1000, 1010});
}

static void
each_cell_restricts(void **state G_GNUC_UNUSED)
{
    for (size_t i = 0; i < G_N_ELEMENTS(single); i++) {
        ground_truth *truth = ground_truth_parse("t.csv", single[i].table, "none", NULL);
        assert_non_null(truth);
        flow f = the_flow(single[i].protocol);
        const char *found = ground_truth_labels(truth)->names[ground_truth_match(truth, &f)];
        if (strcmp(found, single[i].label) != 0)
            fail_msg("%s: %s, expected %s", single[i].table, found, single[i].label);
        ground_truth_free(truth);
    }
}

static const struct {
    const char *table, *message;
} wrong[] = {
    {"", "line 1: the header has label"},
    {"label,from\nx,1\n", "line 1: \"from\": the header has label, and any of start"},
    {"label,label\nx,1\n", "line 1: \"label\": the header"},
    {"src\n10.0.0.1\n", "line 1: the header has label"},
    {"label,src\nx\n", "line 2: 1 cell, but the header has 2"},
    {"label,src\n\nx,10.0.0.1,3\n", "line 3: 3 cells, but the header has 2"},
    {"label,src\n,10.0.0.1\n", "line 2: label: it is empty"},
    {"label\n\xff\n", "line 2: label: it is not UTF-8"},
    {"label\n\"x\n", "line 2: a quote is not closed"},
    {"label,src\nx,10.0.0\n", "src: \"10.0.0\" is not allowed; allowed is an address or a network"},
    {"label,src\nx,10.0.0.0/33\n", "src: \"10.0.0.0/33\" is not allowed"},
    {"label,dst\nx,::1/129\n", "dst: \"::1/129\" is not allowed"},
    {"label,dst_port\nx,90-80\n", "dst_port: \"90-80\" is not allowed; allowed is a port, or a range"},
    {"label,src_port\nx,65536\n", "src_port: \"65536\" is not allowed"},
    {"label,protocol\nx,sctpp\n", "protocol: \"sctpp\" is not allowed; allowed is tcp, udp"},
    {"label,direction\nx,backward\n", "direction: \"backward\" is not allowed; allowed is any or forward"},
    {"label,start\nx,2017-07-07T13:30:00\n", "is not allowed; allowed is a time with its zone"},
    {"label,start\nx,7/7/2017 13:30\n", "start: \"7/7/2017 13:30\" is not allowed"},
    {"label,start,end\nx,20,10\n", "line 2: end: \"10\" is before the start"},
};

static void
wrong_tables_are_refused(void **state G_GNUC_UNUSED)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(ground_truth_parse("t.csv", wrong[i].table, "none", &error));
        if (!strstr(error->message, wrong[i].message) || strchr(error->message, '\n') ||
            !g_str_has_prefix(error->message, "cicflow.labels: \"t.csv\", line "))
            fail_msg("%s: %s", wrong[i].table, error->message);
    }
}

static void
tables_are_told_from_rules(void **state G_GNUC_UNUSED)
{
    assert_true(ground_truth_is_table("start,Label\n"));
    assert_true(ground_truth_is_table("label"));
    assert_false(ground_truth_is_table("scan: tcp.flags.syn == 1\n"));
    assert_false(ground_truth_is_table("label: tcp\n"));
    assert_false(ground_truth_is_table("# label, src\n"));
    assert_false(ground_truth_is_table(""));
}

typedef struct {
    guint line, other;
    int calls;
} conflict;

static void
take_conflict(const flow *f G_GNUC_UNUSED, const label_row *row, const label_row *other, void *user)
{
    conflict *c = user;

    assert_string_equal(row->label, "b");
    assert_string_equal(other->label, "c");
    c->line = row->line;
    c->other = other->line;
    c->calls++;
}

/* A flow that the second, fourth and fifth row match; their labels are b, b and c. */
static void
report_names_rows(void **state G_GNUC_UNUSED)
{
    static const char table[] = "label,protocol\na,udp\nb,tcp\nd,icmp\nb,any\nc,6\n";
    ground_truth *truth = ground_truth_parse("t.csv", table, "none", NULL);
    flow f = the_flow(TRANSPORT_TCP);
    conflict c = {0};

    ground_truth_on_conflict(truth, take_conflict, &c);
    ground_truth_match(truth, &f);
    assert_int_equal(c.calls, 1);
    assert_int_equal(c.line, 3);
    assert_int_equal(c.other, 6);
    static const bool matched[] = {false, true, false, true, true};
    assert_int_equal(ground_truth_rows(truth), G_N_ELEMENTS(matched));
    assert_memory_equal(ground_truth_matched(truth), matched, sizeof matched);
    assert_int_equal(ground_truth_row(truth, 2).line, 4);
    assert_string_equal(ground_truth_row(truth, 2).label, "d");
    assert_int_equal(ground_truth_conflicting_flows(truth), 1);
    ground_truth_free(truth);
}

int
run_ground_truth_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cell_restricts),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(tables_are_told_from_rules),
        cmocka_unit_test(report_names_rows),
    };
    return cmocka_run_group_tests_name("ground_truth", tests, NULL, NULL);
}
