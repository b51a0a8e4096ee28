/*
 * measure_plan.h - the list of streams that flows are measured by; see measure.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "fact_filter.h"
#include "flow.h"

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
        const char *text; /* safe to write, shorter than MEASURE_TEXT_BYTES */
    };
    uint64_t hash; /* distinguishes values; for integers and times it is the value itself */
} measured_value;

typedef struct {
    char *text;
    const char *origin;    /* file and line, for messages; borrowed */
    fact_filter *of_facts; /* NULL: only epan can evaluate it */
} measure_filter;

typedef struct {
    char *field;             /* NULL: the packets themselves */
    unsigned layer;          /* only values of the protocol's n-th layer in the packet; 0: any layer */
    int direction;           /* flow_direction; -1: both */
    int filter;              /* index in the plan; -1: none */
    const char *origin;      /* where it is first used, for messages; borrowed */
    const packet_fact *fact; /* NULL: only epan has the field */
    bool may_lack;           /* versions of Wireshark without the field give no values */
    bool lacks;              /* set: this version lacks the field */
    values_kind kind;
    unsigned functions; /* bit set, 1 << measure_function */
    size_t count_at, series_at, origin_at, first_at, last_at, or_at, distinct_at;
} measure_stream;

typedef struct {
    GPtrArray *streams; /* of measure_stream */
    GPtrArray *filters; /* of measure_filter */
    size_t state_bytes;
} measure_plan;

measure_plan *measure_plan_new(void);
void measure_plan_free(measure_plan *plan);

/* Index of the stream with this description, added to the plan if it is new; the strings are copied. */
unsigned measure_plan_stream(measure_plan *plan, const measure_stream *description);

/* Index of the filter, added to the plan if it is new. */
int measure_plan_filter(measure_plan *plan, const char *text, const char *origin);

static inline measure_stream *
measure_plan_at(const measure_plan *plan, unsigned stream)
{
    return plan->streams->pdata[stream];
}

/* Whether packets have to be dissected: all of them, or of plain frames only those that quote other packets. */
bool measure_plan_needs_dissection(const measure_plan *plan);
bool measure_plan_needs_dissection_of(const measure_plan *plan, const observation *packet);

/* Called with each fact of the packet that is in the stream, if its filter passes. */
typedef void (*measure_take)(void *user, unsigned stream, const measured_value *value);
void measure_plan_each_fact(const measure_plan *plan, unsigned stream, const observation *packet, measure_take take,
                            void *user);
