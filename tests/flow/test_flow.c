/*
 * test_flow.c - what is measured of a flow's packets: the edges of each measure, one value at a time.
 *
 * Whole records worked out by hand are in tests/cases; a row here asks for one value of the first record.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "scenario.h"
#include "tests.h"

#define UP "tcp 10.0.0.1:1 > 10.0.0.2:2 "
#define DOWN "tcp 10.0.0.2:2 > 10.0.0.1:1 "

static const struct flow_row {
    const char *name, *packets;
    feature_id feature;
    double expected;
} rows[] = {
#define FLOW(name) "/flow/" name
    {FLOW("duration_of_one_packet"), "5 " UP, FEATURE_FLOW_DURATION, 0},
    {FLOW("duration_of_a_nanosecond"), "5 " UP "\n5.000000001 " UP, FEATURE_FLOW_DURATION, 1e-9},
    {FLOW("duration_across_1970"), "-1.5 " UP "\n1 " UP, FEATURE_FLOW_DURATION, 2.5},
    {FLOW("duration_is_to_latest_not_last"), "5 " UP "\n9 " UP "\n7 " UP, FEATURE_FLOW_DURATION, 4},
    {FLOW("duration_begins_with_first_not_earliest"), "5 " UP "\n1 " UP "\n6 " UP, FEATURE_FLOW_DURATION, 1},
    {FLOW("rate_of_one_packet"), "5 " UP, FEATURE_FLOW_PKTS_S, 0},
    {FLOW("rate_of_equal_times"), "5 " UP "\n5 " UP, FEATURE_FLOW_BYTS_S, 0},
    {FLOW("rate_of_a_nanosecond"), "5 " UP "\n5.000000001 " UP, FEATURE_FLOW_PKTS_S, 2e9},
    {FLOW("down_up_ratio_without_answer"), "5 " UP, FEATURE_DOWN_UP_RATIO, 0},
    {FLOW("least_length_of_empty_direction"), "5 " UP, FEATURE_BWD_PKT_LEN_MIN, 0},
    {FLOW("length_on_the_wire_not_captured"), "5 " UP "len=1500 captured=96", FEATURE_TOTLEN_FWD_PKTS, 1500},
    {FLOW("length_above_32_bits"), "5 " UP "len=6000000000\n6 " UP "len=6000000000", FEATURE_TOTLEN_FWD_PKTS, 12e9},
    {FLOW("length_variance_of_both_directions"), "5 " UP "len=60\n5 " DOWN "len=64", FEATURE_PKT_LEN_VAR, 4},

    {FLOW("gap_never_negative"), "5 " UP "\n3 " UP, FEATURE_FLOW_IAT_MIN, 0},
    {FLOW("gap_after_old_packet_from_latest"), "5 " UP "\n3 " UP "\n6 " UP, FEATURE_FLOW_IAT_MAX, 1},
    {FLOW("gaps_are_one_less_than_packets"), "5 " UP "\n6 " UP "\n9 " UP, FEATURE_FLOW_IAT_MEAN, 2},
    {FLOW("direction_gap_skips_the_other"), "5 " UP "\n6 " DOWN "\n9 " UP, FEATURE_FWD_IAT_MAX, 4},
    {FLOW("direction_gap_to_the_flow's_time"), "5 " UP "\n9 " DOWN "\n4 " UP, FEATURE_FWD_IAT_TOT, 4},
    {FLOW("direction_gap_never_negative"), "0 " UP "\n9 " DOWN "\n5 " DOWN "\n7 " DOWN, FEATURE_BWD_IAT_TOT, 0},
    {FLOW("direction_begins_at_the_flow's_time"), "5 " UP "\n3 " DOWN "\n6 " DOWN, FEATURE_BWD_IAT_TOT, 1},
    {FLOW("direction_is_not_longer_than_the_flow"), "5 " UP "\n3 " DOWN "\n6 " DOWN, FEATURE_FLOW_DURATION, 1},
    {FLOW("no_gap_of_one_backward_packet"), "5 " UP "\n6 " DOWN, FEATURE_BWD_IAT_TOT, 0},

    {FLOW("window_of_first_packet_even_zero"), "5 " UP "win=0\n6 " UP "win=9", FEATURE_INIT_FWD_WIN_BYTS, 0},
    {FLOW("window_largest"), "5 " UP "win=65535", FEATURE_INIT_FWD_WIN_BYTS, 65535},
    {FLOW("window_of_each_direction"), "5 " UP "win=7\n6 " DOWN "win=8\n7 " DOWN "win=9", FEATURE_INIT_BWD_WIN_BYTS, 8},
    {FLOW("window_of_silent_direction"), "5 " UP "win=7", FEATURE_INIT_BWD_WIN_BYTS, 0},
    {FLOW("icmp_has_no_window"), "5 icmp 10.0.0.1 > 10.0.0.2 type=8", FEATURE_INIT_FWD_WIN_BYTS, -1},
    {FLOW("icmp_has_no_port"), "5 icmp 10.0.0.1 > 10.0.0.2 type=8", FEATURE_SRC_PORT, -1},
    {FLOW("icmpv6_has_no_flags"), "5 icmpv6 fe80::1 > fe80::2 type=128", FEATURE_SYN_FLAG_CNT, -1},
    {FLOW("udp_has_no_flags_but_counts"), "5 udp 10.0.0.1:1 > 10.0.0.2:2", FEATURE_SYN_FLAG_CNT, 0},
    {FLOW("port_largest"), "5 udp 10.0.0.1:65535 > 10.0.0.2:2", FEATURE_SRC_PORT, 65535},

    {FLOW("least_header_is_not_the_first"), "5 " UP "ip=24\n6 " UP "ip=20\n7 " UP "ip=60", FEATURE_FWD_SEG_SIZE_MIN,
     20},
    {FLOW("least_header_of_forward_alone"), "5 " UP "ip=24\n6 " DOWN "ip=20", FEATURE_FWD_SEG_SIZE_MIN, 24},
    {FLOW("data_packet_has_one_byte"), "5 " UP "payload=1\n6 " UP "\n7 " DOWN "payload=9", FEATURE_FWD_ACT_DATA_PKTS,
     1},

    {FLOW("subflow_gap_exactly_is_none"), "5 " UP "\n6 " UP, FEATURE_SUBFLOW_FWD_PKTS, 2},
    {FLOW("subflow_gap_and_a_nanosecond"), "5 " UP "\n6.000000001 " UP, FEATURE_SUBFLOW_FWD_PKTS, 1},
    {FLOW("subflow_gap_is_of_the_flow"), "5 " UP "\n6 " DOWN "\n7 " UP, FEATURE_SUBFLOW_FWD_PKTS, 2},
    {FLOW("subflow_gap_set"), "set subflow_gap 2\n5 " UP "\n7 " UP "\n9.5 " UP, FEATURE_SUBFLOW_FWD_PKTS, 1.5},

    {FLOW("idle_gap_exactly_is_none"), "5 " UP "\n10 " UP, FEATURE_IDLE_MAX, 0},
    {FLOW("idle_gap_and_a_nanosecond"), "5 " UP "\n10.000000001 " UP, FEATURE_IDLE_MAX, 5.000000001},
    {FLOW("idle_gap_set"), "set activity_timeout 0.5\n5 " UP "\n5.6 " UP, FEATURE_IDLE_MIN, 0.6},
    {FLOW("active_period_of_no_length"), "5 " UP "\n11 " UP, FEATURE_ACTIVE_MAX, 0},
    {FLOW("active_period_still_open"), "5 " UP "\n9 " UP, FEATURE_ACTIVE_MAX, 0},
    {FLOW("active_period_ended"), "5 " UP "\n9 " UP "\n15 " UP "\n17 " UP, FEATURE_ACTIVE_MAX, 4},
    {FLOW("active_mean_leaves_out_empty_period"), "0 " UP "\n2 " UP "\n8 " UP "\n14 " UP "\n18 " UP "\n24 " UP,
     FEATURE_ACTIVE_MEAN, 3},

    {FLOW("bulk_of_three_is_none"), "5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9", FEATURE_FWD_PKTS_B_AVG,
     0},
    {FLOW("bulk_of_four"), "5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9",
     FEATURE_FWD_PKTS_B_AVG, 4},
    {FLOW("bulk_passes_over_empty_packets"),
     "5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "\n5 " DOWN "\n5 " UP "payload=9\n5 " UP "payload=9",
     FEATURE_FWD_BYTS_B_AVG, 36},
    {FLOW("bulk_broken_by_other_direction"),
     "5 " UP "payload=9\n5 " UP "payload=9\n5 " DOWN "payload=1\n5 " UP "payload=9\n5 " UP "payload=9",
     FEATURE_FWD_PKTS_B_AVG, 0},
    {FLOW("bulk_gap_exactly_continues"), "5 " UP "payload=9\n6 " UP "payload=9\n7 " UP "payload=9\n8 " UP "payload=9",
     FEATURE_FWD_BLK_RATE_AVG, 12},
    {FLOW("bulk_gap_and_a_nanosecond_breaks"),
     "5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9\n6.000000001 " UP "payload=9", FEATURE_FWD_PKTS_B_AVG, 0},
    /* The gap is that of neighbours in the bulk; the empty packet between them does not bridge it. */
    {FLOW("bulk_gap_not_bridged_by_empty_packet"),
     "5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9\n5.8 " UP "\n6.5 " UP "payload=9", FEATURE_FWD_PKTS_B_AVG,
     0},
    {FLOW("bulk_gap_set"),
     "set subflow_gap 2\n5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9\n7 " UP "payload=9",
     FEATURE_FWD_PKTS_B_AVG, 4},
    {FLOW("bulk_of_no_time_has_no_rate"), "5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9",
     FEATURE_FWD_BLK_RATE_AVG, 0},
    /* 36 bytes, then 45: two bulks of 4 and 5 packets. */
    {FLOW("bulks_are_averaged"),
     "5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9\n5 " UP "payload=9\n"
     "7 " UP "payload=9\n7 " UP "payload=9\n7 " UP "payload=9\n7 " UP "payload=9\n7 " UP "payload=9",
     FEATURE_FWD_PKTS_B_AVG, 4.5},
