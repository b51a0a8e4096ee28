/*
 * test_many.c - a flow of more packets than 32 bits count.
 *
 * Feeding that many packets would take too long. The flow here is regular, so that the state after twice as many
 * packets follows from the state after so many: doubled() says how, is shown to be right where feeding is possible, and
 * goes on from there. Expected values are worked out from the number of packets alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <inttypes.h>
#include <math.h>

#include "flow/feature.h"
#include "flow/flow_table.h"
#include "tests.h"

enum { UP_BYTES = 1500, DOWN_BYTES = 60, UP_PAYLOAD = 1460, HEADER_BYTES = 20, DOUBLINGS = 30 };

#define STEP_NS INT64_C(1000000)

/* Forward and backward in turn, a millisecond apart. */
static observation
packet_at(uint64_t index)
{
    bool back = index % 2 == 1;

    return (observation){
        .time_ns = (int64_t)index * STEP_NS,
        .frame = index + 1,
        .length_bytes = back ? DOWN_BYTES : UP_BYTES,
        .protocol = TRANSPORT_TCP,
        .ip_version = 4,
        .src_port = back ? 2 : 1,
        .dst_port = back ? 1 : 2,
        .ip_header_bytes = HEADER_BYTES,
        .payload_bytes = back ? 0 : UP_PAYLOAD,
        .tcp_flags = back ? TCP_ACK : TCP_ACK | TCP_PSH,
    };
}

static void
feed(flow *f, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        observation packet = packet_at(i);
        flow_add(f, &packet, flow_direction_of(f, &packet), &flow_settings_default.gaps);
    }
}

static flow
begun(uint64_t packets)
{
    flow_key key = {.protocol = TRANSPORT_TCP};
    observation first = packet_at(0);
    flow f;

    flow_init(&f, &key, &first);
    feed(&f, 0, packets);
    return f;
}

static void
double_gaps(series *s, int64_t between_ns)
{
    *s = series_merge(s, s);
    series_add(s, between_ns);
}

static void
double_direction(flow *f, flow_direction direction, int64_t later_ns)
{
    bulk_totals *bulk = &f->bulk[direction];

    f->length[direction] = series_merge(&f->length[direction], &f->length[direction]);
    double_gaps(&f->gap[direction], 2 * STEP_NS);
    f->direction_last_ns[direction] += later_ns;
    f->ip_header_bytes[direction] *= 2;
    f->payload_packets[direction] *= 2;
    for (unsigned i = 0; i < TCP_FLAGS; i++)
        f->flags[direction][i] *= 2;
    if (bulk->bulks == 0)
        return;
    bulk->packets *= 2;
    bulk->bytes *= 2;
    bulk->duration_ns = 2 * bulk->duration_ns + 2 * STEP_NS;
    f->run[direction].packets *= 2;
    f->run[direction].bytes *= 2;
    f->run[direction].last_ns += later_ns;
}

/* The flow with as many packets again that go on as it does. */
static flow
doubled(flow f)
{
    int64_t later_ns = f.last_ns - f.first_ns + STEP_NS;

    for (flow_direction direction = FORWARD; direction < DIRECTIONS; direction++)
        double_direction(&f, direction, later_ns);
    double_gaps(&f.flow_gap, STEP_NS);
    f.packets *= 2;
    f.last_frame *= 2;
    f.last_ns += later_ns;
    return f;
}

static void
assert_same_features(const flow *a, const flow *b)
{
    for (feature_id id = 0; id < FEATURES; id++) {
        feature_value x = feature_get(a, id), y = feature_get(b, id);
        const char *name = feature_describe(id)->name;
        if (x.type != y.type)
            fail_msg("%s: type %d, not %d", name, (int)x.type, (int)y.type);
        if (x.type == VALUE_INTEGER && x.integer != y.integer)
            fail_msg("%s: %" PRId64 ", not %" PRId64, name, x.integer, y.integer);
        if (x.type == VALUE_REAL && x.real != y.real)
            fail_msg("%s: %.17g, not %.17g", name, x.real, y.real);
    }
}

