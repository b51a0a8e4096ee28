/*
 * measure.h - measures of streams of values, such as the largest TTL of a flow's backward packets, in bounded space.
 *
 * A stream is what a flow's packets have of one field, of one direction or both, where a filter lets them pass. What is
 * kept of it depends on the functions that are asked for: whole numbers and times go through series.h and stay exact. A
 * plan lists the streams; a state is one flow's.
 *
 * Space a flow and stream: 8 bytes; 56 more for sum, min, max, mean, std and var together (64 for times, 80 for real
 * numbers); 8 each
 * for first, last and or, and the text, which has at most MEASURE_TEXT_BYTES; for distinct 8 bytes a value, at most
 * 8 KiB.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_MEASURE_H
#define CICFLOW_MEASURE_H

#include <glib.h>

#include "fact_filter.h"
#include "flow.h"

enum { MEASURE_TEXT_BYTES = 256, MEASURE_DISTINCT_MAX = 1024 };

typedef enum {
    MEASURE_COUNT,
    MEASURE_SUM,
    MEASURE_MIN,
    MEASURE_MAX,
    MEASURE_MEAN,
    MEASURE_STD,
    MEASURE_VAR,
    MEASURE_FIRST,
    MEASURE_LAST,
    MEASURE_OR,
    MEASURE_DISTINCT,
    MEASURES
} measure_function;

extern const char *const measure_function_names[MEASURES];

/* A value of a field. */
typedef struct {
    union {
        int64_t integer; /* times: ns */
        double real;
        const char *text; /* fit to be written anywhere, shorter than MEASURE_TEXT_BYTES */
    };
    uint64_t hash; /* different for different values; for whole numbers and times the value itself */
} measured_value;

/* The hash of a real number or a text. */
uint64_t measure_hash(const void *bytes, size_t count);

typedef struct {
    char *text;
    const char *origin;    /* where it is, for messages; borrowed */
    fact_filter *of_facts; /* NULL: it has to be asked of a dissected frame */
} measure_filter;

typedef struct {
    char *field;             /* NULL: the packets themselves */
    unsigned layer;          /* only values of the protocol's so-many-th layer in the packet; 0: of all */
    int direction;           /* flow_direction; -1: both */
    int filter;              /* index in the plan; -1: none */
    const char *origin;      /* where it is first asked for, for messages; borrowed */
    const packet_fact *fact; /* NULL: values have to be asked of a dissected frame */
    bool may_lack;           /* versions of Wireshark that do not know the field have no values of it */
    bool lacks;              /* this is such a version */
    values_kind kind;
    unsigned functions; /* bits 1 << measure_function */
    size_t count_at, series_at, origin_at, first_at, last_at, or_at, distinct_at;
} measure_stream;

typedef struct {
    GPtrArray *streams; /* of measure_stream */
    GPtrArray *filters; /* of measure_filter */
    size_t state_bytes;
} measure_plan;

measure_plan *measure_plan_new(void);
void measure_plan_free(measure_plan *plan);

/* Index of the stream of this description in the plan, added when it is not there; the strings are copied. */
unsigned measure_plan_stream(measure_plan *plan, const measure_stream *description);

/* Index of the filter. */
int measure_plan_filter(measure_plan *plan, const char *text, const char *origin);

static inline measure_stream *
measure_plan_at(const measure_plan *plan, unsigned stream)
{
    return plan->streams->pdata[stream];
}

/* Lays out states; once the kinds of all streams are known, before any state is made. */
void measure_plan_finish(measure_plan *plan);

/* Whether some packets have to be dissected: all of them; of the plain ones those that quote other packets. */
bool measure_plan_needs_dissection(const measure_plan *plan);
bool measure_plan_needs_dissection_of(const measure_plan *plan, const observation *packet);

/* What one packet has for the streams of a plan, in the order of occurrence. Shared by counting. */
typedef struct packet_values packet_values;

packet_values *packet_values_new(void);
packet_values *packet_values_ref(packet_values *values);
void packet_values_unref(packet_values *values);

/* Empty ones: these, if nobody else has them, else others. */
packet_values *packet_values_renew(packet_values *values);

/* Adds a value, whose text is copied; NULL where only occurrence counts. */
void packet_values_add(packet_values *values, unsigned stream, const measured_value *value, values_kind kind);

guint packet_values_count(const packet_values *values);

/* Calls back with each fact of the packet that the stream has, if its filter is met. */
typedef void (*measure_take)(void *user, unsigned stream, const measured_value *value);
void measure_plan_each_fact(const measure_plan *plan, unsigned stream, const observation *packet, measure_take take,
                            void *user);

typedef struct measure_state measure_state;

measure_state *measure_state_new(const measure_plan *plan);
void measure_state_free(const measure_plan *plan, measure_state *state);

/* Adds a packet of the flow: its values, or with NULL what its facts are. */
void measure_state_add(const measure_plan *plan, measure_state *state, flow_direction direction,
                       const packet_values *values, const observation *packet);

typedef enum { MEASURED_NOTHING, MEASURED_INTEGER, MEASURED_REAL, MEASURED_TIME, MEASURED_TEXT } measured_type;

typedef struct {
    measured_type type;
    union {
        series_sum integer; /* of a time: ns */
        long double real;
        const char *text; /* the state's */
    };
} measured_result;

/* The type that a function's results have, when there are any; MEASURED_NOTHING for values it does not take. */
measured_type measure_type(measure_function function, values_kind kind);

measured_result measure_state_get(const measure_plan *plan, const measure_state *state, unsigned stream,
                                  measure_function function);

#endif