#undef FLOW
};

static double
number_of(const feature_value *value)
{
    return value->type == VALUE_REAL ? value->real : (double)value->integer;
}

static void
run(void **state)
{
    const struct flow_row *row = *state;
    GError *error = NULL;
    scenario *s = scenario_run(row->packets, &error);

    if (!s)
        fail_msg("%s", error->message);
    double actual = number_of(&scenario_record(s, 0)->value[row->feature]);
    if (fabs(actual - row->expected) > 2 * DBL_EPSILON * fabs(row->expected))
        fail_msg("%s is %.17g, not %.17g", feature_describe(row->feature)->name, actual, row->expected);
    scenario_free(s);
}

/* Rows of the table of features: names are unique and findable, every one describes itself. */
static void
features_are_described(void **state G_GNUC_UNUSED)
{
    for (feature_id id = 0; id < FEATURES; id++) {
        const feature_info *info = feature_describe(id);
        assert_true(strlen(info->name) > 0);
        assert_true(strlen(info->description) > 0);
        assert_int_equal(feature_find(info->name, FEATURES), id);
        assert_non_null(value_unit_name(info->unit));
    }
    assert_int_equal(feature_find("no_such_feature", FEATURES), FEATURES);
    assert_int_equal(feature_find("flow_id", CIC_FEATURES), FEATURES);
}

/* A getter's value has the type in the table, except for the -1 of ICMP flows. */
static void
features_have_their_type(void **state G_GNUC_UNUSED)
{
    scenario *s = scenario_run("set measure payload,ttl,window,tcp\nset sequence 2\nset capture x\n"
                               "0 " UP "flags=S payload=5\n3 " DOWN "flags=SA ack=1\n9 " UP "flags=A ack=1 payload=7",
                               NULL);

    assert_non_null(s);
    for (feature_id id = 0; id < FEATURES; id++) {
        if (scenario_record(s, 0)->value[id].type != feature_describe(id)->type)
            fail_msg("%s has another type than the table says", feature_describe(id)->name);
    }
    scenario_free(s);
}

void
flow_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, run, &rows[i]);
    test_list_add(tests, "/feature/described", features_are_described, NULL);
    test_list_add(tests, "/feature/types", features_have_their_type, NULL);
}
