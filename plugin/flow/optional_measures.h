/*
 * optional_measures.h - measures that a flow only has if a column needs them, in constant space.
 *
 * They are allocated together with each flow, directly after it, so that they are copied with it. If no column needs
 * them, flows are no larger, and the cost is one comparison per packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stddef.h>

#include "flow.h"

/* Groups of columns; from MEASURED_FIRST on they need the measures of their group. */
typedef enum {
    GROUP_NONE,
    GROUP_FLAGS, /* counted for every flow anyway */
    GROUP_PAYLOAD,
    GROUP_TTL,
    GROUP_WINDOW,
    GROUP_TCP,
    GROUP_CAPTURE,
    GROUP_SEQUENCE,
    COLUMN_GROUPS,
    MEASURED_FIRST = GROUP_PAYLOAD
} column_group;

enum { SEQUENCE_PACKETS_MAX = 255 };

/* What a table has to measure; zero-initialised: nothing. */
typedef struct {
    unsigned groups;          /* bits 1 << column_group */
    unsigned sequence;        /* length of the packet sequence, with GROUP_SEQUENCE */
    uint64_t first_packets;   /* only so many packets are measured, later ones just keep the flow open; 0: all */
    const char *capture_name; /* borrowed; NULL: unknown */
} optional_settings;

/* How a TCP flow begins. */
typedef enum { OPENED_MIDDLE, OPENED_SYN, OPENED_SYNACK, OPENED_WAYS } opened_way;

/* What ended a TCP connection. */
typedef enum {
    CLOSE_NONE,
    CLOSE_FIN_FWD,
    CLOSE_FIN_BWD,
    CLOSE_FIN_BOTH,
    CLOSE_RST_FWD,
    CLOSE_RST_BWD,
    CLOSE_WAYS
} close_way;

/* How far the handshake was seen. */
typedef enum { HANDSHAKE_NOTHING, HANDSHAKE_SYN, HANDSHAKE_SYNACK, HANDSHAKE_ACK } handshake_stage;

typedef struct {
    int64_t syn_ns, synack_ns, ack_ns;
    uint32_t syn_sequence, syn_payload_bytes, synack_sequence;
    uint8_t stage; /* handshake_stage */
    uint8_t syn_direction;
    uint8_t opened; /* opened_way */
    uint8_t close;  /* close_way */
} tcp_course;

typedef struct {
    int64_t gap_ns;
    uint32_t length_bytes, payload_bytes;
    uint8_t tcp_flags;
    uint8_t direction;
} sequence_packet;

typedef struct {
    int64_t seen_ns; /* latest time of all packets, measured or not */
    uint64_t first_packets;
    const char *capture_name;
    uint32_t groups;
    bool has_ttl[DIRECTIONS];
    uint8_t ttl_min[DIRECTIONS], ttl_max[DIRECTIONS]; /* 0 if the direction has no packets */
    uint16_t window_max[DIRECTIONS];
    uint64_t zero_windows[DIRECTIONS];
    uint64_t transport_header_bytes[DIRECTIONS];
    series payload[DIRECTIONS];
    tcp_course course;
    uint16_t sequence_max, sequence_count;
    sequence_packet sequence[];
} optional_measures;

/* Size of the measures; 0 if none are needed. */
size_t optional_measures_bytes(const optional_settings *settings);

/* Initialises the measures of a flow, which has room for them after its own flow_bytes. Does nothing if none are
 * needed. */
void optional_measures_init(flow *f, size_t flow_bytes, const optional_settings *settings);

/* Whether further packets of the flow are not measured. */
static inline bool
optional_measures_are_complete(const optional_measures *measures, const flow *f)
{
    return measures->first_packets > 0 && f->packets >= measures->first_packets;
}

/* Measures a packet, before it is counted among the flow's packets. */
void optional_measures_add(optional_measures *measures, const flow *f, const observation *packet,
                           flow_direction direction);

/* Notes a packet that only keeps the flow open. */
void optional_measures_see(optional_measures *measures, int64_t time_ns);

/* The measures of a flow; NULL if it has none. */
static inline optional_measures *
optional_measures_of(flow *f)
{
    return f->optional_at ? (optional_measures *)(void *)((char *)f + f->optional_at) : NULL;
}

/* The same, or NULL if they do not include the group. */
static inline const optional_measures *
optional_measures_with(const flow *f, column_group group)
{
    if (!f->optional_at)
        return NULL;
    const optional_measures *measures = (const optional_measures *)(const void *)((const char *)f + f->optional_at);
    return measures->groups >> group & 1 ? measures : NULL;
}

/* Latest time of any packet of the flow, measured or not. */
static inline int64_t
flow_seen_ns(const flow *f)
{
    if (!f->optional_at)
        return f->last_ns;
    return ((const optional_measures *)(const void *)((const char *)f + f->optional_at))->seen_ns;
}
