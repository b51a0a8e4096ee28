/*
 * java_flow.h - what the Java tools keep of a flow, and how a packet changes it.
 *
 * The original tool and its corrected version measure alike but for a few rules, which a java_measures names. Times are
 * whole microseconds held in nanoseconds; they may run backwards, and then gaps and durations are negative. A payload's
 * length is that of a packet. Whoever adds a packet looks at the direction first; it is by addresses alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_JAVA_FLOW_H
#define CICFLOW_JAVA_FLOW_H

#include "../optional_measures.h"
#include "java_series.h"

#define NS_PER_MICROSECOND 1000

/* "255.255.255.255-255.255.255.255-65535-65535-132" */
enum { JAVA_FLOW_NAME_BYTES = 48 };

/* Where the tools differ. */
typedef struct {
    bool first_is_forward;          /* a flow's first packet, whatever the flow's orientation */
    bool first_length_counts_twice; /* in the lengths of both directions */
    bool first_can_have_data;       /* else it is no packet with payload */
    bool bulks_have_directions;     /* else every packet is backward to them */
    bool keeps_window;              /* the first backward one that is not 0; else the last one */
    bool counts_retransmissions;
} java_measures;

typedef struct {
    flow flow; /* first: address, ports, times, flags, bulks, gaps, packets with payload */

    char name[JAVA_FLOW_NAME_BYTES]; /* the key as text, by which the tools know the flow */
    java_series series[SERIES_IDLE + 1];
    uint64_t header_bytes[DIRECTIONS]; /* of the transport, as everywhere here */
    uint32_t least_header_bytes[DIRECTIONS];
    uint16_t window[DIRECTIONS];
    uint8_t first_flags; /* TCP_* of the first packet */
    uint8_t closing;     /* how far a connection is closed, for the rules of flow ends */
    int16_t icmp_type, icmp_code;
    int64_t active_until_ns;
    int64_t connection_ns; /* time of the flows that this one continues, and of the gaps between */
    uint64_t retransmissions[DIRECTIONS];
    GHashTable *segments; /* set of hashes of the TCP segments seen, NULL: none needed */
} java_flow;

/* What measuring needs beside the packet. */
typedef struct {
    const java_measures *rules;
    flow_gaps gaps;
    optional_settings optional;
    hash_secret secret;
} java_context;

/* A flow with the packet's orientation, or turned round, and named after that. The packet is not measured. Free with
 * java_flow_free(). */
java_flow *java_flow_new(const flow_key *key, const observation *packet, bool turned, const java_context *context);

/* Gives a flow the name of the one before it. */
void java_flow_succeed(java_flow *f, const java_flow *before);

/* Gives a flow also the orientation of the one before it, and the segments seen, which are taken from that. */
void java_flow_continue(java_flow *f, java_flow *before);

void java_flow_free(java_flow *f);

/* By source address alone. */
flow_direction java_flow_direction_of(const java_flow *f, const observation *packet);

/* Measures the flow's first packet. */
void java_flow_add_first(java_flow *f, const observation *packet, const java_context *context);

/* Measures a further packet. */
void java_flow_add(java_flow *f, const observation *packet, const java_context *context);

/* Ends an active period, and an idle one, when the flow was silent for long; to be called before some packets. */
void java_flow_update_activity(java_flow *f, int64_t now_ns, const java_context *context);

#endif
