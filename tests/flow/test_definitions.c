/*
 * test_definitions.c - defined columns on a few packets, by hand: the language, exact sums, bounds, and filters that
 * are decided without dissection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <inttypes.h>
#include <string.h>

#include "flow/define/definition_parser.h"
#include "flow/flow_extras.h"
#include "tests.h"

/* Fields named text.*, time.*, real.* and none.* have values of this kind, unknown.* are unknown, others whole numbers.
 */
static values_kind
kind_of(void *unused G_GNUC_UNUSED, const char *field, char **problem)
{
    static const struct {
        const char *prefix;
        values_kind kind;
    } kinds[] = {{"text.", VALUES_TEXT}, {"time.", VALUES_TIME}, {"frame.time", VALUES_TIME},
                 {"real.", VALUES_REAL}, {"none.", VALUES_NONE}, {"tcp", VALUES_INTEGER}};
    if (g_str_has_prefix(field, "unknown.")) {
        *problem = g_strdup_printf("no %s here", field);
        return VALUES_UNKNOWN;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_has_prefix(field, kinds[i].prefix))
            return kinds[i].kind;
    }
    return VALUES_INTEGER;
}

static char *
check_filter(void *unused G_GNUC_UNUSED, const char *text)
{
    return strstr(text, "bad") ? g_strdup("it is bad") : NULL;
}

static const field_catalog catalog = {.kind_of = kind_of, .check_filter = check_filter};

/* Three packets: two forward, one backward. */
static const struct {
    flow_direction direction;
    observation packet;
} packets[] = {
    {FORWARD,
     {.time_ns = 1000000000,
      .length_bytes = 100,
      .ip_version = 4,
      .protocol = TRANSPORT_TCP,
      .ttl = 64,
      .tcp_flags = TCP_SYN,
      .tcp_window = 1000,
      .src_port = 5,
      .dst_port = 80}},
    {BACKWARD,
     {.time_ns = 1250000000,
      .length_bytes = 60,
      .ip_version = 4,
      .protocol = TRANSPORT_TCP,
      .ttl = 50,
      .tcp_flags = TCP_SYN | TCP_ACK,
      .tcp_window = 500,
      .src_port = 80,
      .dst_port = 5}},
    {FORWARD,
     {.time_ns = 2000000001,
      .length_bytes = 300,
      .ip_version = 4,
      .protocol = TRANSPORT_TCP,
      .ttl = 62,
      .tcp_flags = TCP_ACK,
      .tcp_window = 0,
      .src_port = 5,
      .dst_port = 80}},
};

