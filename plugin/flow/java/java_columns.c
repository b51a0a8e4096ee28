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
series_behind(const flow *f, feature_id feature)
{
    series_source source;
    series_statistic unused;

    feature_statistic(feature, &source, &unused);
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
whole_quotient(uint64_t amount, uint64_t count)
{
    return integer_value(count > 0 ? (int64_t)(amount / count) : 0);
}

static feature_value
real_quotient(uint64_t amount, uint64_t count)
{
    return real_value(count > 0 ? (double)amount / (double)count : 0);
}

feature_value
java_statistic(const flow *f, feature_id feature)
{
    series_source source;
    series_statistic statistic;

    feature_statistic(feature, &source, &statistic);
    const java_series *s = &java(f)->series[source];
    return statistic == STATISTIC_COUNT ? integer_value((int64_t)s->count) : real_value(java_series_get(s, statistic));
}

feature_value
java_average_segment(const flow *f, feature_id feature)
{
    const java_series *s = series_behind(f, feature);

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

feature_value
java_whole_down_up(const flow *f, feature_id feature G_GNUC_UNUSED)
{
    if (packets(f, FORWARD) == 0)
        return real_value(0);
    const uint64_t whole = packets(f, BACKWARD) / packets(f, FORWARD);
    return real_value((double)whole);
}

static bool
is_backward_bulk(feature_id feature)
{
    return feature == FEATURE_BWD_BYTS_B_AVG || feature == FEATURE_BWD_PKTS_B_AVG;
}

/* The total that an average shares out among the bulks. */
static uint64_t
bulk_amount(const flow *f, feature_id feature)
{
    const bulk_totals *totals = &f->bulk[is_backward_bulk(feature)];
    bool of_bytes = feature == FEATURE_FWD_BYTS_B_AVG || feature == FEATURE_BWD_BYTS_B_AVG;

    return of_bytes ? totals->bytes : totals->packets;
}

/* 0 if the direction has no bulks, or bulks without duration. */
static double
bulk_rate(const flow *f, feature_id feature)
{
    const bulk_totals *totals = &f->bulk[feature == FEATURE_BWD_BLK_RATE_AVG];
    int64_t us = (int64_t)(totals->duration_ns / NS_PER_MICROSECOND);

    return us != 0 ? (double)totals->bytes / seconds(us) : 0;
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

/* A getter of one expression, of the flow f and the column's feature. */
#define GETTER(name, expression)                                                                                       \
    feature_value name(const flow *f G_GNUC_UNUSED, feature_id feature G_GNUC_UNUSED)                                  \
    {                                                                                                                  \
        return expression;                                                                                             \
    }

GETTER(java_statistic_or_0, series_behind(f, feature)->count > 0 ? java_statistic(f, feature) : integer_value(0))
GETTER(java_statistic_or_real_0, series_behind(f, feature)->count > 0 ? java_statistic(f, feature) : real_value(0))
GETTER(java_flow_id, text_value(java(f)->name))
GETTER(java_duration, integer_value(duration_us(f)))
GETTER(java_header_bytes, integer_value((int64_t)java(f)->header_bytes[feature == FEATURE_BWD_HEADER_LEN]))
GETTER(java_least_header, integer_value(java(f)->least_header_bytes[FORWARD]))
GETTER(java_least_header_backward, integer_value(java(f)->least_header_bytes[BACKWARD]))
GETTER(java_data_packets_backward, integer_value((int64_t)f->payload_packets[BACKWARD]))
GETTER(java_window, integer_value(java(f)->window[feature == FEATURE_INIT_BWD_WIN_BYTS]))
GETTER(java_average_length, real_value(java(f)->series[SERIES_LENGTH_FLOW].sum / (double)f->packets))
GETTER(java_rate_or_minus_1, duration_us(f) == 0 ? integer_value(-1) : java_rate(f, feature))
GETTER(java_reset_forward, integer_value((int64_t)f->flags[FORWARD][__builtin_ctz(TCP_RST)]))
GETTER(java_reset_backward, integer_value((int64_t)f->flags[BACKWARD][__builtin_ctz(TCP_RST)]))
GETTER(java_real_down_up, real_quotient(packets(f, BACKWARD), packets(f, FORWARD)))
GETTER(java_whole_bulk, whole_quotient(bulk_amount(f, feature), f->bulk[is_backward_bulk(feature)].bulks))
GETTER(java_real_bulk, real_quotient(bulk_amount(f, feature), f->bulk[is_backward_bulk(feature)].bulks))
GETTER(java_whole_bulk_rate, integer_value((int64_t)bulk_rate(f, feature)))
GETTER(java_real_bulk_rate, real_value(bulk_rate(f, feature)))
GETTER(java_whole_subflow, whole_quotient(subflow_amount(f, feature), f->subflow_gaps))
GETTER(java_real_subflow, real_quotient(subflow_amount(f, feature), f->subflow_gaps))
GETTER(java_icmp_code, integer_value(java(f)->icmp_code))
GETTER(java_icmp_type, integer_value(java(f)->icmp_type))
GETTER(java_retransmissions_forward, integer_value((int64_t)java(f)->retransmissions[FORWARD]))
GETTER(java_retransmissions_backward, integer_value((int64_t)java(f)->retransmissions[BACKWARD]))
GETTER(java_retransmissions,
       integer_value((int64_t)(java(f)->retransmissions[FORWARD] + java(f)->retransmissions[BACKWARD])))
GETTER(java_connection_time, integer_value(java(f)->connection_ns / NS_PER_MICROSECOND))
GETTER(java_label, text_value("NeedManualLabel"))
