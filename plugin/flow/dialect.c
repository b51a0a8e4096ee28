/*
 * dialect.c - the list of dialects; see dialect.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dialect.h"

#include <string.h>

#include "flow_rules.h"
#include "java/java_columns.h"

/* Python's float format, which most readers of such files understand. */
static const number_style python_numbers = {
    .fixed_from = -4,
    .fixed_to = 15,
    .exponent_letter = 'e',
    .exponent_plus = true,
    .exponent_digits = 2,
    .not_a_number = "nan",
    .infinity = "inf",
};

/* Java's double format. */
static const number_style java_numbers = {
    .fixed_from = -3,
    .fixed_to = 6,
    .exponent_letter = 'E',
    .exponent_digits = 1,
    .fraction_with_exponent = true,
    .not_a_number = "NaN",
    .infinity = "Infinity",
};

/* The standard dialect uses the features' own names. */
static const dialect_column standard_columns[] = {
#define FEATURE(id, name, type, unit, validity, source, description) {FEATURE_##id, name, NULL, TYPE_OF_FEATURE},
#define EXTRA_FEATURE(...)
#include "../features.def"
};

static feature_value
integer_zero(const flow *f G_GNUC_UNUSED, feature_id feature G_GNUC_UNUSED)
{
    return (feature_value){.type = VALUE_INTEGER};
}

/* A value that is written as a bare 0 under a condition, and otherwise as a real number. */
static feature_value
zero_if(bool condition, const flow *f, feature_id feature)
{
    return condition ? integer_zero(f, feature) : feature_get(f, feature);
}

static feature_value
zero_without_duration(const flow *f, feature_id feature)
{
    return zero_if(f->last_ns == f->first_ns, f, feature);
}

static feature_value
zero_without_value(const flow *f, feature_id feature)
{
    return zero_if(feature_series_count(f, feature) == 0, f, feature);
}

static feature_value
zero_without_forward(const flow *f, feature_id feature)
{
    return zero_if(f->length[FORWARD].count == 0, f, feature);
}

static feature_value
zero_below_two_values(const flow *f, feature_id feature)
{
    return zero_if(feature_series_count(f, feature) < 2, f, feature);
}

static feature_value
zero_if_zero(const flow *f, feature_id feature)
{
    return zero_if(feature_get(f, feature).real == 0, f, feature);
}

/* The result types of the getters. */
enum {
#define GETTER_TYPE(get, type) type_of_##get = (type),
    GETTER_TYPE(as_is, TYPE_OF_FEATURE) GETTER_TYPE(integer_zero, TYPE_OF_FEATURE)
        GETTER_TYPE(zero_without_duration, TYPE_OF_FEATURE) GETTER_TYPE(zero_without_value, TYPE_OF_FEATURE)
            GETTER_TYPE(zero_without_forward, TYPE_OF_FEATURE) GETTER_TYPE(zero_below_two_values, TYPE_OF_FEATURE)
                GETTER_TYPE(zero_if_zero, TYPE_OF_FEATURE)
#define JAVA_COLUMN(get, type) GETTER_TYPE(get, type)
                    JAVA_COLUMNS
#undef JAVA_COLUMN
#undef GETTER_TYPE
};

#define as_is NULL
#define COLUMN(header, feature, get) {FEATURE_##feature, header, get, (column_type_rule)type_of_##get},
static const dialect_column python_columns[] = {
#include "../dialects/python.def"
};
static const dialect_column java_columns[] = {
#include "../dialects/java.def"
};
static const dialect_column java_fixed_columns[] = {
#include "../dialects/java-fixed.def"
};
static const dialect_column cicids2017_columns[] = {
#include "../dialects/cicids2017.def"
};
#undef COLUMN
#undef as_is

