/*
 * flow.h - one bidirectional flow: all of its measures, in constant space.
 *
 * Observations are added one at a time; columns (feature.h) read the values. flow_add() is the only place that measures
 * packets for the standard rules; the other rules order the same steps in their own way. A flow belongs to its table
 * while it is open, then to whoever takes it. Its measures never allocate, and never depend on which packets other
 * flows have. By the standard rules time never runs backwards within a flow: a packet with an earlier time counts at
 * the latest time so far.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "flow_key.h"
#include "observation.h"
#include "series.h"
#include "tcp_connection.h"

/* Used as indexes of all arrays with a value per direction. */
typedef enum { FORWARD, BACKWARD, DIRECTIONS } flow_direction;

typedef enum {
    END_OPEN, /* still open */
    END_IDLE,
    END_ACTIVE,
    END_TCP,  /* a new connection on the same addresses and ports */
    END_FULL, /* idle longest when the table was full */
    END_EOF,
    END_REASONS
} flow_end_reason;

enum { TCP_FLAGS = 8, BULK_PACKETS_MIN = 4 };

/* Thresholds for the gaps between packets. */
typedef struct {
    int64_t activity_timeout_ns; /* a longer gap is idle time */
    int64_t subflow_gap_ns;      /* a longer gap begins a subflow and breaks a bulk */
} flow_gaps;

/* Totals over the bulks of one direction. */
typedef struct {
    uint64_t bulks, packets, bytes;
    series_sum duration_ns; /* bulks may span years: some dialects allow time to run backwards */
} bulk_totals;

/* Consecutive packets with payload in one direction, which may become or already are a bulk. */
typedef struct {
    uint64_t packets, bytes;
    int64_t first_ns, last_ns;
} bulk_run;

typedef struct flow_extras flow_extras;

typedef struct flow flow;
struct flow {
    flow_key key; /* first member: a flow is its own entry in the hash table */

    uint64_t id;      /* counted in the order of first packets, from 1 */
    uint64_t packets; /* packets really seen, however often the rules measure them */
    flow_address src, dst;
    uint16_t src_port, dst_port;
    uint8_t protocol, ip_version;
    uint8_t end_reason;                     /* flow_end_reason */
    uint8_t flags_seen[DIRECTIONS];         /* TCP_*, of all packets, measured or not */
    bool has_extras : 1, has_no_record : 1; /* has_no_record: the rules write none */
    uint16_t optional_at;                   /* offset of the optional_measures (optional_measures.h); 0: none */
    uint16_t first_window[DIRECTIONS];
    tcp_connection connection;
    uint32_t least_ip_header_bytes[DIRECTIONS]; /* 0 if the direction has no packets */

    uint64_t first_frame, last_frame;
    int64_t first_ns, last_ns;
    int64_t ended_ns; /* time at which the flow was complete; orders flows that the same frame ends */

    series length[DIRECTIONS]; /* packet lengths, bytes */
    series gap[DIRECTIONS];    /* inter-arrival times, ns */
    series flow_gap;
    series active, idle; /* periods, ns */
    int64_t direction_last_ns[DIRECTIONS];
    int64_t active_since_ns;
    uint64_t subflow_gaps;

    uint64_t ip_header_bytes[DIRECTIONS];
    uint64_t payload_packets[DIRECTIONS];
    uint64_t flags[DIRECTIONS][TCP_FLAGS]; /* packets with flag 1 << i */
    bulk_totals bulk[DIRECTIONS];
    bulk_run run[DIRECTIONS];

    union {
        struct {
            flow *older, *newer; /* neighbours in the table's queue, while the flow is open */
        };
        const flow_extras *extras; /* set if has_extras; not owned by the flow */
    };
};

/* Begins a flow with this packet as its first and forward one; the packet still has to be added. */
void flow_init(flow *f, const flow_key *key, const observation *packet);

/* Swaps source and destination of a flow that has no packets yet. */
void flow_swap_ends(flow *f);

/* Direction of a packet that belongs to the flow. */
flow_direction flow_direction_of(const flow *f, const observation *packet);

/* Counts a packet of the flow, and adds it to the optional measures. */
void flow_count(flow *f, const observation *packet, flow_direction direction);

/* Adds a packet of the flow to its measures. */
void flow_add(flow *f, const observation *packet, flow_direction direction, const flow_gaps *gaps);

/* Adds a packet to those measures of its direction that do not depend on time. */
void flow_measure(flow *f, const observation *packet, flow_direction direction);

/* Adds a packet to the current run or begins another; from its fourth packet on a run is a bulk. */
void flow_extend_bulk(flow *f, int64_t now_ns, uint64_t bytes, flow_direction direction);

/* Number of packets measured. */
static inline uint64_t
flow_packets(const flow *f)
{
    return f->length[FORWARD].count + f->length[BACKWARD].count;
}

/* The extras of an ended flow; NULL if none were wanted. */
static inline const flow_extras *
flow_extras_of(const flow *f)
{
    return f->has_extras ? f->extras : NULL;
}

/* The TCP flags of both directions. */
static inline uint8_t
flow_flags_seen(const flow *f)
{
    return f->flags_seen[FORWARD] | f->flags_seen[BACKWARD];
}

static inline bool
flow_is_icmp(const flow *f)
{
    return f->protocol == TRANSPORT_ICMP || f->protocol == TRANSPORT_ICMPV6;
}
