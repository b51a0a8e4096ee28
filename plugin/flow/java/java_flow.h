/*
 * java_flow.h - a flow of the Java tools, and how packets change it.
 *
 * The original tool and its corrected version differ in the few rules in java_measures. Times are whole microseconds,
 * stored in nanoseconds; they may run backwards, so gaps and durations can be negative. The length of a packet is that
 * of its payload. The direction of a packet is decided by addresses alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../optional_measures.h"
#include "java_series.h"

#define NS_PER_MICROSECOND 1000

/* "255.255.255.255-255.255.255.255-65535-65535-132" */
enum { JAVA_FLOW_NAME_BYTES = 48 };

/* Where the tools differ. */
typedef struct {
    bool first_is_forward;          /* a flow's first packet is forward, whatever the flow's orientation */
    bool first_length_counts_twice; /* the first packet's length is added to both directions */
    bool first_can_have_data;       /* if false, the first packet never counts as one with payload */
    bool bulks_have_directions;     /* if false, every packet counts as backward for bulks */
    bool keeps_window;              /* the backward window is the first that is not 0, else the last one */
    bool counts_retransmissions;
} java_measures;

typedef struct {
    flow flow; /* first: address, ports, times, flags, bulks, gaps, packets with payload */

    char name[JAVA_FLOW_NAME_BYTES]; /* the key as text, which identifies flows in these tools */
    java_series series[SERIES_IDLE + 1];
    uint64_t header_bytes[DIRECTIONS]; /* of the transport header, as in all these columns */
    uint32_t least_header_bytes[DIRECTIONS];
    uint16_t window[DIRECTIONS];
    uint8_t first_flags; /* TCP_* of the first packet */
    uint8_t closing;     /* state of the connection's close, for the rules */
    int16_t icmp_type, icmp_code;
    int64_t active_until_ns;
    int64_t connection_ns; /* total time of the flows that this one continues, including the gaps between */
    uint64_t retransmissions[DIRECTIONS];
    GHashTable *segments; /* set of hashes of the TCP segments seen; NULL: not needed */
} java_flow;

/* What measuring needs besides the packet. */
typedef struct {
    const java_measures *rules;
    flow_gaps gaps;
    optional_settings optional;
    hash_secret secret;
} java_context;

/* A flow oriented like the packet, or reversed, with the name that follows from it. The packet is not measured yet.
 * Free with java_flow_free(). */
java_flow *java_flow_new(const flow_key *key, const observation *packet, bool turned, const java_context *context);

/* Copies the name of the flow before it. */
void java_flow_succeed(java_flow *f, const java_flow *before);

/* Copies also the orientation of the flow before it, and takes over its set of segments. */
void java_flow_continue(java_flow *f, java_flow *before);

void java_flow_free(java_flow *f);

/* By source address alone. */
flow_direction java_flow_direction_of(const java_flow *f, const observation *packet);

/* Measures the flow's first packet. */
void java_flow_add_first(java_flow *f, const observation *packet, const java_context *context);

/* Measures a further packet. */
void java_flow_add(java_flow *f, const observation *packet, const java_context *context);

/* Ends the active period, and an idle one, if the flow was silent long enough; to be called before some packets. */
void java_flow_update_activity(java_flow *f, int64_t now_ns, const java_context *context);
