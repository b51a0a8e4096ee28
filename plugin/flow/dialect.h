/*
 * dialect.h - a dialect: whose numbers a record has, which columns, in what order and under which names, and how they
 * are written.
 *
 * Dialects are data (plugin/dialects/); the engine and the writers ask them, and never which one they are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DIALECT_H
#define CICFLOW_DIALECT_H

#include "feature.h"
#include "flow_table.h"
#include "number_style.h"

typedef enum {
    TIMESTAMP_LOCAL,                              /* YYYY-MM-DD HH:MM:SS in the local time zone */
    TIMESTAMP_UTC,                                /* the same in UTC */
    TIMESTAMP_ISO8601,                            /* YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ */
    TIMESTAMP_EPOCH,                              /* seconds since 1970 with nine decimals */
    TIMESTAMP_CHOICES,                            /* the forms up to here are for the user to choose */
    TIMESTAMP_LOCAL_12_HOURS = TIMESTAMP_CHOICES, /* dd/mm/yyyy hh:mm:ss AM|PM, local */
    TIMESTAMP_UTC_FRACTION                        /* UTC with as many decimals as needed of 0, 3 or 6 */
} timestamp_form;

/* How a column gets its type; a column of real numbers may have integers among them. */
typedef enum {
    TYPE_OF_FEATURE,
    TYPE_OF_STATISTIC, /* counts are integers, all else real numbers */
    TYPE_INTEGER,
    TYPE_REAL,
    TYPE_ADDRESS,
    TYPE_TIME,
    TYPE_TEXT,
    TYPE_INTEGERS,
    TYPE_REALS
} column_type_rule;

typedef struct {
    feature_id feature; /* FEATURE_NONE and above: none of the table; get then knows what */
    const char *header;
    feature_getter *get; /* NULL: the feature as the standard dialect has it */
    column_type_rule type;
} dialect_column;

typedef struct {
    const char *name;
    const struct flow_rules *rules;
    const dialect_column *columns;
    size_t column_count;
    const char *line_end;
    const number_style *numbers;
    timestamp_form local_timestamp; /* the form of times unless the user chooses another than "local" */
    const char *label_header;       /* of the dialect's own column for labels; NULL: it has none */
    bool header_needs_record;       /* without any record the file stays empty */
} dialect;

/* The dialect of this name; NULL when there is none. */
const dialect *dialect_find(const char *name);

/* The index-th dialect, from 0; NULL after the last. The first is the default. */
const dialect *dialect_at(size_t index);

/* The dialect under other column names, from published data; NULL when it has none of this name. */
const dialect *dialect_with_columns(const dialect *d, const char *columns);

/* Index of the column with this header, spaces before it apart; column_count when there is none. */
size_t dialect_find_column(const dialect *d, const char *header);

/* What d calls the column that another dialect, or published data, has under this name in whatever case; or NULL. */
const char *dialect_name_here(const dialect *d, const char *header);

/* The type of a column's values, of which any may be VALUE_MISSING. */
value_type dialect_column_type(const dialect_column *column);

/* The rule by which a column has this type. */
column_type_rule column_type_rule_of(value_type type);

/* The value of a flow in a column. */
feature_value dialect_column_get(const dialect_column *column, const flow *f);

/* What gets it, for many flows. */
feature_getter *dialect_column_getter(const dialect_column *column);

#endif
