/*
 * test_python.c - which flow a packet belongs to by the rules of the python dialect, and what bounds its table.
 *
 * A row is a scenario and the records expected of it, as in test_flow_table.c; the packet that begins a flow is counted
 * twice. The dialect's numbers are tested in tests/dialects.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/python/flow_generations.h"
#include "scenario.h"
#include "table_row.h"
#include "tests.h"

#include <malloc.h>
#include <unistd.h>

#define RULES "set rules python\n"
#define UP "udp 10.0.0.1:1 > 10.0.0.2:2\n"
#define DOWN "udp 10.0.0.2:2 > 10.0.0.1:1\n"
#define UPWARD "10.0.0.1:1>10.0.0.2:2 "
#define DOWNWARD "10.0.0.2:2>10.0.0.1:1 "
#define ASK "icmp 10.0.0.1 > 10.0.0.2 type=8 id=9\n"
#define ASKING "10.0.0.1>10.0.0.2 "
#define OTHER "udp 10.0.0.8:8 > 10.0.0.9:9\n"
#define OTHERS "10.0.0.8:8>10.0.0.9:9 "
#define THIRD "udp 10.0.0.6:6 > 10.0.0.7:7\n"
#define THIRDS "10.0.0.6:6>10.0.0.7:7 "

static const table_row rows[] = {
#define PYTHON(name) "/python_rules/" name
    {PYTHON("timeout_exactly_continues"), RULES "0 " UP "50 " UP "290 " UP, "FFF", UPWARD "4+0 active @3\n"},
    {PYTHON("later_packet_begins_generation"), RULES "0 " UP "50 " UP "290.000000001 " DOWN, "FFB",
     UPWARD "3+0 eof @0\n" UPWARD "0+2 eof @0\n"},
    /* 721 is 480 after the second flow's last packet, which then lasts so long that it makes a sweep. */
    {PYTHON("second_generation_waits_twice_as_long"), RULES "0 " UP "241 " UP "721 " UP, "FFF",
     UPWARD "2+0 idle @3\n" UPWARD "3+0 active @3\n"},
    {PYTHON("second_generation_does_not_wait_longer"), RULES "0 " UP "241 " UP "721.000000001 " UP, "FFF",
     UPWARD "2+0 eof @0\n" UPWARD "2+0 eof @0\n" UPWARD "2+0 eof @0\n"},
    {PYTHON("lowest_generation_that_takes_it"), RULES "0 " UP "241 " UP "1000 " UP "50 " UP "300 " UP, "FFFFF",
     UPWARD "3+0 eof @0\n" UPWARD "3+0 eof @0\n" UPWARD "2+0 eof @0\n"},

    {PYTHON("max_flows_ends_longest_unseen"), RULES "set max_flows 2\n0 " UP "1 " OTHER "2 " DOWN "3 " THIRD, "FFBF",
     OTHERS "2+0 full @4\n" UPWARD "2+1 eof @0\n" THIRDS "2+0 eof @0\n"},
    {PYTHON("max_flows_goes_by_time_not_arrival"), RULES "set max_flows 2\n5 " UP "1 " OTHER "2 " THIRD, "FFF",
     OTHERS "2+0 full @3\n" UPWARD "2+0 eof @0\n" THIRDS "2+0 eof @0\n"},
    {PYTHON("max_flows_looks_at_icmp_too"), RULES "set max_flows 2\n0 " ASK "1 " UP "2 " OTHER, "FFF",
     ASKING "2+0 full @3\n" UPWARD "2+0 eof @0\n" OTHERS "2+0 eof @0\n"},
    {PYTHON("max_flows_looks_past_icmp"), RULES "set max_flows 2\n0 " UP "1 " ASK "2 " OTHER, "FFF",
     UPWARD "2+0 full @3\n" ASKING "2+0 eof @0\n" OTHERS "2+0 eof @0\n"},
    {PYTHON("max_flows_of_equal_age_ends_first"),
     RULES "set max_flows 3\n0 " ASK "0 " UP "0 " OTHER "0 " THIRD "0 " DOWN, "FFFFB",
     ASKING "2+0 full @4\n" UPWARD "2+1 eof @0\n" OTHERS "2+0 eof @0\n" THIRDS "2+0 eof @0\n"},
    {PYTHON("max_flows_before_the_look_up"), RULES "set max_flows 1\n0 " UP "250 " DOWN, "FF",
     UPWARD "2+0 full @2\n" DOWNWARD "2+0 eof @0\n"},
    {PYTHON("max_flows_for_a_generation"), RULES "set max_flows 2\n100 " UP "0 " OTHER "350 " DOWN "351 " UP, "FFBF",
     OTHERS "2+0 full @3\n" UPWARD "2+0 eof @0\n" UPWARD "1+2 eof @0\n"},
    {PYTHON("max_flows_ends_a_generation"),
     RULES "set max_flows 3\n900 " OTHER "0 " UP "241 " UP "901 " THIRD "902 " ASK, "FFFFF",
     UPWARD "2+0 full @4\n" UPWARD "2+0 full @5\n" OTHERS "2+0 eof @0\n" THIRDS "2+0 eof @0\n" ASKING "2+0 eof @0\n"},
    /* The first flow waits for the next sweep, which its 95 seconds make it go with; the fourth packet makes one. */
    {PYTHON("max_flows_ends_a_flow_listed_for_the_sweep"),
     RULES "set max_flows 1\n0 " UP "95 " UP "96 " OTHER "217 " OTHER, "FFFF",
     UPWARD "3+0 full @3\n" OTHERS "3+0 active @4\n"},
