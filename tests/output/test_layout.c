/*
 * test_layout.c - from a list of columns to a layout, and the errors for wrong names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "output/record_writer.h"

#include <string.h>

#include "../flow/dialect_named.h"
#include "tests.h"

static gboolean
lay_out(record_layout *layout, const char *fields, const char *extra, const char *label, GError **error)
{
    return record_layout_init(layout, dialect_named("standard"), fields, extra, label, TIMESTAMP_UTC, error);
}

static void
nothing_said_means_all(void **state G_GNUC_UNUSED)
{
    record_layout layout;

    assert_true(lay_out(&layout, "", NULL, NULL, NULL));
    assert_int_equal(layout.column_count, 82);
    assert_string_equal(layout.columns[0].header, "src_ip");
    assert_string_equal(layout.columns[81].header, "subflow_bwd_byts");
    assert_null(layout.label);
    record_layout_clear(&layout);
}

static void
order_and_repetition_are_the_users(void **state G_GNUC_UNUSED)
{
    record_layout layout;

    assert_true(lay_out(&layout, " dst_ip, src_ip ,dst_ip", "end_reason,flow_id", "x", NULL));
    assert_int_equal(layout.column_count, 5);
    assert_string_equal(layout.columns[0].header, "dst_ip");
    assert_string_equal(layout.columns[1].header, "src_ip");
    assert_string_equal(layout.columns[2].header, "dst_ip");
    assert_string_equal(layout.columns[3].header, "end_reason");
    assert_string_equal(layout.columns[4].header, "flow_id");
    assert_string_equal(layout.label, "x");
    record_layout_clear(&layout);
}

typedef struct {
    const char *name, *fields, *extra;
    const char *says[4]; /* all of these are in the message */
} wrong_list;

static const wrong_list wrong_lists[] = {
    {"/layout/wrong/letter", "src_pi", NULL, {"cicflow.fields", "\"src_pi\"", "src_ip"}},
    {"/layout/wrong/case", "SRC_PORT", NULL, {"cicflow.fields", "\"SRC_PORT\"", "src_port"}},
    {"/layout/wrong/other_spelling", "tot_fwd_packets", NULL, {"\"tot_fwd_packets\"", "tot_fwd_pkts"}},
    {"/layout/wrong/second_in_list", "src_ip,syn_flag_count", NULL, {"\"syn_flag_count\"", "syn_flag_cnt"}},
    {"/layout/wrong/java", "Src IP", NULL, {"\"Src IP\"", "here it is src_ip"}},
    {"/layout/wrong/published", "Total Backward Packets", NULL, {"here it is tot_bwd_pkts"}},
    {"/layout/wrong/published_in_other_case", "source ip", NULL, {"here it is src_ip"}},
    {"/layout/wrong/empty_name", "src_ip,,dst_ip", NULL, {"cicflow.fields", "\"\""}},
    {"/layout/wrong/extra", NULL, "flowid", {"cicflow.extra", "\"flowid\"", "flow_id"}},
    {"/layout/wrong/extra_is_no_field", "flow_id", NULL, {"cicflow.fields", "\"flow_id\""}},
    {"/layout/wrong/field_is_no_extra", NULL, "src_ip", {"cicflow.extra", "\"src_ip\""}},
};

static void
is_refused_with_the_nearest(void **state)
{
    const wrong_list *wrong = *state;
    record_layout layout;
    g_autoptr(GError) error = NULL;

    assert_false(lay_out(&layout, wrong->fields, wrong->extra, NULL, &error));
    assert_non_null(error);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong->says) && wrong->says[i]; i++) {
        if (!strstr(error->message, wrong->says[i]))
            fail_msg("\"%s\" does not say %s", error->message, wrong->says[i]);
    }
    assert_null(strchr(error->message, '\n'));
}

void
layout_tests(GArray *tests)
{
    test_list_add(tests, "/layout/nothing_said_means_all", nothing_said_means_all, NULL);
    test_list_add(tests, "/layout/order_and_repetition", order_and_repetition_are_the_users, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong_lists); i++)
        test_list_add(tests, wrong_lists[i].name, is_refused_with_the_nearest, &wrong_lists[i]);
}
