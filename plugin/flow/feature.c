/*
 * feature.c - reads values from flows; see feature.h.
 *
 * Most rows of the table are "series x statistic" and need no code here; the others name one of the getters below.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feature.h"

#include <string.h>

#include "flow_extras.h"
#include "flow_group.h"

typedef enum { VALIDITY_ANY, VALIDITY_NOT_ICMP } feature_validity;

typedef feature_value (*list_element)(const void *elements, unsigned index);

typedef struct {
    feature_getter *get;
    feature_value (*get_of)(const flow *f, flow_direction direction); /* called by get_of_direction() */
    list_element element;
    feature_info info;
    feature_validity validity;
    flow_direction from, to;
    series_source series;
    series_statistic statistic;
    uint8_t flag; /* TCP_* */
    bool is_statistic;
} feature_row;

static const feature_row rows[FEATURES];

static feature_value
count(uint64_t value)
{
    return integer_value(value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

/* a / b as a real number; 0 if b is 0. */
static feature_value
ratio(long double a, long double b)
{
    return real_value(b == 0 ? 0 : (double)(a / b));
}

/* An amount per second; 0 if the duration is 0. */
static feature_value
rate(uint64_t amount, series_sum duration_ns)
{
    return ratio((long double)amount * NS_PER_SECOND, series_real(duration_ns));
}

static feature_value
seconds(int64_t duration_ns)
{
    return ratio((long double)duration_ns, NS_PER_SECOND);
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
text_or_empty(const char *value)
{
    return (feature_value){.type = VALUE_TEXT, .text = value ? value : ""};
}

static feature_value
missing(void)
{
    return (feature_value){.type = VALUE_MISSING};
}

static feature_value
flag_count(const flow *f, unsigned flag, flow_direction from, flow_direction to)
{
    int bit = __builtin_ctz(flag);
    return count(f->flags[from][bit] + (from != to ? f->flags[to][bit] : 0));
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
    static feature_value get_##name(const flow *f, feature_id id G_GNUC_UNUSED)                                        \
    {                                                                                                                  \
        return expression;                                                                                             \
    }

GETTER(src_ip, address(&f->src, f->ip_version))
GETTER(dst_ip, address(&f->dst, f->ip_version))
GETTER(src_port, integer_value(f->src_port))
GETTER(dst_port, integer_value(f->dst_port))
GETTER(protocol, integer_value(f->protocol))
GETTER(timestamp, point_in_time(f->first_ns))
GETTER(flow_duration, seconds(duration_ns(f)))
GETTER(flow_byts_s, rate(bytes_of(f, FORWARD) + bytes_of(f, BACKWARD), duration_ns(f)))
GETTER(flow_pkts_s, rate(flow_packets(f), duration_ns(f)))
GETTER(fwd_pkts_s, rate(f->length[FORWARD].count, duration_ns(f)))
GETTER(bwd_pkts_s, rate(f->length[BACKWARD].count, duration_ns(f)))
GETTER(fwd_header_len, count(f->ip_header_bytes[FORWARD]))
GETTER(bwd_header_len, count(f->ip_header_bytes[BACKWARD]))
GETTER(fwd_seg_size_min, integer_value(f->least_ip_header_bytes[FORWARD]))
GETTER(fwd_act_data_pkts, count(f->payload_packets[FORWARD]))
GETTER(down_up_ratio, ratio((long double)f->length[BACKWARD].count, (long double)f->length[FORWARD].count))
GETTER(init_fwd_win_byts, integer_value(f->first_window[FORWARD]))
GETTER(init_bwd_win_byts, integer_value(f->first_window[BACKWARD]))
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
GETTER(flow_group, integer_value(flow_group_number(f)))

/* Getters of extras; `unknown` is the value of flows without them. */
#define EXTRA_GETTER(name, expression, unknown)                                                                        \
    static feature_value get_##name(const flow *f, feature_id id G_GNUC_UNUSED)                                        \
    {                                                                                                                  \
        const flow_extras *extras = flow_extras_of(f);                                                                 \
        return extras ? (expression) : (unknown);                                                                      \
    }

EXTRA_GETTER(tcp_stream, integer_value(extras->tcp_stream), integer_value(-1))
EXTRA_GETTER(udp_stream, integer_value(extras->udp_stream), integer_value(-1))
EXTRA_GETTER(app_proto, text_or_empty(extras->application), text_or_empty(NULL))
EXTRA_GETTER(server_name, text_or_empty(extras->server_name), text_or_empty(NULL))
EXTRA_GETTER(vlan, text_or_empty(extras->vlan), text_or_empty(NULL))
EXTRA_GETTER(tunnel, text_or_empty(extras->tunnel), text_or_empty(NULL))
EXTRA_GETTER(fwd_retrans, count(extras->retransmissions[FORWARD]), integer_value(0))
EXTRA_GETTER(bwd_retrans, count(extras->retransmissions[BACKWARD]), integer_value(0))
EXTRA_GETTER(community_id, text_or_empty(extras->community_id), text_or_empty(NULL))

static feature_value
get_end_reason(const flow *f, feature_id id G_GNUC_UNUSED)
{
    return (feature_value){.type = VALUE_TEXT, .text = flow_end_reason_name((flow_end_reason)f->end_reason)};
}

/* Getters of optional measures, only called for flows that have the group's measures. */
#define OPTIONAL_GETTER(name, group, expression)                                                                       \
    static feature_value get_##name(const flow *f, feature_id id G_GNUC_UNUSED)                                        \
    {                                                                                                                  \
        const optional_measures *measures = optional_measures_with(f, group);                                          \
        return expression;                                                                                             \
    }
#define OPTIONAL_GETTER_OF(name, group, expression)                                                                    \
    static feature_value get_##name(const flow *f, flow_direction direction)                                           \
    {                                                                                                                  \
        const optional_measures *measures = optional_measures_with(f, group);                                          \
        return expression;                                                                                             \
    }
#define ELEMENT(name, kind, expression)                                                                                \
    static feature_value element_##name(const void *elements, unsigned index)                                          \
    {                                                                                                                  \
        const sequence_packet *packet = (const sequence_packet *)elements + index;                                     \
        return kind(expression);                                                                                       \
    }

/* The time between two steps of a handshake; missing if the second was not seen. */
static feature_value
handshake_time(const tcp_course *course, handshake_stage stage, int64_t from_ns, int64_t to_ns)
{
    return course->stage < stage ? missing() : seconds(to_ns - from_ns);
}

static feature_value
way(const flow *f, const char *const *names, uint8_t which)
{
    return f->protocol == TRANSPORT_TCP ? text_or_empty(names[which]) : missing();
}

static const char *const opened_names[OPENED_WAYS] = {
    [OPENED_MIDDLE] = "middle", [OPENED_SYN] = "syn", [OPENED_SYNACK] = "synack"};

static const char *const close_names[CLOSE_WAYS] = {
    [CLOSE_NONE] = "none",         [CLOSE_FIN_FWD] = "fin_fwd", [CLOSE_FIN_BWD] = "fin_bwd",
    [CLOSE_FIN_BOTH] = "fin_both", [CLOSE_RST_FWD] = "rst_fwd", [CLOSE_RST_BWD] = "rst_bwd",
};

OPTIONAL_GETTER_OF(transport_header_bytes, GROUP_PAYLOAD, count(measures->transport_header_bytes[direction]))
OPTIONAL_GETTER_OF(ttl_min, GROUP_TTL, integer_value(measures->ttl_min[direction]))
OPTIONAL_GETTER_OF(ttl_max, GROUP_TTL, integer_value(measures->ttl_max[direction]))
OPTIONAL_GETTER_OF(win_max, GROUP_WINDOW, integer_value(measures->window_max[direction]))
OPTIONAL_GETTER_OF(zero_win, GROUP_WINDOW, count(measures->zero_windows[direction]))
OPTIONAL_GETTER(syn_rtt, GROUP_TCP,
                handshake_time(&measures->course, HANDSHAKE_SYNACK, measures->course.syn_ns,
                               measures->course.synack_ns))
OPTIONAL_GETTER(ack_rtt, GROUP_TCP,
                handshake_time(&measures->course, HANDSHAKE_ACK, measures->course.synack_ns, measures->course.ack_ns))
OPTIONAL_GETTER(opened, GROUP_TCP, way(f, opened_names, measures->course.opened))
OPTIONAL_GETTER(close, GROUP_TCP, way(f, close_names, measures->course.close))
OPTIONAL_GETTER(capture, GROUP_CAPTURE, measures->capture_name ? text_or_empty(measures->capture_name) : missing())

ELEMENT(direction, integer_value, packet->direction == FORWARD ? 1 : -1)
ELEMENT(length, integer_value, packet->length_bytes)
ELEMENT(payload, integer_value, packet->payload_bytes)
ELEMENT(gap, seconds, packet->gap_ns)
ELEMENT(flags, integer_value, packet->tcp_flags)

static feature_value
get_of_direction(const flow *f, feature_id id)
{
    return rows[id].get_of(f, rows[id].from);
}

static feature_value
get_flags(const flow *f, feature_id id)
{
    return flag_count(f, rows[id].flag, rows[id].from, rows[id].to);
}

static feature_value
get_sequence(const flow *f, feature_id id)
{
    const optional_measures *measures = optional_measures_with(f, GROUP_SEQUENCE);
    return (feature_value){.type = rows[id].info.type,
                           .list = {measures->sequence, measures->sequence_count, rows[id].element}};
}

/* Offset of each series in a flow; 0: not in the flow itself. */
static const size_t series_offsets[SERIES_SOURCES] = {
    [SERIES_LENGTH_FWD] = offsetof(flow, length[FORWARD]),
    [SERIES_LENGTH_BWD] = offsetof(flow, length[BACKWARD]),
    [SERIES_GAP_FWD] = offsetof(flow, gap[FORWARD]),
    [SERIES_GAP_BWD] = offsetof(flow, gap[BACKWARD]),
    [SERIES_GAP_FLOW] = offsetof(flow, flow_gap),
    [SERIES_ACTIVE] = offsetof(flow, active),
    [SERIES_IDLE] = offsetof(flow, idle),
};

static const series *
find_or_make_series(const flow *f, series_source source, series *made)
{
    if (source == SERIES_LENGTH_FLOW) {
        *made = series_merge(&f->length[FORWARD], &f->length[BACKWARD]);
        return made;
    }
    static const series none;
    const optional_measures *measures = optional_measures_with(f, GROUP_PAYLOAD);
    return measures ? &measures->payload[source == SERIES_PAYLOAD_FWD ? FORWARD : BACKWARD] : &none;
}

/* The flow's own series, or one computed into *made. */
static inline const series *
pick_series(const flow *f, series_source source, series *made)
{
    if (series_offsets[source] == 0)
        return find_or_make_series(f, source, made);
    return (const series *)(const void *)((const char *)f + series_offsets[source]);
}

/* The divisor that turns the series' unit into that of the column: times become seconds. */
static double
scale_of(feature_id id)
{
    return rows[id].info.unit == UNIT_SECONDS ? (double)NS_PER_SECOND : 1;
}

/* An integer statistic, converted to the type of the row. */
static feature_value
whole(series_sum value, feature_id id)
{
    if (rows[id].info.type == VALUE_INTEGER)
        return integer_value((int64_t)value);
    return real_value((double)(series_real(value) / (long double)scale_of(id)));
}

/* Getters of statistics: one for every SERIES(series, NAME) in the table. */
#define STATISTIC_GETTER(NAME, expression)                                                                             \
    static feature_value get_##NAME(const flow *f, feature_id id)                                                      \
    {                                                                                                                  \
        series made;                                                                                                   \
        const series *s = pick_series(f, rows[id].series, &made);                                                      \
        return expression;                                                                                             \
    }

STATISTIC_GETTER(COUNT, count(s->count))
STATISTIC_GETTER(SUM, whole(s->sum, id))
STATISTIC_GETTER(MIN, whole(s->min, id))
STATISTIC_GETTER(MAX, whole(s->max, id))
STATISTIC_GETTER(MEAN, real_value(series_mean(s, scale_of(id))))
STATISTIC_GETTER(DEVIATION, real_value(series_deviation(s, DEVIATION_POPULATION, scale_of(id))))
STATISTIC_GETTER(VARIANCE, real_value(series_variance(s, DEVIATION_POPULATION, scale_of(id))))

static const feature_row rows[FEATURES] = {
#define GET(name) .get = get_##name
#define OF(name, direction) .get = get_of_direction, .get_of = get_##name, .from = direction
#define LIST(name) .get = get_sequence, .element = element_##name
#define FLAGS(which, first, last) .get = get_flags, .flag = TCP_##which, .from = (first), .to = (last)
#define SERIES(source, which)                                                                                          \
    .get = get_##which, .is_statistic = true, .series = SERIES_##source, .statistic = STATISTIC_##which
#define FEATURE(id, column, kind, measure, valid, source, text)                                                        \
    [FEATURE_##id] = {                                                                                                 \
        .info = {column, text, VALUE_##kind, UNIT_##measure, GROUP_NONE}, .validity = VALIDITY_##valid, source},
#define EXTRA_FEATURE FEATURE
#define OPTIONAL_FEATURE(id, column, kind, measure, valid, source, kept, text)                                         \
    [FEATURE_##id] = {                                                                                                 \
        .info = {column, text, VALUE_##kind, UNIT_##measure, GROUP_##kept}, .validity = VALIDITY_##valid, source},
#include "../features.def"
};

_Static_assert(CIC_FEATURES == 82, "the table begins with the 82 CICFlowMeter features");

static bool
is_measured(const flow *f, feature_id id)
{
    return rows[id].info.group < MEASURED_FIRST || optional_measures_with(f, rows[id].info.group);
}

feature_value
feature_measure(const flow *f, feature_id id)
{
    return is_measured(f, id) ? rows[id].get(f, id) : missing();
}

static feature_value
get_unless_icmp(const flow *f, feature_id id)
{
    return flow_is_icmp(f) ? integer_value(-1) : rows[id].get(f, id);
}

feature_getter *
feature_getter_of(feature_id id)
{
    if (rows[id].info.group >= MEASURED_FIRST)
        return feature_get;
    return rows[id].validity == VALIDITY_NOT_ICMP ? get_unless_icmp : rows[id].get;
}

feature_value
feature_get(const flow *f, feature_id id)
{
    if (!is_measured(f, id))
        return missing();
    return rows[id].validity == VALIDITY_NOT_ICMP ? get_unless_icmp(f, id) : rows[id].get(f, id);
}

bool
feature_statistic(feature_id id, series_source *source, series_statistic *statistic)
{
    *source = rows[id].series;
    *statistic = rows[id].statistic;
    return rows[id].is_statistic;
}

bool
feature_needs_extras(feature_id id)
{
    return id >= FEATURE_TCP_STREAM && id < FEATURES;
}

uint64_t
feature_series_count(const flow *f, feature_id id)
{
    series made;
    return rows[id].is_statistic ? pick_series(f, rows[id].series, &made)->count : 0;
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
column_group_name(column_group group)
{
    static const char *const names[COLUMN_GROUPS] = {
        [GROUP_FLAGS] = "flags",   [GROUP_PAYLOAD] = "payload", [GROUP_TTL] = "ttl",
        [GROUP_WINDOW] = "window", [GROUP_TCP] = "tcp",         [GROUP_SEQUENCE] = "sequence",
    };
    return names[group];
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
