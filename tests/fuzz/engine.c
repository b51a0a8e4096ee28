/*
 * engine.c - fuzz target: any sequence of packets through the engine, in every dialect, and every record written.
 *
 * Checked of every run: every real number is written in a form that reads back. Of the standard dialect: packets and
 * bytes of all records are those added, every number is finite, a minimum is not above its mean or maximum; and the
 * same packets with source and destination swapped give the same records, but for the addresses and ports. Optional
 * measures are taken as the first bytes choose.
 * The number of packets is printed at the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "flow/dialect.h"
#include "flow/flow_rules.h"
#include "fuzz.h"
#include "output/number.h"

static uint64_t packets_of_all_runs;

static __attribute__((destructor)) void
print_packets(void)
{
    fprintf(stderr, "engine: %llu packets\n", (unsigned long long)packets_of_all_runs);
}

typedef struct {
    bool standard;
    const dialect *spoken;
    optional_settings optional;
    uint64_t packets, bytes; /* in records */
    GArray *values;          /* of double: the columns that do not depend on which end is which */
} run_state;

static void
check_number(double value, const number_style *style)
{
    char text[NUMBER_BYTES_MAX + 1];
    size_t length = number_write_real(text, value, style);

    FUZZ_CHECK(length <= NUMBER_BYTES_MAX);
    text[length] = '\0';
    if (isfinite(value))
        FUZZ_CHECK(strtod(text, NULL) == value);
}

static double
real_of(const flow *f, feature_id id)
{
    feature_value value = feature_get(f, id);
    return value.type == VALUE_REAL ? value.real : (double)value.integer;
}

static void
check_ordered(const flow *f, feature_id min, feature_id mean, feature_id max)
{
    double tolerance = 1e-9 * fabs(real_of(f, max));

    FUZZ_CHECK(real_of(f, min) <= real_of(f, mean) + tolerance);
    FUZZ_CHECK(real_of(f, mean) <= real_of(f, max) + tolerance);
}

static void
check_standard(const flow *f)
{
    for (int id = 0; id < CIC_FEATURES; id++) {
        feature_value value = feature_get(f, (feature_id)id);
        if (value.type == VALUE_REAL)
            FUZZ_CHECK(isfinite(value.real));
    }
    check_ordered(f, FEATURE_FWD_PKT_LEN_MIN, FEATURE_FWD_PKT_LEN_MEAN, FEATURE_FWD_PKT_LEN_MAX);
    check_ordered(f, FEATURE_PKT_LEN_MIN, FEATURE_PKT_LEN_MEAN, FEATURE_PKT_LEN_MAX);
    check_ordered(f, FEATURE_FLOW_IAT_MIN, FEATURE_FLOW_IAT_MEAN, FEATURE_FLOW_IAT_MAX);
    check_ordered(f, FEATURE_ACTIVE_MIN, FEATURE_ACTIVE_MEAN, FEATURE_ACTIVE_MAX);
    check_ordered(f, FEATURE_IDLE_MIN, FEATURE_IDLE_MEAN, FEATURE_IDLE_MAX);
    FUZZ_CHECK(real_of(f, FEATURE_FLOW_DURATION) >= 0);
    FUZZ_CHECK(real_of(f, FEATURE_FWD_IAT_TOT) <= real_of(f, FEATURE_FLOW_DURATION));
    FUZZ_CHECK(real_of(f, FEATURE_BWD_IAT_TOT) <= real_of(f, FEATURE_FLOW_DURATION));
}