static const struct {
    const char *text;
    feature_value value;
} rows[] = {
#define WHOLE(n)                                                                                                       \
    {                                                                                                                  \
        .type = VALUE_INTEGER, .integer = (n)                                                                          \
    }
#define REAL(n)                                                                                                        \
    {                                                                                                                  \
        .type = VALUE_REAL, .real = (n)                                                                                \
    }
#define NOTHING                                                                                                        \
    {                                                                                                                  \
        .type = VALUE_MISSING                                                                                          \
    }
    {"1 + 2 * 3 - 4", WHOLE(3)},
    {"-(1 + 2) * -3", WHOLE(9)},
    {"7 / 2", REAL(3.5)},
    {"1 / 0", NOTHING},
    {"1 / (2 - 2) else 5", REAL(5)},
    {"9223372036854775807 + 9223372036854775807", WHOLE(INT64_MAX)},
    {"9223372036854775807 + 9223372036854775807 - 9223372036854775806", WHOLE(INT64_MAX)},
    {"9223372036854775807 * 4 - 9223372036854775807 * 4 + 3", WHOLE(3)},
    {"1e3 + .5", REAL(1000.5)},
    {"count(*)", WHOLE(3)},
    {"count(*, bwd)", WHOLE(1)},
    {"sum(frame.len)", WHOLE(460)},
    {"sum(frame.len, fwd)", WHOLE(400)},
    {"min(frame.len) * 1000 + max(frame.len)", WHOLE(60300)},
    {"mean(frame.len, fwd)", REAL(200)},
    {"std(frame.len, fwd)", REAL(100)},
    {"var(frame.len, fwd)", REAL(10000)},
    {"first(ip.ttl)", WHOLE(64)},
    {"last(ip.ttl, fwd)", WHOLE(62)},
    {"or(tcp.flags, fwd)", WHOLE(TCP_SYN | TCP_ACK)},
    {"distinct(tcp.port)", WHOLE(2)},
    {"count(tcp.port)", WHOLE(6)},
    {"last(frame.time_epoch) - first(frame.time_epoch)", REAL(1.000000001)},
    {"(last(frame.time_epoch) - first(frame.time_epoch)) * 1000000000", REAL(1000000001)},
    {"std(frame.time_epoch, fwd)", REAL(0.5000000005)},
    {"count(*, if frame.len <= 128)", WHOLE(2)},
    {"count(*, fwd, if frame.len > 128 && ip.ttl == 62)", WHOLE(1)},
    {"count(*, if tcp.port == 80 and not tcp.flags.ack == 1)", WHOLE(1)},
    {"count(*, if tcp.port != 80)", WHOLE(0)},
    {"count(*, if tcp.srcport != 80 || udp)", WHOLE(2)},
    {"count(*, if !(tcp.window_size_value == 0) && (ip.ttl ge 0x32))", WHOLE(2)},
    {"count(*, if udp.srcport != 1)", WHOLE(0)},
    {"max(udp.length)", NOTHING},
    {"max(udp.length) else 7", WHOLE(7)},
    {"sum(udp.length) + 1", NOTHING},
    {"count(udp.length)", WHOLE(0)},
    {"distinct(udp.length)", WHOLE(0)},
    {"max(udp.length) else min(ip.ttl) else 1", WHOLE(50)},
    {"sum(ip.ttl#1)", WHOLE(176)},
    {"count(ip.ttl#2)", WHOLE(0)},
    {"count(?unknown.field)", NOTHING},
    {"first(?unknown.field) ", NOTHING},
    {"sum(packet.window, bwd) # what is said after a blank", WHOLE(500)},
    {"tot_fwd_pkts * 10", WHOLE(20)},
    {"src_port", WHOLE(5)},
};

static definitions *
define(const char *text, GError **error)
{
    definitions *d = definitions_new(dialect_at(0));

    if (definition_parse(d, text, "x", error) && definitions_resolve(d, &catalog, error))
        return d;
    definitions_free(d);
    return NULL;
}

static void
check_row(const char *text, const feature_value *expected)
{
    GError *error = NULL;
    g_autofree char *line = g_strdup_printf("earlier = 4\nx = %s", text);
    definitions *d = define(line, &error);
    flow f = {.src_port = 5};

    if (!d)
        fail_msg("%s: %s", text, error->message);
    measure_state *state = measure_state_new(d->plan);
    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
        flow_measure(&f, &packets[i].packet, packets[i].direction);
        measure_state_add(d->plan, state, packets[i].direction, NULL, &packets[i].packet);
    }
    feature_value *values = definitions_values(d, &f, state);
    if (values[1].type != expected->type ||
        (expected->type == VALUE_INTEGER && values[1].integer != expected->integer) ||
        (expected->type == VALUE_REAL && values[1].real != expected->real))
        fail_msg("%s: type %d, %" PRId64 " or %.17g", text, values[1].type, values[1].integer, values[1].real);
    g_free(values);
    measure_state_free(d->plan, state);
    definitions_free(d);
}

static void
values_by_hand(void **unused G_GNUC_UNUSED)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(rows[i].text, &rows[i].value);
}

