/*
 * engine.c - the flow engine alone: packets per second, and bytes per open flow.
 *
 * Feeds generated packets (no capture, no epan) to a flow table and prints one line a measurement. Memory is what
 * malloc has handed out, so it includes the hash table and the allocator's own overhead.
 *
 * usage: engine-benchmark [FLOWS [PACKETS]]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow_table.h"

enum { DEFAULT_FLOWS = 1000000, DEFAULT_PACKETS = 10000000 };

static uint64_t records;

static void
take_records(flow_table *table)
{
    flow *ended;

    for (; (ended = flow_table_take_ended(table)); records++)
        g_free(ended);
}

/* The packet that is the index-th of all: flows take turns, directions alternate. */
static observation
packet_of(uint64_t index, uint64_t flows)
{
    uint32_t pair = (uint32_t)(index % flows);
    bool backward = index / flows % 2 == 1;
    observation packet = {
        .time_ns = (int64_t)index * 1000,
        .frame = index + 1,
        .length_bytes = 60 + index % 1400,
        .ip_version = 4,
        .protocol = TRANSPORT_TCP,
        .src_port = backward ? 443 : (uint16_t)(pair >> 16 | 1024),
        .dst_port = backward ? (uint16_t)(pair >> 16 | 1024) : 443,
        .ip_header_bytes = 20,
        .transport_header_bytes = 20,
        .payload_bytes = (uint32_t)(index % 1400),
        .tcp_flags = TCP_ACK,
    };
    memcpy(backward ? packet.dst.bytes : packet.src.bytes, &pair, sizeof pair);
    return packet;
}

static size_t
allocated_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* Adds packets from first to last, and returns the seconds it took. */
static double
add_packets(flow_table *table, uint64_t first, uint64_t last, uint64_t flows)
{
    gint64 start = g_get_monotonic_time();
    flow_direction direction;

    for (uint64_t i = first; i < last; i++) {
        observation packet = packet_of(i, flows);
        flow_table_add(table, &packet, &direction);
        take_records(table);
    }
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

int
main(int argc, char **argv)
{
    uint64_t flows = argc > 1 ? strtoull(argv[1], NULL, 10) : DEFAULT_FLOWS;
    uint64_t packets = argc > 2 ? strtoull(argv[2], NULL, 10) : DEFAULT_PACKETS;
    if (flows == 0 || packets < flows) {
        fprintf(stderr, "engine-benchmark: wanted are FLOWS > 0 and PACKETS >= FLOWS\n");
        return 2;
    }
    flow_table *table = flow_table_new(&flow_settings_default);
    size_t before = allocated_bytes();
    double begin_seconds = add_packets(table, 0, flows, flows);
    size_t open = allocated_bytes();
    double add_seconds = add_packets(table, flows, packets, flows);
    size_t after = allocated_bytes();

    printf("begin %llu flows: %.0f flows/s\n", (unsigned long long)flows, (double)flows / begin_seconds);
    if (packets > flows)
        printf("add %llu packets: %.0f packets/s\n", (unsigned long long)(packets - flows),
               (double)(packets - flows) / add_seconds);
    printf("memory: %.1f bytes per open flow (struct flow: %zu); %+.1f bytes per flow after all packets\n",
           (double)(open - before) / (double)flows, sizeof(flow), ((double)after - (double)open) / (double)flows);
    flow_table_finish(table);
    take_records(table);
    flow_table_free(table);
    printf("records: %llu\n", (unsigned long long)records);
    return 0;
}
