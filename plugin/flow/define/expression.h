/*
 * expression.h - the expression of a defined column: numbers, columns of the record, earlier definitions and measures,
 * with + - * / and else.
 *
 * Integers stay exact integers under + - *; a division gives a real number. An operand without a value, or a division
 * by 0, leaves the whole expression without one; `a else b` is b if a has no value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../feature.h"
#include "../measure.h"

typedef enum {
    EXPRESSION_INTEGER,
    EXPRESSION_REAL,
    EXPRESSION_FEATURE, /* a feature of the flow */
    EXPRESSION_DEFINED, /* an earlier definition */
    EXPRESSION_MEASURE,
    EXPRESSION_NEGATE,
    EXPRESSION_ADD,
    EXPRESSION_SUBTRACT,
    EXPRESSION_MULTIPLY,
    EXPRESSION_DIVIDE,
    EXPRESSION_ELSE
} expression_kind;

typedef struct expression expression;
struct expression {
    expression_kind kind;
    series_sum integer;
    long double real;
    feature_id feature;
    unsigned index; /* of the definition or of the stream */
    measure_function function;
    expression *left, *right; /* owned; a negation only has the left one */
};

/* The data of a flow that expressions use. */
typedef struct {
    const flow *flow;
    feature_value (*get)(void *user, const flow *f, feature_id id); /* the value of a feature by the dialect */
    void *user;
    const measure_plan *plan;
    const measure_state *state;
    const feature_value *defined; /* values of earlier definitions */
} expression_scope;

expression *expression_new(expression_kind kind, expression *left, expression *right);
void expression_free(expression *e);

/* The type of the expression's values; VALUE_MISSING if the operand types do not fit, and *problem says why (static).
 */
value_type expression_type(const expression *e, const measure_plan *plan, const value_type *defined_types,
                           const char **problem);

/* The value, of the expression's type or VALUE_MISSING. Strings belong to the flow or the state. */
feature_value expression_value(const expression *e, value_type type, const expression_scope *scope);

/* Whether the expression uses this feature. */
bool expression_uses(const expression *e, feature_id id);