static void
doubling_is_feeding(void **state G_GNUC_UNUSED)
{
    for (uint64_t packets = 8; packets <= 4096; packets *= 2) {
        flow fed = begun(2 * packets + 6), f = doubled(begun(packets));
        feed(&f, 2 * packets, 2 * packets + 6);
        assert_same_features(&f, &fed);
    }
}

static double
value(const flow *f, feature_id id)
{
    feature_value v = feature_get(f, id);
    return v.type == VALUE_INTEGER ? (double)v.integer : v.real;
}

/* Whole numbers here are below 2^53, so that a double has them exactly. */
static void
more_packets_than_32_bits_count(void **state G_GNUC_UNUSED)
{
    const double each = 0x1p32 + 3; /* of one direction */
    const double step = 1e-3, duration = (2 * each - 1) * step, fed_bytes = each * UP_PAYLOAD;
    flow f = begun(8);

    for (int i = 0; i < DOUBLINGS; i++)
        f = doubled(f);
    feed(&f, UINT64_C(1) << 33, (UINT64_C(1) << 33) + 6);
    const struct {
        feature_id id;
        double expected;
    } columns[] = {
        {FEATURE_FLOW_DURATION, duration},
        {FEATURE_FLOW_PKTS_S, 2 * each / duration},
        {FEATURE_FLOW_BYTS_S, each * (UP_BYTES + DOWN_BYTES) / duration},
        {FEATURE_FWD_PKTS_S, each / duration},
        {FEATURE_BWD_PKTS_S, each / duration},
        {FEATURE_TOT_FWD_PKTS, each},
        {FEATURE_TOT_BWD_PKTS, each},
        {FEATURE_TOTLEN_FWD_PKTS, each * UP_BYTES},
        {FEATURE_TOTLEN_BWD_PKTS, each * DOWN_BYTES},
        {FEATURE_FWD_PKT_LEN_MEAN, UP_BYTES},
        {FEATURE_FWD_PKT_LEN_STD, 0},
        {FEATURE_PKT_LEN_MEAN, (UP_BYTES + DOWN_BYTES) / 2.0},
        {FEATURE_PKT_LEN_STD, (UP_BYTES - DOWN_BYTES) / 2.0},
        {FEATURE_FWD_HEADER_LEN, each * HEADER_BYTES},
        {FEATURE_FWD_ACT_DATA_PKTS, each},
        {FEATURE_FLOW_IAT_MEAN, step},
        {FEATURE_FLOW_IAT_STD, 0},
        {FEATURE_FWD_IAT_TOT, (each - 1) * 2 * step},
        {FEATURE_BWD_IAT_MEAN, 2 * step},
        {FEATURE_FWD_PSH_FLAGS, each},
        {FEATURE_PSH_FLAG_CNT, each},
        {FEATURE_ACK_FLAG_CNT, 2 * each},
        {FEATURE_DOWN_UP_RATIO, 1},
        {FEATURE_FWD_BYTS_B_AVG, fed_bytes},
        {FEATURE_FWD_PKTS_B_AVG, each},
        {FEATURE_FWD_BLK_RATE_AVG, fed_bytes / ((each - 1) * 2 * step)},
        {FEATURE_SUBFLOW_FWD_PKTS, each},
        {FEATURE_SUBFLOW_BWD_BYTS, each * DOWN_BYTES},
        {FEATURE_LAST_FRAME, 2 * each},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        double actual = value(&f, columns[i].id);
        if (fabs(actual - columns[i].expected) > 1e-15 * columns[i].expected)
            fail_msg("%s is %.17g, not %.17g", feature_describe(columns[i].id)->name, actual, columns[i].expected);
    }
    for (feature_id id = 0; id < FEATURES; id++)
        assert_true(feature_get(&f, id).type != VALUE_REAL || isfinite(feature_get(&f, id).real));
}

void
many_tests(GArray *tests)
{
    test_list_add(tests, "/flow/doubling_is_feeding", doubling_is_feeding, NULL);
    test_list_add(tests, "/flow/more_packets_than_32_bits_count", more_packets_than_32_bits_count, NULL);
}