static void
what_wireshark_says_is_passed_on(void **unused G_GNUC_UNUSED)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"\n\nx = max(unknown.field)", "cicflow.define: \"x\", line 3: no unknown.field here"},
        {"x = count(*, if bad)", "cicflow.define: \"x\", line 1: the filter \"bad\": it is bad"},
        {"x = sum(text.a)",
         "cicflow.define: \"x\", line 1: sum(text.a): the field's values are no numbers, so that there are "
         "count, distinct, first and last only"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(define(wrong[i].text, &error));
        assert_string_equal(error->message, wrong[i].message);
    }
}

static feature_value
value_after(const char *text, values_kind kind, uint64_t count, int64_t (*value_at)(uint64_t))
{
    definitions *d = define(text, NULL);
    flow f = {0};

    assert_non_null(d);
    measure_state *state = measure_state_new(d->plan);
    packet_values *given = packet_values_new();
    for (uint64_t i = 0; i < count; i++) {
        measured_value value = {.integer = value_at(i), .hash = (uint64_t)value_at(i)};
        given = packet_values_renew(given);
        packet_values_add(given, 0, &value, kind);
        measure_state_add(d->plan, state, FORWARD, given, &packets[0].packet);
    }
    feature_value *values = definitions_values(d, &f, state);
    feature_value value = values[0];
    g_free(values);
    packet_values_unref(given);
    measure_state_free(d->plan, state);
    definitions_free(d);
    return value;
}

static int64_t
same_as(uint64_t i)
{
    return (int64_t)i;
}

static int64_t
downwards(uint64_t i)
{
    return -(int64_t)i % 1500;
}

static int64_t
largest(uint64_t i G_GNUC_UNUSED)
{
    return INT64_MAX;
}

static void
distinct_is_exact_up_to_its_bound(void **unused G_GNUC_UNUSED)
{
    assert_int_equal(value_after("x = distinct(a.b)", VALUES_INTEGER, 1023, same_as).integer, 1023);
    assert_int_equal(value_after("x = distinct(a.b)", VALUES_INTEGER, 1024, same_as).integer, 1024);
    assert_int_equal(value_after("x = distinct(a.b)", VALUES_INTEGER, 5000, same_as).integer, 1024);
    assert_int_equal(value_after("x = distinct(a.b)", VALUES_INTEGER, 5000, downwards).integer, 1024);
}

static void
sums_do_not_overflow(void **unused G_GNUC_UNUSED)
{
    assert_int_equal(value_after("x = sum(a.b)", VALUES_INTEGER, 3, largest).integer, INT64_MAX);
    assert_true(value_after("x = sum(a.b) / 4", VALUES_INTEGER, 4, largest).real == (double)INT64_MAX);
    assert_int_equal(value_after("x = sum(a.b) - max(a.b) * 1000000", VALUES_INTEGER, 1000001, largest).integer,
                     INT64_MAX);
}

static void
space_is_as_stated(void **unused G_GNUC_UNUSED)
{
    static const struct {
        const char *text;
        size_t bytes;
    } spaces[] = {
        {"x = count(a.b)", 16},
        {"x = sum(a.b) + min(a.b) + std(a.b)", 64},
        {"x = first(a.b) + last(a.b) + or(a.b)", 32},
        {"x = max(time.a)", 80},
        {"x = max(real.a)", 96},
        {"x = distinct(a.b)", 32},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(spaces); i++) {
        definitions *d = define(spaces[i].text, NULL);
        assert_non_null(d);
        assert_true(d->plan->state_bytes <= spaces[i].bytes);
        definitions_free(d);
    }
}

void
definitions_tests(GArray *tests)
{
    test_list_add(tests, "/definitions/values_by_hand", values_by_hand, NULL);
    test_list_add(tests, "/definitions/what_wireshark_says_is_passed_on", what_wireshark_says_is_passed_on, NULL);
    test_list_add(tests, "/definitions/distinct_is_exact_up_to_its_bound", distinct_is_exact_up_to_its_bound, NULL);
    test_list_add(tests, "/definitions/sums_do_not_overflow", sums_do_not_overflow, NULL);
    test_list_add(tests, "/definitions/space_is_as_stated", space_is_as_stated, NULL);
}