#undef PYTHON
};

enum { GENERATIONS = 400 };

static const int64_t timeout_ns[TIMEOUTS] = {7, 3};

/* The walk that the fork does. */
static uint32_t
walk(flow *const *flows, int64_t time_ns, timeout_kind kind)
{
    uint32_t number = 1;

    while (flows[number] && time_ns - flows[number]->last_ns > timeout_ns[kind] * (number + 1))
        number++;
    return number;
}

static void
see(flow_generations *generations, flow **flows, int64_t time_ns, timeout_kind kind)
{
    static uint64_t last_id = 0;
    uint32_t expected = walk(flows, time_ns, kind), number = 0;
    flow *f = flow_generations_find(generations, time_ns, kind, &number);

    assert_ptr_equal(f, flows[expected]);
    if (f) {
        f->last_ns = MAX(f->last_ns, time_ns);
        flow_generations_update(generations, f);
    } else {
        assert_int_equal(number, expected);
        f = flows[number] = g_new0(flow, 1);
        f->id = ++last_id;
        f->key.distinguisher = number;
        f->last_ns = time_ns;
        flow_generations_add(generations, f);
    }
}

static void
take_out(flow_generations *generations, flow **flows, uint32_t number)
{
    if (!flows[number])
        return;
    flow_generations_remove(generations, flows[number]);
    g_clear_pointer(&flows[number], g_free);
}

/* Packets at times that jump ahead, with older ones between them, and flows that go at random. */
static void
generations_are_those_of_the_walk(void **state G_GNUC_UNUSED)
{
    enum { ROUNDS = 100, STEPS = 2000, JUMP = 200 };
    GRand *random = g_rand_new_with_seed(20240611);
    const flow_key key = {.protocol = TRANSPORT_UDP};
    flow_generations *generations = flow_generations_new(&key, timeout_ns);
    flow *flows[GENERATIONS] = {NULL};
    bool high = false;

    for (int step = 0, now = 0; step < ROUNDS * STEPS; step++) {
        for (uint32_t i = 1; step % STEPS == 0 && i < GENERATIONS; i++)
            take_out(generations, flows, i);
        now = (step % STEPS == 0 ? 0 : now) + g_rand_int_range(random, 0, JUMP);
        see(generations, flows, g_rand_boolean(random) ? now : g_rand_int_range(random, 0, now + 1),
            (timeout_kind)g_rand_boolean(random));
        high = high || flows[GENERATIONS / 10];
        if (g_rand_int_range(random, 0, 10) == 0)
            take_out(generations, flows, (uint32_t)g_rand_int_range(random, 1, GENERATIONS / 10));
    }
    assert_true(high);
    assert_false(flow_generations_is_empty(generations));
    flow_generations_free(generations);
    for (int i = 0; i < GENERATIONS; i++)
        g_free(flows[i]);
    g_rand_free(random);
}

