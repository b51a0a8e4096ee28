/*
 * test_java.c - what the rules of the java dialects guarantee to their callers; their numbers are tested in
 * tests/dialects.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "dialect_named.h"
#include "flow/flow_rules.h"
#include "packet_text.h"
#include "tests.h"

typedef struct {
    flow_table *table;
    GPtrArray *ended;
    const flow *last;
    flow_direction direction;
} run;

static void
keep_records(run *r)
{
    flow *ended;

    while ((ended = flow_table_take_ended(r->table))) {
        if (ended->has_no_record)
            g_free(ended);
        else
            g_ptr_array_add(r->ended, ended);
    }
}

static void
begin(run *r, const flow_rules *rules, uint64_t max_flows)
{
    flow_settings settings = flow_settings_default;

    settings.rules = rules;
    settings.max_flows = max_flows;
    *r = (run){.ended = g_ptr_array_new_with_free_func(g_free)};
    r->table = flow_table_new(&settings);
}

static void
add(run *r, const char *line)
{
    observation packet;
    packet_text_kind kind;

    assert_true(packet_text_parse(line, &packet, &kind, NULL));
    packet.transport_header_bytes = 20;
    r->last = flow_table_add(r->table, &packet, &r->direction);
    keep_records(r);
}

static void
end(run *r)
{
    flow_table_free(r->table);
    g_ptr_array_free(r->ended, TRUE);
}

static const flow *
ended(const run *r, guint index)
{
    assert_true(index < r->ended->len);
    return r->ended->pdata[index];
}

/* The flow that ends with a packet can still be looked at. */
static void
last_packet_has_its_flow(void **state G_GNUC_UNUSED)
{
    run r;
    begin(&r, &java_rules, 0);
    add(&r, "0 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=A");
    add(&r, "1 tcp 10.0.0.2:80 > 10.0.0.1:1000 flags=FA");
    assert_int_equal(r.ended->len, 1);
    assert_non_null(r.last);
    assert_int_equal(r.last->packets, 2);
    assert_int_equal(r.last->end_reason, END_TCP);
    assert_int_equal(r.direction, BACKWARD);
    end(&r);
}

static void
dropped_packet_has_none(void **state G_GNUC_UNUSED)
{
    run r;
    begin(&r, &java_rules, 0);
    add(&r, "0 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=A");
    add(&r, "1 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=FA");
    assert_non_null(r.last);
    add(&r, "2 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=FA");
    assert_null(r.last);
    end(&r);
}

/* Flows that are too short to be written still count as ended. */
static void
short_flows_are_counted(void **state G_GNUC_UNUSED)
{
    run r;
    begin(&r, &java_rules, 0);
    add(&r, "0 udp 10.0.0.1:1000 > 10.0.0.2:53");
    add(&r, "200 udp 10.0.0.1:1000 > 10.0.0.2:53");
    flow_table_finish(r.table);
    keep_records(&r);
    assert_int_equal(r.ended->len, 0);
    assert_int_equal(flow_table_counts(r.table)->ended[END_ACTIVE], 1);
    assert_int_equal(flow_table_counts(r.table)->ended[END_EOF], 1);
    assert_int_equal(flow_table_counts(r.table)->open, 0);
    end(&r);
}

/* The segments go from flow to flow, and the last owner frees them: with the table, which still has it. */
static void
continuation_takes_the_segments(void **state G_GNUC_UNUSED)
{
    run r;
    begin(&r, &java_fixed_rules, 0);
    add(&r, "0 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=A seq=5");
    add(&r, "130 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=A seq=5");
    add(&r, "260 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=A seq=5");
    assert_int_equal(r.ended->len, 2);
    end(&r);
}

/* A flow outlives the table, with columns that are no features. */
static void
ended_flow_has_all_columns(void **state G_GNUC_UNUSED)
{
    const dialect *d = dialect_named("java-fixed");
    run r;
    begin(&r, d->rules, 0);
    add(&r, "0 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=A seq=5");
    add(&r, "1 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=A seq=5");
    flow_table_finish(r.table);
    keep_records(&r);
    flow_table_free(r.table);
    r.table = NULL;
    feature_value name = dialect_column_get(&d->columns[dialect_find_column(d, "Flow ID")], ended(&r, 0));
    assert_string_equal(name.text, "10.0.0.1-10.0.0.2-1000-80-6");
    feature_value again =
        dialect_column_get(&d->columns[dialect_find_column(d, "Total TCP Retrans. Count")], ended(&r, 0));
    assert_int_equal(again.integer, 1);
    end(&r);
}

/* The flow that was idle longest is ended to make room. */
static void
full_table_ends_the_longest_unseen(void **state G_GNUC_UNUSED)
{
    static const flow_rules *const both[] = {&java_rules, &java_fixed_rules};

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        run r;
        begin(&r, both[i], 2);
        add(&r, "0 udp 10.0.0.1:1 > 10.0.0.2:53");
        add(&r, "1 udp 10.0.0.1:2 > 10.0.0.2:53");
        add(&r, "1 udp 10.0.0.1:2 > 10.0.0.2:53");
        add(&r, "2 udp 10.0.0.1:1 > 10.0.0.2:53");
        add(&r, "3 udp 10.0.0.1:3 > 10.0.0.2:53");
        assert_int_equal(r.ended->len, 1);
        assert_int_equal(ended(&r, 0)->src_port, 2);
        assert_int_equal(ended(&r, 0)->packets, 2);
        assert_int_equal(ended(&r, 0)->end_reason, END_FULL);
        assert_int_equal(flow_table_counts(r.table)->largest_open, 2);
        end(&r);
    }
}

/* A continued flow already has its place in the table. */
static void
full_table_has_room_for_a_continuation(void **state G_GNUC_UNUSED)
{
    static const flow_rules *const both[] = {&java_rules, &java_fixed_rules};

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        run r;
        begin(&r, both[i], 1);
        add(&r, "0 udp 10.0.0.1:1 > 10.0.0.2:53");
        add(&r, "100 udp 10.0.0.1:1 > 10.0.0.2:53");
        add(&r, "121 udp 10.0.0.1:1 > 10.0.0.2:53");
        assert_int_equal(flow_table_counts(r.table)->ended[END_ACTIVE], 1);
        assert_int_equal(flow_table_counts(r.table)->ended[END_FULL], 0);
        assert_int_equal(flow_table_counts(r.table)->largest_open, 1);
        end(&r);
    }
}

static const struct {
    const char *name;
    CMUnitTestFunction run;
} rows[] = {
    {"/java_rules/last_packet_has_its_flow", last_packet_has_its_flow},
    {"/java_rules/dropped_packet_has_none", dropped_packet_has_none},
    {"/java_rules/short_flows_are_counted", short_flows_are_counted},
    {"/java_rules/continuation_takes_the_segments", continuation_takes_the_segments},
    {"/java_rules/ended_flow_has_all_columns", ended_flow_has_all_columns},
    {"/java_rules/full_table_ends_the_longest_unseen", full_table_ends_the_longest_unseen},
    {"/java_rules/full_table_has_room_for_a_continuation", full_table_has_room_for_a_continuation},
};

void
java_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, rows[i].run, NULL);
}
