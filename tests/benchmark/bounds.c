/*
 * bounds.c - worst cases of the engine: memory used for scans, and time per packet for adversarial keys and unusual
 * time orders.
 *
 * Prints a line for each measurement; times are CPU time. Fails when memory exceeds its bound or a time is far above
 * the one it is compared with.
 *
 * usage: bounds-benchmark [PACKETS [DIALECT]]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../flow/dialect_named.h"
#include "flow/flow_rules.h"

enum { DEFAULT_PACKETS = 10000000, MAX_FLOWS = 100000, SLOWER_MOST = 5, SAMPLE_EVERY = 4096 };

typedef observation (*packet_maker)(uint64_t index, uint64_t count);

typedef struct {
    const char *name;
    packet_maker make;
    uint64_t max_flows;
    bool no_timeout; /* every later packet is too late for its flow */
} load;

typedef struct {
    double ns_per_packet;
    double bytes_per_flow; /* of the most that were open */
    uint64_t largest_open;
} result;

/* The bounds promised for a dialect. */
typedef struct {
    const char *name;
    double flow_bytes_most;
    bool has_generations, has_segments;
} subject;

static const subject subjects[] = {
    {.name = "standard", .flow_bytes_most = 1024},
    {.name = "python", .flow_bytes_most = 1024, .has_generations = true},
    {.name = "java", .flow_bytes_most = 1536},
    {.name = "java-fixed", .flow_bytes_most = 1536, .has_segments = true},
};

static size_t
allocated_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

typedef struct {
    size_t most_bytes;
} watch;

static void
sample(watch *w)
{
    w->most_bytes = MAX(w->most_bytes, allocated_bytes());
}

static void
free_ended(flow_table *table)
{
    flow *ended;

    while ((ended = flow_table_take_ended(table)))
        g_free(ended);
}

static observation
packet_to(uint32_t address, uint16_t port, int64_t time_ns)
{
    observation packet = {
        .time_ns = time_ns,
        .frame = 1,
        .length_bytes = 60,
        .captured_bytes = 60,
        .ip_version = 4,
        .protocol = TRANSPORT_UDP,
        .src_port = 1,
        .dst_port = port,
        .ip_header_bytes = 20,
        .transport_header_bytes = 8,
        .payload_bytes = 18,
    };
    memcpy(packet.dst.bytes, &address, sizeof address);
    return packet;
}

/* Keys that differ in a few adjacent bits. */
static observation
address_scan(uint64_t index, uint64_t count G_GNUC_UNUSED)
{
    return packet_to(GUINT32_TO_BE((uint32_t)index), 53, (int64_t)index);
}

/* The same, but differing in ports only. */
static observation
port_scan(uint64_t index, uint64_t count G_GNUC_UNUSED)
{
    observation packet = packet_to(1, (uint16_t)index, (int64_t)index);
    packet.src_port = (uint16_t)(index >> 16);
    return packet;
}

/* As many keys, spread over all bits (splitmix64). */
static observation
random_keys(uint64_t index, uint64_t count G_GNUC_UNUSED)
{
    uint64_t x = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    x ^= x >> 31;
    return packet_to((uint32_t)(x >> 16), (uint16_t)x, (int64_t)index);
}

static observation
forward_times(uint64_t index, uint64_t count G_GNUC_UNUSED)
{
    return packet_to((uint32_t)(index % 1000), 1, (int64_t)index * NS_PER_SECOND);
}

static observation
backward_times(uint64_t index, uint64_t count)
{
    return packet_to((uint32_t)(index % 1000), 1, (int64_t)(count - index) * NS_PER_SECOND);
}

static observation
jumping_times(uint64_t index, uint64_t count G_GNUC_UNUSED)
{
    const int64_t year_ns = 366 * 86400 * NS_PER_SECOND;

    return packet_to((uint32_t)(index % 1000), 1, (int64_t)(index * 7 % 101) * year_ns);
}

/* Half the packets begin flows, and then time jumps: all end at once. */
static observation
expiring_at_once(uint64_t index, uint64_t count)
{
    observation packet = port_scan(index, count);
    packet.time_ns = index < count / 2 ? 0 : 1000 * NS_PER_SECOND;
    return packet;
}

static observation
one_flow(uint64_t index, uint64_t count G_GNUC_UNUSED)
{
    return packet_to(1, 1, (int64_t)index * 1000);
}

/* One connection in which no segment is seen twice. */
static observation
one_connection(uint64_t index, uint64_t count)
{
    observation packet = one_flow(index, count);
    packet.protocol = TRANSPORT_TCP;
    packet.tcp_flags = TCP_ACK;
    packet.tcp_sequence = (uint32_t)index;
    return packet;
}