/* Memory follows the highest generation down. Sanitizers count none. */
static void
generations_give_memory_back(void **state G_GNUC_UNUSED)
{
    enum { MANY = 100000, FEW = 100 };
    const flow_key key = {.protocol = TRANSPORT_UDP};
    flow_generations *generations = flow_generations_new(&key, timeout_ns);
    flow *flows = g_new0(flow, MANY + 1);
    const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;

    for (uint32_t i = 1; i <= MANY; i++) {
        flows[i].key.distinguisher = i;
        flow_generations_add(generations, &flows[i]);
    }
    const size_t full = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (uint32_t i = MANY; i > 1; i--)
        flow_generations_remove(generations, &flows[i]);
    const size_t shrunk = mallinfo2().uordblks + mallinfo2().hblkhd;
    assert_true(before == full || full - before > MANY * sizeof(void *));
    /* With glibc 2.43 an array that was mapped stays so, and keeps a page and a header. */
    const size_t page = (size_t)sysconf(_SC_PAGESIZE) + 256;
    assert_true(shrunk <= before + MAX(FEW * (sizeof(flow *) + 2 * TIMEOUTS * sizeof(int64_t)), page));
    flow_generations_remove(generations, &flows[1]);
    assert_true(flow_generations_is_empty(generations));
    flow_generations_free(generations);
    g_free(flows);
}

/* A time-out as long as they can be set, for a generation whose limit no 64 bits hold. */
static void
limit_beyond_64_bits_takes_everything(void **state G_GNUC_UNUSED)
{
    const int64_t longest_ns[TIMEOUTS] = {INT64_C(1000000000000000000), INT64_C(1000000000000000000)};
    flow f = {.id = 1, .key.distinguisher = 1, .last_ns = TIME_NS_MIN};
    flow late = {.id = 2, .key.distinguisher = 2, .last_ns = 0};
    flow_generations *generations = flow_generations_new(&f.key, longest_ns);
    uint32_t number = 0;

    flow_generations_add(generations, &f);
    assert_ptr_equal(flow_generations_find(generations, TIME_NS_MIN + 2 * longest_ns[0], TIMEOUT_PORTS, &number), &f);
    assert_null(flow_generations_find(generations, TIME_NS_MIN + 2 * longest_ns[0] + 1, TIMEOUT_PORTS, &number));
    assert_int_equal(number, 2);
    late.last_ns = TIME_NS_MAX - longest_ns[0];
    flow_generations_add(generations, &late);
    assert_ptr_equal(flow_generations_find(generations, TIME_NS_MAX, TIMEOUT_PORTS, &number), &late);
    flow_generations_free(generations);
}

/* Ten bulks that each go back by 10^9 seconds: together more nanoseconds than 64 bits hold. */
static void
durations_of_bulks_add_up_beyond_64_bits(void **state G_GNUC_UNUSED)
{
    g_autoptr(GString) packets = g_string_new(RULES "set idle_timeout 1000000000\n1000000001 " UP);
    GError *error = NULL;

    for (int bulk = 0; bulk < 10; bulk++) {
        for (int i = 0; i < 3; i++)
            g_string_append(packets, "1000000001 udp 10.0.0.1:1 > 10.0.0.2:2 payload=10\n");
        g_string_append(packets, "1 udp 10.0.0.1:1 > 10.0.0.2:2 payload=10\n");
    }
    scenario *s = scenario_run(packets->str, &error);
    if (!s)
        fail_msg("%s", error->message);
    assert_int_equal(s->records->len, 1);
    const feature_value *values = scenario_record(s, 0)->value;
    assert_float_equal(values[FEATURE_FWD_PKTS_B_AVG].real, 4, 0);
    /* 400 bytes in -10^10 seconds */
    assert_true(values[FEATURE_FWD_BLK_RATE_AVG].real == -4e-8);
    scenario_free(s);
}

void
python_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, table_row_run, &rows[i]);
    test_list_add(tests, "/python_rules/generations_are_those_of_the_walk", generations_are_those_of_the_walk, NULL);
    test_list_add(tests, "/python_rules/generations_give_memory_back", generations_give_memory_back, NULL);
    test_list_add(tests, "/python_rules/durations_of_bulks_add_up_beyond_64_bits",
                  durations_of_bulks_add_up_beyond_64_bits, NULL);
    test_list_add(tests, "/python_rules/limit_beyond_64_bits_takes_everything", limit_beyond_64_bits_takes_everything,
                  NULL);
}
