/*
 * java_columns.c - the cells of the Java tools; see java_columns.h.
 *
 * All divisions use doubles and the tools' order of operations, so that the last digits agree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "java_columns.h"

#include <math.h>

#include "java_flow.h"

#define MICROSECONDS_PER_SECOND 1e6

/* For columns that only java flows have. */
static const java_flow *
java(const flow *f)
{
    return (const java_flow *)f;
}

static const java_series *
series_behind(const flow *f, feature_id feature, series_statistic *statistic)
{
    series_source source;

    feature_statistic(feature, &source, statistic);
    return &java(f)->series[source];
}

static uint64_t
packets(const flow *f, flow_direction direction)
{
    return f->length[direction].count;
}

static uint64_t
bytes(const flow *f, flow_direction direction)
{
    return (uint64_t)f->length[direction].sum;
}

static int64_t
duration_us(const flow *f)
{
    return (f->last_ns - f->first_ns) / NS_PER_MICROSECOND;
}

static double
seconds(int64_t us)
{
    return (double)us / MICROSECONDS_PER_SECOND;
}

static feature_value
statistic_of(const java_series *s, series_statistic statistic)
{
    return statistic == STATISTIC_COUNT ? integer_value((int64_t)s->count) : real_value(java_series_get(s, statistic));
}

feature_value
java_statistic(const flow *f, feature_id feature)
{
    series_statistic statistic;
    const java_series *s = series_behind(f, feature, &statistic);

    return statistic_of(s, statistic);
}

feature_value
java_statistic_or_0(const flow *f, feature_id feature)
{
    series_statistic statistic;
    const java_series *s = series_behind(f, feature, &statistic);

    return s->count > 0 ? statistic_of(s, statistic) : integer_value(0);
}

feature_value
java_statistic_or_real_0(const flow *f, feature_id feature)
{
    series_statistic statistic;
    const java_series *s = series_behind(f, feature, &statistic);

    return s->count > 0 ? statistic_of(s, statistic) : real_value(0);
}

feature_value
java_flow_id(const flow *f, feature_id feature)
{
    (void)feature;
    return text_value(java(f)->name);
}

feature_value
java_measure(const flow *f, feature_id feature)
{
    return feature_measure(f, feature);
}

feature_value
java_duration(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value(duration_us(f));
}

feature_value
java_header_bytes(const flow *f, feature_id feature)
{
    return integer_value((int64_t)java(f)->header_bytes[feature == FEATURE_BWD_HEADER_LEN]);
}

feature_value
java_least_header(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value(java(f)->least_header_bytes[FORWARD]);
}

feature_value
java_least_header_backward(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value(java(f)->least_header_bytes[BACKWARD]);
}

feature_value
java_data_packets_backward(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value((int64_t)f->payload_packets[BACKWARD]);
}

feature_value
java_window(const flow *f, feature_id feature)
{
    return integer_value(java(f)->window[feature == FEATURE_INIT_BWD_WIN_BYTS]);
}

feature_value
java_average_length(const flow *f, feature_id feature)
{
    (void)feature;
    return real_value(java(f)->series[SERIES_LENGTH_FLOW].sum / (double)f->packets);
}

feature_value
java_average_segment(const flow *f, feature_id feature)
{
    series_statistic statistic;
    const java_series *s = series_behind(f, feature, &statistic);

    return real_value(s->count > 0 ? s->sum / (double)s->count : 0);
}

feature_value
java_rate(const flow *f, feature_id feature)
{
    bool of_bytes = feature == FEATURE_FLOW_BYTS_S;
    uint64_t amount = of_bytes ? bytes(f, FORWARD) + bytes(f, BACKWARD) : f->packets;

    return real_value((double)amount / seconds(duration_us(f)));
}

feature_value
java_rate_or_minus_1(const flow *f, feature_id feature)
{
    return duration_us(f) == 0 ? integer_value(-1) : java_rate(f, feature);
}

feature_value
java_packet_rate(const flow *f, feature_id feature)
{
    int64_t us = duration_us(f);
    flow_direction direction = feature == FEATURE_BWD_PKTS_S ? BACKWARD : FORWARD;

    return real_value(us > 0 ? (double)packets(f, direction) / seconds(us) : 0);
}

feature_value
java_first_flag(const flow *f, feature_id feature)
{
    switch (feature) {
    case FEATURE_FWD_PSH_FLAGS:
        return integer_value((java(f)->first_flags & TCP_PSH) != 0);
    case FEATURE_FWD_URG_FLAGS:
        return integer_value((java(f)->first_flags & TCP_URG) != 0);
    default:
        return integer_value(0);
    }
}

