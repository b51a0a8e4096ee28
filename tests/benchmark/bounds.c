/*
 * bounds.c - what the engine takes at worst: memory of scans, and time a packet for chosen keys and odd orders of time.
 *
 * Prints a line a measurement, times being those of the processor. Fails when memory passes its bound or a time is far
 * above what it is compared with.
 *
 * usage: bounds-benchmark [PACKETS]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flow/flow_rules.h"

enum { DEFAULT_PACKETS = 10000000, MAX_FLOWS = 100000, FLOW_BYTES_MOST = 1024, SLOWER_MOST = 5 };

typedef observation (*packet_maker)(uint64_t index, uint64_t count);

typedef struct {
    double ns_per_packet;
    double bytes_per_flow; /* of the most that were open */
    uint64_t largest_open;
} result;

static size_t
allocated_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static void
drop_record(const flow *ended, void *user)
{
    (void)ended;
    (void)user;
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

/* Keys that differ in few bits that stand together. */
static observation
scan(uint64_t index, uint64_t count)
{
    (void)count;
    return packet_to((uint32_t)(index >> 16), (uint16_t)index, (int64_t)index);
}

/* As many keys, spread over all bits (splitmix64). */
static observation
random_keys(uint64_t index, uint64_t count)
{
    uint64_t x = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);

    (void)count;
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    x ^= x >> 31;
    return packet_to((uint32_t)(x >> 16), (uint16_t)x, (int64_t)index);
}

static observation
forward_times(uint64_t index, uint64_t count)
{
    (void)count;
    return packet_to((uint32_t)(index % 1000), 1, (int64_t)index * NS_PER_SECOND);
}

static observation
backward_times(uint64_t index, uint64_t count)
{
    return packet_to((uint32_t)(index % 1000), 1, (int64_t)(count - index) * NS_PER_SECOND);
}

static observation
jumping_times(uint64_t index, uint64_t count)
{
    const int64_t year_ns = 366 * 86400 * NS_PER_SECOND;

    (void)count;
    return packet_to((uint32_t)(index % 1000), 1, (int64_t)(index * 7 % 101) * year_ns);
}

/* Half the packets begin flows, and then time jumps: all end at once. */
static observation
expiring_at_once(uint64_t index, uint64_t count)
{
    observation packet = scan(index, count);
    packet.time_ns = index < count / 2 ? 0 : 1000 * NS_PER_SECOND;
    return packet;
}

static observation
one_flow(uint64_t index, uint64_t count)
{
    (void)count;
    return packet_to(1, 1, (int64_t)index * 1000);
}

static result
measure(const char *name, packet_maker make, uint64_t count, uint64_t max_flows, const flow_rules *rules)
{
    flow_settings settings = flow_settings_default;
    settings.max_flows = max_flows;
    settings.rules = rules;
    flow_table *table = flow_table_new(&settings, drop_record, NULL);
    size_t before = allocated_bytes(), most = before;
    clock_t start = clock();

    for (uint64_t i = 0; i < count; i++) {
        observation packet = make(i, count);
        flow_direction direction;
        flow_table_add(table, &packet, &direction);
        if (i % 4096 == 0)
            most = MAX(most, allocated_bytes());
    }
    most = MAX(most, allocated_bytes());
    most -= before;
    result r = {.largest_open = flow_table_counts(table)->largest_open};
    flow_table_finish(table);
    r.ns_per_packet = (double)(clock() - start) * 1e9 / CLOCKS_PER_SEC / (double)count;
    r.bytes_per_flow = (double)most / (double)r.largest_open;
    flow_table_free(table);
    printf("%-34s %10llu packets %7.0f ns each %10llu open %8.1f MB\n", name, (unsigned long long)count,
           r.ns_per_packet, (unsigned long long)r.largest_open, (double)most / 1e6);
    return r;
}

static int
check(bool holds, const char *what)
{
    if (!holds)
        fprintf(stderr, "bounds-benchmark: does not hold: %s\n", what);
    return !holds;
}

static int
check_flat(const char *name, packet_maker make, uint64_t count, const flow_rules *rules)
{
    result less = measure(name, make, count / 10, 0, rules);
    result more = measure(name, make, count, 0, rules);
    return check(more.ns_per_packet < SLOWER_MOST * less.ns_per_packet, name);
}

int
main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : DEFAULT_PACKETS;
    if (count < 1000) {
        fprintf(stderr, "bounds-benchmark: wanted are at least 1000 PACKETS\n");
        return 2;
    }
    uint64_t bound = MIN(MAX_FLOWS, count / 10);
    result bounded = measure("scan, max_flows", scan, count, bound, &standard_rules);
    result chosen = measure("scan", scan, count, 0, &standard_rules);
    result spread = measure("random keys", random_keys, count, 0, &standard_rules);
    int failed = check(bounded.largest_open == bound, "max_flows");
    failed |= check(bounded.bytes_per_flow <= FLOW_BYTES_MOST, "memory with max_flows");
    failed |= check(chosen.bytes_per_flow <= FLOW_BYTES_MOST, "memory without max_flows");
    failed |= check(chosen.ns_per_packet < SLOWER_MOST * spread.ns_per_packet, "time with chosen keys");
    failed |= check_flat("times forward", forward_times, count, &standard_rules);
    failed |= check_flat("times backward", backward_times, count, &standard_rules);
    failed |= check_flat("times jumping by years", jumping_times, count, &standard_rules);
    failed |= check_flat("half expire at once", expiring_at_once, count, &standard_rules);
    failed |= check_flat("one flow", one_flow, count, &standard_rules);
    failed |= check_flat("python: scan, sweeps", scan, count, &python_rules);
    return failed;
}