/* All columns that were asked for are there, in any dialect. */
static void
check_optional(const run_state *run, const flow *f)
{
    feature_value list = feature_get(f, FEATURE_SEQ_GAP);
    uint64_t most = run->optional.first_packets;
    uint64_t measured = most > 0 ? MIN(f->packets, most) : f->packets;

    FUZZ_CHECK(!run->standard || flow_packets(f) == measured);
    for (feature_id id = 0; id < FEATURES; id++) {
        column_group group = feature_describe(id)->group;
        bool is_wanted = group < MEASURED_FIRST || run->optional.groups >> group & 1;
        FUZZ_CHECK(is_wanted || feature_get(f, id).type == VALUE_MISSING);
    }
    if (run->optional.groups >> GROUP_PAYLOAD & 1) {
        check_ordered(f, FEATURE_FWD_PAYLOAD_MIN, FEATURE_FWD_PAYLOAD_MEAN, FEATURE_FWD_PAYLOAD_MAX);
        check_ordered(f, FEATURE_BWD_PAYLOAD_MIN, FEATURE_BWD_PAYLOAD_MEAN, FEATURE_BWD_PAYLOAD_MAX);
    }
    if (run->optional.groups >> GROUP_TTL & 1)
        check_ordered(f, FEATURE_FWD_TTL_MIN, FEATURE_FWD_TTL_MIN, FEATURE_FWD_TTL_MAX);
    feature_value rtt = feature_get(f, FEATURE_SYN_RTT);
    FUZZ_CHECK(rtt.type == VALUE_MISSING || rtt.real >= 0);
    if (list.type == VALUE_MISSING)
        return;
    FUZZ_CHECK(list.list.count == MIN(measured, run->optional.sequence));
    for (unsigned i = 0; i < list.list.count; i++)
        FUZZ_CHECK(feature_value_element(&list, i).real >= 0);
}

static void
note_values(run_state *run, const flow *f)
{
    run->bytes += (uint64_t)(f->length[FORWARD].sum + f->length[BACKWARD].sum);
    for (int id = FEATURE_PROTOCOL; id < CIC_FEATURES; id++) {
        double value = real_of(f, (feature_id)id);
        g_array_append_val(run->values, value);
    }
}

static void
check_record(run_state *run, const flow *f)
{
    run->packets += f->packets;
    if (run->standard) {
        check_standard(f);
        note_values(run, f);
    }
    check_optional(run, f);
    for (size_t i = 0; i < run->spoken->column_count; i++) {
        feature_value value = dialect_column_get(&run->spoken->columns[i], f);
        if (value.type == VALUE_REAL)
            check_number(value.real, run->spoken->numbers);
    }
}

static void
take_ended(run_state *run, flow_table *table)
{
    flow *ended;

    while ((ended = flow_table_take_ended(table))) {
        FUZZ_CHECK(ended->end_reason != END_OPEN);
        if (!ended->has_no_record)
            check_record(run, ended);
        g_free(ended);
    }
}

/* Steps between packets of every size, from nanoseconds to decades, forwards mostly. */
static int64_t
take_time(fuzz_bytes *bytes, int64_t now_ns)
{
    uint64_t form = fuzz_take(bytes, 1);
    int64_t step_ns = (int64_t)fuzz_take(bytes, form & 7);
    int64_t next_ns;

    if ((form & 0x18) == 0)
        step_ns = -step_ns;
    if (__builtin_add_overflow(now_ns, step_ns, &next_ns) || next_ns < TIME_NS_MIN || next_ns > TIME_NS_MAX)
        return (form & 0x20) != 0 ? TIME_NS_MIN : TIME_NS_MAX;
    return next_ns;
}

static observation
take_packet(fuzz_bytes *bytes, int64_t now_ns, uint64_t frame, bool has_vlans)
{
    static const uint8_t protocols[] = {TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_ICMP, TRANSPORT_ICMPV6};
    uint64_t form = fuzz_take(bytes, 1);
    observation packet = {
        .time_ns = take_time(bytes, now_ns),
        .frame = frame,
        .protocol = protocols[form & 3],
        .ip_version = (form & 4) != 0 ? 6 : 4,
        .length_bytes = fuzz_take(bytes, (form & 8) != 0 ? 5 : 2),
        .ip_header_bytes = (uint32_t)fuzz_take(bytes, 1),
        .transport_header_bytes = (uint32_t)fuzz_take(bytes, 1),
    };

    packet.ttl = (uint8_t)packet.length_bytes;
    packet.captured_bytes = packet.length_bytes;
    packet.payload_bytes = (uint32_t)fuzz_take(bytes, 2);
    packet.vlans = has_vlans && (form & 8) != 0 ? (uint32_t)fuzz_take(bytes, 1) : 0;
    packet.src.bytes[0] = (uint8_t)(form >> 4 & 1);
    packet.dst.bytes[0] = (uint8_t)(form >> 5 & 1);
    packet.src_port = (uint16_t)(form >> 6 & 1);
    packet.dst_port = (uint16_t)(form >> 7);
    if (packet.protocol == TRANSPORT_TCP) {
        packet.tcp_flags = (uint8_t)fuzz_take(bytes, 1);
        packet.tcp_window = (uint16_t)fuzz_take(bytes, 2);
        packet.tcp_sequence = (uint32_t)fuzz_take(bytes, 1);
        packet.tcp_acknowledgement = has_vlans ? (uint32_t)fuzz_take(bytes, 1) : 0;
    } else if (observation_is_icmp(&packet)) {
        packet.src_port = packet.dst_port = 0;
        packet.icmp_type = (uint8_t)fuzz_take(bytes, 1);
        packet.icmp_code = (uint8_t)fuzz_take(bytes, 1);
        packet.icmp_identifier = (uint16_t)fuzz_take(bytes, 1);
    }
    return packet;
}

