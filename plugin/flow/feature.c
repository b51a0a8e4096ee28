/*
 * feature.c - reading values out of flows; see feature.h.
 *
 * Most rows of the table are "series x statistic" and need no code here; the others name one of the getters below.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feature.h"

#include <string.h>

#include "flow_extras.h"

typedef enum { VALIDITY_ANY, VALIDITY_NOT_ICMP } feature_validity;

typedef struct {
    feature_info info;
    feature_validity validity;
    feature_value (*get)(const flow *f); /* NULL: the statistic of the series */
    series_source series;
    series_statistic statistic;
} feature_row;

static feature_value
integer(int64_t value)
{
    return (feature_value){.type = VALUE_INTEGER, .integer = value};
}

static feature_value
count(uint64_t value)
{
    return integer(value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

/* a / b as a real number; 0 when b is 0. */
static feature_value
ratio(long double a, long double b)
{
    return (feature_value){.type = VALUE_REAL, .real = b == 0 ? 0 : (double)(a / b)};
}

/* An amount per second; 0 over no time. */
static feature_value
rate(uint64_t amount, series_sum duration_ns)
{
    return ratio((long double)amount * NS_PER_SECOND, (long double)duration_ns);
}

static feature_value
address(const flow_address *bytes, uint8_t ip_version)
{
    return (feature_value){.type = VALUE_ADDRESS, .address = {*bytes, ip_version}};
}

static feature_value
point_in_time(int64_t time_ns)
{
    return (feature_value){.type = VALUE_TIME, .time_ns = time_ns};
}

static feature_value
flag_count(const flow *f, unsigned flag, flow_direction from, flow_direction to)
{
    uint64_t packets = 0;
    for (flow_direction d = from; d <= to; d++)
        packets += f->flags[d][__builtin_ctz(flag)];
    return count(packets);
}

static uint64_t
bytes_of(const flow *f, flow_direction d)
{
    return (uint64_t)f->length[d].sum;
}

static int64_t
duration_ns(const flow *f)
{
    return f->last_ns - f->first_ns;
}

static long double
subflows(const flow *f)
{
    return 1 + (long double)f->subflow_gaps;
}

/* Getters: one for every GET(name) in the table. */
#define GETTER(name, expression)                                                                                       \
    static feature_value get_##name(const flow *f)                                                                     \
    {                                                                                                                  \
        return expression;                                                                                             \
    }

GETTER(src_ip, address(&f->src, f->ip_version))
GETTER(dst_ip, address(&f->dst, f->ip_version))
GETTER(src_port, integer(f->src_port))
GETTER(dst_port, integer(f->dst_port))
GETTER(protocol, integer(f->protocol))
GETTER(timestamp, point_in_time(f->first_ns))
GETTER(flow_duration, ratio((long double)duration_ns(f), NS_PER_SECOND))
GETTER(flow_byts_s, rate(bytes_of(f, FORWARD) + bytes_of(f, BACKWARD), duration_ns(f)))
GETTER(flow_pkts_s, rate(flow_packets(f), duration_ns(f)))
GETTER(fwd_pkts_s, rate(f->length[FORWARD].count, duration_ns(f)))
GETTER(bwd_pkts_s, rate(f->length[BACKWARD].count, duration_ns(f)))
GETTER(fwd_header_len, count(f->ip_header_bytes[FORWARD]))
GETTER(bwd_header_len, count(f->ip_header_bytes[BACKWARD]))
GETTER(fwd_seg_size_min, integer(f->least_ip_header_bytes[FORWARD]))
GETTER(fwd_act_data_pkts, count(f->payload_packets[FORWARD]))
GETTER(fwd_psh_flags, flag_count(f, TCP_PSH, FORWARD, FORWARD))
GETTER(bwd_psh_flags, flag_count(f, TCP_PSH, BACKWARD, BACKWARD))
GETTER(fwd_urg_flags, flag_count(f, TCP_URG, FORWARD, FORWARD))
GETTER(bwd_urg_flags, flag_count(f, TCP_URG, BACKWARD, BACKWARD))
GETTER(fin_flag_cnt, flag_count(f, TCP_FIN, FORWARD, BACKWARD))
GETTER(syn_flag_cnt, flag_count(f, TCP_SYN, FORWARD, BACKWARD))
GETTER(rst_flag_cnt, flag_count(f, TCP_RST, FORWARD, BACKWARD))
GETTER(psh_flag_cnt, flag_count(f, TCP_PSH, FORWARD, BACKWARD))
GETTER(ack_flag_cnt, flag_count(f, TCP_ACK, FORWARD, BACKWARD))
GETTER(urg_flag_cnt, flag_count(f, TCP_URG, FORWARD, BACKWARD))
GETTER(ece_flag_cnt, flag_count(f, TCP_ECE, FORWARD, BACKWARD))
GETTER(cwr_flag_count, flag_count(f, TCP_CWR, FORWARD, BACKWARD))
GETTER(down_up_ratio, ratio((long double)f->length[BACKWARD].count, (long double)f->length[FORWARD].count))
GETTER(init_fwd_win_byts, integer(f->first_window[FORWARD]))
GETTER(init_bwd_win_byts, integer(f->first_window[BACKWARD]))
GETTER(fwd_byts_b_avg, ratio((long double)f->bulk[FORWARD].bytes, (long double)f->bulk[FORWARD].bulks))
GETTER(bwd_byts_b_avg, ratio((long double)f->bulk[BACKWARD].bytes, (long double)f->bulk[BACKWARD].bulks))
GETTER(fwd_pkts_b_avg, ratio((long double)f->bulk[FORWARD].packets, (long double)f->bulk[FORWARD].bulks))
GETTER(bwd_pkts_b_avg, ratio((long double)f->bulk[BACKWARD].packets, (long double)f->bulk[BACKWARD].bulks))
GETTER(fwd_blk_rate_avg, rate(f->bulk[FORWARD].bytes, f->bulk[FORWARD].duration_ns))
GETTER(bwd_blk_rate_avg, rate(f->bulk[BACKWARD].bytes, f->bulk[BACKWARD].duration_ns))
GETTER(subflow_fwd_pkts, ratio((long double)f->length[FORWARD].count, subflows(f)))
GETTER(subflow_bwd_pkts, ratio((long double)f->length[BACKWARD].count, subflows(f)))
GETTER(subflow_fwd_byts, ratio((long double)bytes_of(f, FORWARD), subflows(f)))
GETTER(subflow_bwd_byts, ratio((long double)bytes_of(f, BACKWARD), subflows(f)))
GETTER(flow_id, count(f->id))
GETTER(first_frame, count(f->first_frame))
GETTER(last_frame, count(f->last_frame))
GETTER(last_timestamp, point_in_time(f->last_ns))

/* What nobody wanted is not known. */
#define EXTRA_GETTER(name, expression, unknown)                                                                        \
    static feature_value get_##name(const flow *f)                                                                     \
    {                                                                                                                  \
        const flow_extras *extras = flow_extras_of(f);                                                                 \
        return extras ? (expression) : (unknown);                                                                      \
    }

static feature_value
text_or_empty(const char *value)
{
    return (feature_value){.type = VALUE_TEXT, .text = value ? value : ""};
}

EXTRA_GETTER(tcp_stream, integer(extras->tcp_stream), integer(-1))
EXTRA_GETTER(udp_stream, integer(extras->udp_stream), integer(-1))
EXTRA_GETTER(app_proto, text_or_empty(extras->application), text_or_empty(NULL))
EXTRA_GETTER(server_name, text_or_empty(extras->server_name), text_or_empty(NULL))
EXTRA_GETTER(vlan, text_or_empty(extras->vlan), text_or_empty(NULL))
EXTRA_GETTER(tunnel, text_or_empty(extras->tunnel), text_or_empty(NULL))
EXTRA_GETTER(fwd_retrans, count(extras->retransmissions[FORWARD]), integer(0))
EXTRA_GETTER(bwd_retrans, count(extras->retransmissions[BACKWARD]), integer(0))
EXTRA_GETTER(community_id, text_or_empty(extras->community_id), text_or_empty(NULL))

static feature_value
get_end_reason(const flow *f)
{
    return (feature_value){.type = VALUE_TEXT, .text = flow_end_reason_name((flow_end_reason)f->end_reason)};
}

static const feature_row rows[FEATURES] = {
#define GET(name) .get = get_##name
#define SERIES(source, which) .series = SERIES_##source, .statistic = STATISTIC_##which
#define FEATURE(id, column, kind, measure, valid, source, text)                                                        \
    [FEATURE_##id] = {{column, text, VALUE_##kind, UNIT_##measure}, VALIDITY_##valid, source},
#define EXTRA_FEATURE FEATURE
#include "../features.def"
#undef FEATURE
#undef EXTRA_FEATURE
};

_Static_assert(CIC_FEATURES == 82, "the table begins with the 82 CICFlowMeter features");

static series
pick_series(const flow *f, series_source source)
{
    switch (source) {
    case SERIES_LENGTH_FWD:
        return f->length[FORWARD];
    case SERIES_LENGTH_BWD:
        return f->length[BACKWARD];
    case SERIES_LENGTH_FLOW:
        return series_merge(&f->length[FORWARD], &f->length[BACKWARD]);
    case SERIES_GAP_FWD:
        return f->gap[FORWARD];
    case SERIES_GAP_BWD:
        return f->gap[BACKWARD];
    case SERIES_GAP_FLOW:
        return f->flow_gap;
    case SERIES_ACTIVE:
        return f->active;
    case SERIES_IDLE:
        return f->idle;
    case SERIES_SOURCES:
        break;
    }
    return (series){0};
}

/* A whole-number statistic in the row's type: times become seconds. */
static feature_value
whole(const feature_row *row, series_sum value, double scale)
{
    return row->info.type == VALUE_INTEGER ? integer((int64_t)value) : ratio((long double)value, (long double)scale);
}

static feature_value
series_value(const flow *f, const feature_row *row)
{
    series s = pick_series(f, row->series);
    double scale = row->info.unit == UNIT_SECONDS ? (double)NS_PER_SECOND : 1;
    feature_value value = {.type = VALUE_REAL};

    switch (row->statistic) {
    case STATISTIC_COUNT:
        return count(s.count);
    case STATISTIC_SUM:
        return whole(row, s.sum, scale);
    case STATISTIC_MIN:
        return whole(row, s.min, scale);
    case STATISTIC_MAX:
        return whole(row, s.max, scale);
    case STATISTIC_MEAN:
        value.real = series_mean(&s, scale);
        break;
    case STATISTIC_DEVIATION:
        value.real = series_deviation(&s, DEVIATION_POPULATION, scale);
        break;
    case STATISTIC_VARIANCE:
        value.real = series_variance(&s, DEVIATION_POPULATION, scale);
        break;
    }
    return value;
}

feature_value
feature_measure(const flow *f, feature_id id)
{
    const feature_row *row = &rows[id];
    return row->get ? row->get(f) : series_value(f, row);
}

feature_value
feature_get(const flow *f, feature_id id)
{
    if (rows[id].validity == VALIDITY_NOT_ICMP && flow_is_icmp(f))
        return integer(-1);
    return feature_measure(f, id);
}

bool
feature_statistic(feature_id id, series_source *source, series_statistic *statistic)
{
    *source = rows[id].series;
    *statistic = rows[id].statistic;
    return rows[id].get == NULL;
}

bool
feature_needs_extras(feature_id id)
{
    return id >= FEATURE_TCP_STREAM && id < FEATURES;
}

uint64_t
feature_series_count(const flow *f, feature_id id)
{
    return rows[id].get ? 0 : pick_series(f, rows[id].series).count;
}

const feature_info *
feature_describe(feature_id id)
{
    return &rows[id].info;
}

feature_id
feature_find(const char *name, feature_id limit)
{
    for (feature_id id = 0; id < limit; id++) {
        if (strcmp(rows[id].info.name, name) == 0)
            return id;
    }
    return FEATURES;
}

const char *
value_unit_name(value_unit unit)
{
    static const char *const names[UNITS] = {
        [UNIT_NONE] = "",
        [UNIT_SECONDS] = "s",
        [UNIT_BYTES] = "bytes",
        [UNIT_BYTES_SQUARED] = "bytes²",
        [UNIT_PACKETS] = "packets",
        [UNIT_BYTES_PER_SECOND] = "bytes/s",
        [UNIT_PACKETS_PER_SECOND] = "packets/s",
    };
    return names[unit];
}

const char *
flow_end_reason_name(flow_end_reason reason)
{
    static const char *const names[END_REASONS] = {
        [END_OPEN] = "open", [END_IDLE] = "idle", [END_ACTIVE] = "active",
        [END_TCP] = "tcp",   [END_FULL] = "full", [END_EOF] = "eof",
    };
    return names[reason];
}
