/*
 * measure.h - aggregates over field values, such as the largest TTL of a flow's backward packets, in bounded space.
 *
 * A stream is the values of one field in a flow's packets, in one direction or both, optionally filtered. What is kept
 * of it depends on the functions used; integers and times use series.h and stay exact. A plan lists the streams; a
 * state has the measures of one flow.
 *
 * Space per flow and stream: 8 bytes; 56 more for sum, min, max, mean, std and var together (64 for times, 80 for real
 * numbers); 8 each for first, last and or, plus texts of at most MEASURE_TEXT_BYTES; for distinct 8 bytes per value, at
 * most 8 KiB.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "measure_plan.h"

enum { MEASURE_TEXT_BYTES = 256, MEASURE_DISTINCT_MAX = 1024 };

/* The hash of a real number or a text. */
uint64_t measure_hash(const void *bytes, size_t count);

/* Computes the layout of states; to be called once the kinds of all streams are known, before any state is made. */
void measure_plan_finish(measure_plan *plan);

/* The values of one packet for the streams of a plan, in the order of occurrence. Reference-counted. */
typedef struct packet_values packet_values;

packet_values *packet_values_new(void);
packet_values *packet_values_ref(packet_values *values);
void packet_values_unref(packet_values *values);

/* Returns an empty packet_values: this one if nobody else holds a reference, otherwise another one. */
packet_values *packet_values_renew(packet_values *values);

/* Adds a value, whose text is copied; NULL if only occurrences are counted. */
void packet_values_add(packet_values *values, unsigned stream, const measured_value *value, values_kind kind);

typedef struct measure_state measure_state;

measure_state *measure_state_new(const measure_plan *plan);
void measure_state_free(const measure_plan *plan, measure_state *state);

/* Adds a packet of the flow by its values, or if those are NULL by the facts of the observation. */
void measure_state_add(const measure_plan *plan, measure_state *state, flow_direction direction,
                       const packet_values *values, const observation *packet);

typedef enum { MEASURED_NOTHING, MEASURED_INTEGER, MEASURED_REAL, MEASURED_TIME, MEASURED_TEXT } measured_type;

typedef struct {
    measured_type type;
    union {
        series_sum integer; /* of a time: ns */
        long double real;
        const char *text; /* owned by the state */
    };
} measured_result;

/* The type of a function's results; MEASURED_NOTHING if it cannot be applied to such values. */
measured_type measure_type(measure_function function, values_kind kind);

measured_result measure_state_get(const measure_plan *plan, const measure_state *state, unsigned stream,
                                  measure_function function);