/* The settings that the first bytes choose. */
static flow_settings
take_settings(fuzz_bytes *bytes, const dialect **spoken)
{
    flow_settings settings = flow_settings_default;
    size_t dialects = 0;

    while (dialect_at(dialects))
        dialects++;
    uint64_t form = fuzz_take(bytes, 1);
    *spoken = dialect_at(form % dialects);
    settings.rules = (*spoken)->rules;
    settings.max_flows = (form & 0x40) != 0 ? fuzz_take(bytes, 1) : 0;
    settings.active_timeout_ns = (form & 0x80) != 0 ? (int64_t)fuzz_take(bytes, 5) : 0;
    if (*spoken == dialect_at(0)) {
        settings.closed_timeout_ns = (form & 0x20) != 0 ? (int64_t)fuzz_take(bytes, 5) : 0;
        settings.vlan_flows = (form & 0x10) != 0;
    }
    if ((form & 0x0c) == 0x08) {
        settings.optional.groups = (unsigned)fuzz_take(bytes, 1) & ~1U;
        settings.optional.sequence = (unsigned)fuzz_take(bytes, 1);
        settings.optional.first_packets = settings.rules->can_stop_measuring ? fuzz_take(bytes, 1) : 0;
    }
    return settings;
}

static void
swap_ends(observation *packet)
{
    flow_address address = packet->src;
    uint16_t port = packet->src_port;

    packet->src = packet->dst;
    packet->dst = address;
    packet->src_port = packet->dst_port;
    packet->dst_port = port;
}

/* All packets through a table, as they are or with their ends swapped. The caller frees the values. */
static run_state
run_packets(fuzz_bytes bytes, bool swapped)
{
    run_state run = {.values = g_array_new(FALSE, FALSE, sizeof(double))};
    flow_settings settings = take_settings(&bytes, &run.spoken);
    uint64_t packets = 0, bytes_added = 0;

    run.standard = run.spoken == dialect_at(0);
    run.optional = settings.optional;
    flow_table *table = flow_table_new(&settings);
    int64_t now_ns = (int64_t)fuzz_take(&bytes, 1) << 53;
    for (uint64_t frame = 1; bytes.left > 0; frame++, packets_of_all_runs++) {
        observation packet = take_packet(&bytes, now_ns, frame, settings.vlan_flows);
        flow_direction direction;
        now_ns = packet.time_ns;
        if (swapped)
            swap_ends(&packet);
        const flow *f = flow_table_add(table, &packet, &direction);
        if (f) {
            FUZZ_CHECK(!f->has_no_record);
            packets++;
            bytes_added += packet.length_bytes;
        }
        take_ended(&run, table);
        if (settings.max_flows > 0 && run.standard)
            FUZZ_CHECK(flow_table_counts(table)->open <= settings.max_flows);
    }
    flow_table_finish(table);
    take_ended(&run, table);
    FUZZ_CHECK(!run.standard ||
               (run.packets == packets && (run.bytes == bytes_added || settings.optional.first_packets > 0)));
    FUZZ_CHECK(flow_table_counts(table)->open == 0);
    flow_table_free(table);
    return run;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_state run = run_packets((fuzz_bytes){data, size}, false);

    if (run.standard) {
        run_state swapped = run_packets((fuzz_bytes){data, size}, true);
        FUZZ_CHECK(swapped.values->len == run.values->len);
        size_t size_of_values = run.values->len * sizeof(double);
        FUZZ_CHECK(size_of_values == 0 || memcmp(swapped.values->data, run.values->data, size_of_values) == 0);
        g_array_free(swapped.values, TRUE);
    }
    g_array_free(run.values, TRUE);
    return 0;
}