static feature_value
resets(const flow *f, flow_direction direction)
{
    return integer_value((int64_t)f->flags[direction][__builtin_ctz(TCP_RST)]);
}

feature_value
java_reset_forward(const flow *f, feature_id feature)
{
    (void)feature;
    return resets(f, FORWARD);
}

feature_value
java_reset_backward(const flow *f, feature_id feature)
{
    (void)feature;
    return resets(f, BACKWARD);
}

feature_value
java_whole_down_up(const flow *f, feature_id feature)
{
    (void)feature;
    if (packets(f, FORWARD) == 0)
        return real_value(0);
    const uint64_t whole = packets(f, BACKWARD) / packets(f, FORWARD);
    return real_value((double)whole);
}

feature_value
java_real_down_up(const flow *f, feature_id feature)
{
    (void)feature;
    return real_value(packets(f, FORWARD) > 0 ? (double)packets(f, BACKWARD) / (double)packets(f, FORWARD) : 0);
}

/* The total and the number of bulks for an average. */
static const bulk_totals *
bulk_share(const flow *f, feature_id feature, uint64_t *amount)
{
    bool backward = feature == FEATURE_BWD_BYTS_B_AVG || feature == FEATURE_BWD_PKTS_B_AVG;
    bool of_bytes = feature == FEATURE_FWD_BYTS_B_AVG || feature == FEATURE_BWD_BYTS_B_AVG;
    const bulk_totals *totals = &f->bulk[backward];

    *amount = of_bytes ? totals->bytes : totals->packets;
    return totals;
}

feature_value
java_whole_bulk(const flow *f, feature_id feature)
{
    uint64_t amount;
    const bulk_totals *totals = bulk_share(f, feature, &amount);

    return integer_value(totals->bulks > 0 ? (int64_t)(amount / totals->bulks) : 0);
}

feature_value
java_real_bulk(const flow *f, feature_id feature)
{
    uint64_t amount;
    const bulk_totals *totals = bulk_share(f, feature, &amount);

    return real_value(totals->bulks > 0 ? (double)amount / (double)totals->bulks : 0);
}

/* 0 if the direction has no bulks, or bulks without duration. */
static double
bulk_rate(const flow *f, feature_id feature)
{
    const bulk_totals *totals = &f->bulk[feature == FEATURE_BWD_BLK_RATE_AVG];
    int64_t us = (int64_t)(totals->duration_ns / NS_PER_MICROSECOND);

    return us != 0 ? (double)totals->bytes / seconds(us) : 0;
}

feature_value
java_whole_bulk_rate(const flow *f, feature_id feature)
{
    return integer_value((int64_t)bulk_rate(f, feature));
}

feature_value
java_real_bulk_rate(const flow *f, feature_id feature)
{
    return real_value(bulk_rate(f, feature));
}

/* The total that is shared out among the subflows. */
static uint64_t
subflow_amount(const flow *f, feature_id feature)
{
    switch (feature) {
    case FEATURE_SUBFLOW_FWD_PKTS:
        return packets(f, FORWARD);
    case FEATURE_SUBFLOW_BWD_PKTS:
        return packets(f, BACKWARD);
    case FEATURE_SUBFLOW_FWD_BYTS:
        return bytes(f, FORWARD);
    default:
        return bytes(f, BACKWARD);
    }
}

feature_value
java_whole_subflow(const flow *f, feature_id feature)
{
    return integer_value(f->subflow_gaps > 0 ? (int64_t)(subflow_amount(f, feature) / f->subflow_gaps) : 0);
}

feature_value
java_real_subflow(const flow *f, feature_id feature)
{
    return real_value(f->subflow_gaps > 0 ? (double)subflow_amount(f, feature) / (double)f->subflow_gaps : 0);
}

feature_value
java_icmp_code(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value(java(f)->icmp_code);
}

feature_value
java_icmp_type(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value(java(f)->icmp_type);
}

feature_value
java_retransmissions_forward(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value((int64_t)java(f)->retransmissions[FORWARD]);
}

feature_value
java_retransmissions_backward(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value((int64_t)java(f)->retransmissions[BACKWARD]);
}

feature_value
java_retransmissions(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value((int64_t)(java(f)->retransmissions[FORWARD] + java(f)->retransmissions[BACKWARD]));
}

feature_value
java_connection_time(const flow *f, feature_id feature)
{
    (void)feature;
    return integer_value(java(f)->connection_ns / NS_PER_MICROSECOND);
}

feature_value
java_label(const flow *f, feature_id feature)
{
    (void)f;
    (void)feature;
    return text_value("NeedManualLabel");
}
