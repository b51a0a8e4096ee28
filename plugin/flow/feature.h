/*
 * feature.h - the values that can be read from a flow, generated from the table in features.def.
 *
 * A value is a number, text or address without any formatting: decimals and column names are up to writers and
 * dialects.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "optional_measures.h"

typedef enum {
    VALUE_INTEGER,
    VALUE_REAL,
    VALUE_ADDRESS,
    VALUE_TIME,
    VALUE_TEXT,
    VALUE_INTEGERS, /* a list */
    VALUE_REALS,    /* a list */
    VALUE_MISSING   /* the flow has no such value: an empty cell or null; never the type of a feature */
} value_type;

typedef enum {
    UNIT_NONE,
    UNIT_SECONDS,
    UNIT_BYTES,
    UNIT_BYTES_SQUARED,
    UNIT_PACKETS,
    UNIT_BYTES_PER_SECOND,
    UNIT_PACKETS_PER_SECOND,
    UNITS
} value_unit;

typedef struct feature_value feature_value;
struct feature_value {
    value_type type;
    union {
        int64_t integer;
        double real;
        int64_t time_ns;
        struct {
            flow_address bytes;
            uint8_t ip_version;
        } address;
        const char *text; /* static, or owned by the flow */
        struct {
            const void *elements; /* owned by the flow; read with feature_value_element() */
            unsigned count;
            feature_value (*at)(const void *elements, unsigned index);
        } list;
    };
};

static inline feature_value
integer_value(int64_t value)
{
    return (feature_value){.type = VALUE_INTEGER, .integer = value};
}

static inline feature_value
real_value(double value)
{
    return (feature_value){.type = VALUE_REAL, .real = value};
}

static inline feature_value
text_value(const char *value)
{
    return (feature_value){.type = VALUE_TEXT, .text = value};
}

/* The element at this index, from 0: an integer or a real number, by the list's type. */
static inline feature_value
feature_value_element(const feature_value *list, unsigned index)
{
    return list->list.at(list->list.elements, index);
}

static inline bool
value_type_is_list(value_type type)
{
    return type == VALUE_INTEGERS || type == VALUE_REALS;
}

/* Identifies a row of features.def: FEATURE_SRC_IP, FEATURE_DST_IP, ... */
typedef enum {
#define FEATURE(id, name, type, unit, validity, source, description) FEATURE_##id,
#define EXTRA_FEATURE FEATURE
#include "../features.def"
    FEATURES,
    FEATURE_NONE = FEATURES,
    FEATURE_DEFINED /* from here on: user-defined columns in their order, without rows */
} feature_id;

/* The series that most features are a statistic of. */
typedef enum {
    SERIES_LENGTH_FWD,
    SERIES_LENGTH_BWD,
    SERIES_LENGTH_FLOW,
    SERIES_GAP_FWD,
    SERIES_GAP_BWD,
    SERIES_GAP_FLOW,
    SERIES_ACTIVE,
    SERIES_IDLE,
    SERIES_PAYLOAD_FWD, /* this and the next: only in flows that measure them */
    SERIES_PAYLOAD_BWD,
    SERIES_SOURCES
} series_source;

typedef enum {
    STATISTIC_COUNT,
    STATISTIC_SUM,
    STATISTIC_MIN,
    STATISTIC_MAX,
    STATISTIC_MEAN,
    STATISTIC_DEVIATION,
    STATISTIC_VARIANCE
} series_statistic;

/* The CICFlowMeter features are the first rows; this is how many. */
#define CIC_FEATURES (FEATURE_SUBFLOW_BWD_BYTS + 1)

typedef struct {
    const char *name; /* name of column and field */
    const char *description;
    value_type type;
    value_unit unit;
    column_group group;
} feature_info;

/* The row of a feature. */
const feature_info *feature_describe(feature_id id);

/* "s", "bytes", ...; "" if there is no unit. */
const char *value_unit_name(value_unit unit);

/* The feature of this name among the first `limit`; FEATURES if there is none. */
feature_id feature_find(const char *name, feature_id limit);

/* The name of a group, by which users ask for all of its columns; NULL if it has none. */
const char *column_group_name(column_group group);

/* The value of a feature, as the standard dialect defines it. */
feature_value feature_get(const flow *f, feature_id id);

/* The function that feature_get() calls for this feature, to be called for many flows. */
typedef feature_value feature_getter(const flow *f, feature_id id);
feature_getter *feature_getter_of(feature_id id);

/* The value for flows of any protocol: without the -1 of columns that do not apply to ICMP. */
feature_value feature_measure(const flow *f, feature_id id);

/* The series and statistic of a feature; false if it is not a statistic of a series. */
bool feature_statistic(feature_id id, series_source *source, series_statistic *statistic);

/* Whether the feature is read from a flow's extras (flow_extras.h), and unknown for a flow without extras. */
bool feature_needs_extras(feature_id id);

/* The number of values in the feature's series; 0 if it is not a statistic of a series. */
uint64_t feature_series_count(const flow *f, feature_id id);

/* "idle", "active", ...; "open" for a flow that has not ended. */
const char *flow_end_reason_name(flow_end_reason reason);
