/*
 * expression.h - what a defined column is worked out from: numbers, columns of the record, earlier definitions and
 * measures, with + - * / and else.
 *
 * Whole numbers stay whole and exact under + - *; a division gives a real number. What has no value, a division by 0
 * included, makes the whole expression have none; `a else b` is b then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_EXPRESSION_H
#define CICFLOW_EXPRESSION_H

#include "../feature.h"
#include "../measure.h"

typedef enum {
    EXPRESSION_INTEGER,
    EXPRESSION_REAL,
    EXPRESSION_FEATURE, /* of the flow */
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
    unsigned index; /* of the definition, or of the stream */
    measure_function function;
    expression *left, *right; /* its own; a negation has a left one only */
};

/* What is known of a flow. */
typedef struct {
    const flow *flow;
    feature_value (*get)(void *user, const flow *f, feature_id id); /* as the dialect has the feature */
    void *user;
    const measure_plan *plan;
    const measure_state *state;
    const feature_value *defined; /* values of earlier definitions */
} expression_scope;

expression *expression_new(expression_kind kind, expression *left, expression *right);
void expression_free(expression *e);

/* The type of its values; VALUE_MISSING with *problem, static text, when it has none that makes sense. */
value_type expression_type(const expression *e, const measure_plan *plan, const value_type *defined_types,
                           const char **problem);

/* The value, of the expression's type or VALUE_MISSING. Texts are the flow's or the state's. */
feature_value expression_value(const expression *e, value_type type, const expression_scope *scope);

/* Whether it looks at this feature. */
bool expression_uses(const expression *e, feature_id id);

#endif
