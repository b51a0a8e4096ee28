/*
 * dialect.h - a dialect: how the values of a record are computed, which columns it has, in what order and under which
 * names, and how they are written.
 *
 * Dialects are data (plugin/dialects/); the engine and the writers use that data, and never test which dialect it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "feature.h"
#include "flow_table.h"
#include "number_style.h"

typedef enum {
    TIMESTAMP_LOCAL,                              /* YYYY-MM-DD HH:MM:SS in the local time zone */
    TIMESTAMP_UTC,                                /* the same in UTC */
    TIMESTAMP_ISO8601,                            /* YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ */
    TIMESTAMP_EPOCH,                              /* seconds since 1970 with nine decimals */
    TIMESTAMP_CHOICES,                            /* number of forms that users can choose */
    TIMESTAMP_LOCAL_12_HOURS = TIMESTAMP_CHOICES, /* dd/mm/yyyy hh:mm:ss AM|PM, local */
    TIMESTAMP_UTC_FRACTION                        /* UTC with as many decimals as needed of 0, 3 or 6 */
} timestamp_form;

/* How a column gets its type; columns of real numbers may also have integer values. */
typedef enum {
    TYPE_OF_FEATURE,
    TYPE_OF_STATISTIC, /* counts are integers, all else real numbers */
    TYPE_VALUE,        /* the others are this and the type */
    TYPE_INTEGER = TYPE_VALUE + VALUE_INTEGER,
    TYPE_REAL = TYPE_VALUE + VALUE_REAL,
    TYPE_TEXT = TYPE_VALUE + VALUE_TEXT,
    TYPE_INTEGERS = TYPE_VALUE + VALUE_INTEGERS,
    TYPE_REALS = TYPE_VALUE + VALUE_REALS
} column_type_rule;

typedef struct {
    feature_id feature; /* FEATURE_NONE or above: not in the table, only `get` applies */
    const char *header;
    feature_getter *get; /* NULL: as in the standard dialect */
    column_type_rule type;
} dialect_column;

typedef struct {
    const char *name;
    const char *published; /* data whose column names it has; NULL: the dialect's own names */
    const struct flow_rules *rules;
    const dialect_column *columns;
    size_t column_count;
    const char *line_end;
    const number_style *numbers;
    timestamp_form local_timestamp; /* used for "local", the default; other choices override it */
    const char *label_header;       /* the dialect's own column for labels; NULL: none */
    bool header_needs_record;       /* without records the file stays empty, without a header */
} dialect;

/* The index-th dialect, from 0; NULL after the last. The first one is the default. */
const dialect *dialect_at(size_t index);

/* The dialect under the column names of published data; NULL if there are none of this name for it. */
const dialect *dialect_with_columns(const dialect *d, const char *columns);

/* Index of the column with this header, ignoring leading spaces; column_count if there is none. */
size_t dialect_find_column(const dialect *d, const char *header);

/* For each CIC feature, sets the first column that has its name, or another one and is computed from it; NULL: none. */
void dialect_columns_by_feature(const dialect *d, const dialect_column *columns[CIC_FEATURES]);

/* The dialect's own header for a column that another dialect, or published data, calls by this name (in any case); NULL
 * if there is none. */
const char *dialect_name_here(const dialect *d, const char *header);

/* The type of a column's values, of which any may be VALUE_MISSING. */
value_type dialect_column_type(const dialect_column *column);

/* The rule that gives a column this type. */
column_type_rule column_type_rule_of(value_type type);

/* The value of a flow in a column. */
feature_value dialect_column_get(const dialect_column *column, const flow *f);

/* The getter of the column, to be called for many flows. */
feature_getter *dialect_column_getter(const dialect_column *column);