/* Those with column names of published data come last. */
static const dialect dialects[] = {
    {
        .name = "standard",
        .rules = &standard_rules,
        .columns = standard_columns,
        .column_count = G_N_ELEMENTS(standard_columns),
        .line_end = "\n",
        .numbers = &python_numbers,
    },
    {
        .name = "python",
        .rules = &python_rules,
        .columns = python_columns,
        .column_count = G_N_ELEMENTS(python_columns),
        .line_end = "\r\n",
        .numbers = &python_numbers,
        .header_needs_record = true,
    },
    {
        .name = "java",
        .rules = &java_rules,
        .columns = java_columns,
        .column_count = G_N_ELEMENTS(java_columns),
        .line_end = "\n",
        .numbers = &java_numbers,
        .local_timestamp = TIMESTAMP_LOCAL_12_HOURS,
        .label_header = "Label",
    },
    {
        .name = "java-fixed",
        .rules = &java_fixed_rules,
        .columns = java_fixed_columns,
        .column_count = G_N_ELEMENTS(java_fixed_columns),
        .line_end = "\n",
        .numbers = &java_numbers,
        .local_timestamp = TIMESTAMP_UTC_FRACTION,
        .label_header = "Label",
    },
    {
        .name = "java",
        .published = "cicids2017",
        .rules = &java_rules,
        .columns = cicids2017_columns,
        .column_count = G_N_ELEMENTS(cicids2017_columns),
        .line_end = "\n",
        .numbers = &java_numbers,
        .local_timestamp = TIMESTAMP_LOCAL_12_HOURS,
        .label_header = " Label",
    },
};

const dialect *
dialect_at(size_t index)
{
    return index < G_N_ELEMENTS(dialects) && !dialects[index].published ? &dialects[index] : NULL;
}

const dialect *
dialect_with_columns(const dialect *d, const char *columns)
{
    for (size_t i = 0; i < G_N_ELEMENTS(dialects); i++) {
        if (g_strcmp0(dialects[i].published, columns) == 0 && strcmp(dialects[i].name, d->name) == 0)
            return &dialects[i];
    }
    return NULL;
}

size_t
dialect_find_column(const dialect *d, const char *header)
{
    size_t i = 0;
    while (i < d->column_count && strcmp(d->columns[i].header + strspn(d->columns[i].header, " "), header) != 0)
        i++;
    return i;
}

void
dialect_columns_by_feature(const dialect *d, const dialect_column *columns[CIC_FEATURES])
{
    for (feature_id id = 0; id < CIC_FEATURES; id++)
        columns[id] = NULL;
    for (size_t i = 0; i < d->column_count; i++) {
        feature_id id = feature_find(d->columns[i].header, CIC_FEATURES);
        if (id == FEATURES)
            id = d->columns[i].feature;
        if (id < CIC_FEATURES && !columns[id])
            columns[id] = &d->columns[i];
    }
}

/* The feature that a dialect calls by this name, or NONE. */
static feature_id
feature_called(const dialect *d, const char *header)
{
    for (size_t i = 0; i < d->column_count; i++) {
        const char *own = d->columns[i].header;
        if (g_ascii_strcasecmp(own + strspn(own, " "), header) == 0)
            return d->columns[i].feature;
    }
    return FEATURE_NONE;
}

const char *
dialect_name_here(const dialect *d, const char *header)
{
    feature_id feature = FEATURE_NONE;

    for (size_t i = 0; feature == FEATURE_NONE && i < G_N_ELEMENTS(dialects); i++)
        feature = feature_called(&dialects[i], header);
    for (size_t i = 0; feature != FEATURE_NONE && i < d->column_count; i++) {
        if (d->columns[i].feature == feature)
            return d->columns[i].header + strspn(d->columns[i].header, " ");
    }
    return NULL;
}

value_type
dialect_column_type(const dialect_column *column)
{
    series_source source;
    series_statistic statistic;

    if (column->type == TYPE_OF_FEATURE)
        return feature_describe(column->feature)->type;
    if (column->type != TYPE_OF_STATISTIC)
        return (value_type)(column->type - TYPE_VALUE);
    feature_statistic(column->feature, &source, &statistic);
    return statistic == STATISTIC_COUNT ? VALUE_INTEGER : VALUE_REAL;
}

feature_getter *
dialect_column_getter(const dialect_column *column)
{
    return column->get ? column->get : feature_getter_of(column->feature);
}

feature_value
dialect_column_get(const dialect_column *column, const flow *f)
{
    return dialect_column_getter(column)(f, column->feature);
}

column_type_rule
column_type_rule_of(value_type type)
{
    return type == VALUE_MISSING ? TYPE_TEXT : (column_type_rule)(TYPE_VALUE + type);
}