/* Every packet is too late for all flows of its key; what could make a sweep is too early to find them silent. */
static observation
generations(uint64_t index, uint64_t count G_GNUC_UNUSED)
{
    return index % 10 == 9 ? packet_to(2, 2, -1) : packet_to(1, 1, (int64_t)index);
}

static result
measure(const subject *s, const load *l, uint64_t count)
{
    flow_settings settings = flow_settings_default;
    settings.rules = dialect_named(s->name)->rules;
    settings.max_flows = l->max_flows;
    if (l->no_timeout)
        settings.idle_timeout_ns = 0;
    watch w = {0};
    flow_table *table = flow_table_new(&settings);
    size_t before = allocated_bytes();
    clock_t start = clock();

    for (uint64_t i = 0; i < count; i++) {
        observation packet = l->make(i, count);
        flow_direction direction;
        flow_table_add(table, &packet, &direction);
        free_ended(table);
        if (i % SAMPLE_EVERY == 0)
            sample(&w);
    }
    sample(&w);
    result r = {.largest_open = flow_table_counts(table)->largest_open};
    flow_table_finish(table);
    sample(&w);
    free_ended(table);
    r.ns_per_packet = (double)(clock() - start) * 1e9 / CLOCKS_PER_SEC / (double)count;
    double most = (double)(w.most_bytes - before);
    r.bytes_per_flow = most / (double)r.largest_open;
    flow_table_free(table);
    printf("%-10s %-26s %10llu packets %7.0f ns each %10llu open %8.1f MB\n", s->name, l->name,
           (unsigned long long)count, r.ns_per_packet, (unsigned long long)r.largest_open, most / 1e6);
    fflush(stdout);
    return r;
}

static int
check(bool holds, const subject *s, const char *what)
{
    if (!holds)
        fprintf(stderr, "bounds-benchmark: does not hold for %s: %s\n", s->name, what);
    return !holds;
}

static int
check_memory(const subject *s, uint64_t count)
{
    const load bounded = {
        .name = "address scan, max_flows", .make = address_scan, .max_flows = MIN(MAX_FLOWS, count / 10)};
    const load scans[] = {{.name = "address scan", .make = address_scan}, {.name = "port scan", .make = port_scan}};
    result spread = measure(s, &(load){.name = "random keys", .make = random_keys}, count);
    int failed = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(scans); i++) {
        result chosen = measure(s, &scans[i], count);
        failed |= check(chosen.bytes_per_flow <= s->flow_bytes_most, s, "memory without max_flows");
        failed |= check(chosen.ns_per_packet < SLOWER_MOST * spread.ns_per_packet, s, "time with chosen keys");
    }
    result r = measure(s, &bounded, count);
    failed |= check(r.largest_open == bounded.max_flows, s, "max_flows");
    return failed | check(r.bytes_per_flow <= s->flow_bytes_most, s, "memory with max_flows");
}

static int
check_flat(const subject *s, const load *l, uint64_t count)
{
    result less = measure(s, l, count / 10);
    result more = measure(s, l, count);
    return check(more.ns_per_packet < SLOWER_MOST * less.ns_per_packet, s, l->name);
}

static int
check_subject(const subject *s, uint64_t count)
{
    const load everywhere[] = {
        {.name = "times forward", .make = forward_times},
        {.name = "times backward", .make = backward_times},
        {.name = "times jumping by years", .make = jumping_times},
        {.name = "half expire at once", .make = expiring_at_once},
        {.name = "one flow", .make = one_flow},
    };
    int failed = check_memory(s, count);

    for (size_t i = 0; i < G_N_ELEMENTS(everywhere); i++)
        failed |= check_flat(s, &everywhere[i], count);
    if (s->has_generations)
        failed |=
            check_flat(s, &(load){.name = "generations of one key", .make = generations, .no_timeout = true}, count);
    if (s->has_segments)
        failed |= check_flat(s, &(load){.name = "one connection", .make = one_connection}, count);
    return failed;
}

int
main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : DEFAULT_PACKETS;
    int failed = 0, checked = 0;

    /* Memory is kept once it is there: fetching it anew would be most of what is measured. */
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    for (const subject *s = subjects; count >= 1000 && s < subjects + G_N_ELEMENTS(subjects); s++) {
        if (argc > 2 && strcmp(argv[2], s->name) != 0)
            continue;
        failed |= check_subject(s, count);
        checked++;
    }
    if (checked > 0)
        return failed;
    fprintf(stderr, "usage: bounds-benchmark [PACKETS [DIALECT]], with at least 1000 PACKETS\n");
    return 2;
}
