/*
 * expression.c - evaluates the expression of a defined column; see expression.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expression.h"

#include <math.h>

/* An intermediate result. */
typedef struct {
    enum { NOTHING, WHOLE, TIME, REAL, OTHER } kind;
    series_sum whole; /* for a time in ns, so that differences of times are exact */
    long double real;
    feature_value other;
} term;

expression *
expression_new(expression_kind kind, expression *left, expression *right)
{
    expression *e = g_new0(expression, 1);
    e->kind = kind;
    e->left = left;
    e->right = right;
    return e;
}

void
expression_free(expression *e)
{
    if (!e)
        return;
    expression_free(e->left);
    expression_free(e->right);
    g_free(e);
}

static value_type
type_of_measure(const expression *e, const measure_plan *plan, const char **problem)
{
    const measure_stream *stream = measure_plan_at(plan, e->index);

    switch (measure_type(e->function, stream->kind)) {
    case MEASURED_INTEGER:
        return VALUE_INTEGER;
    case MEASURED_REAL:
    case MEASURED_TIME:
        return VALUE_REAL;
    case MEASURED_TEXT:
        return VALUE_TEXT;
    case MEASURED_NOTHING:
        break;
    }
    if (stream->lacks)
        return e->function == MEASURE_OR ? VALUE_INTEGER : VALUE_REAL;
    *problem = "the function does not take the field's values";
    return VALUE_MISSING;
}

static bool
is_number(value_type type)
{
    return type == VALUE_INTEGER || type == VALUE_REAL;
}

/* Times count as numbers of seconds. */
static bool
can_calculate(value_type type)
{
    return is_number(type) || type == VALUE_TIME;
}

static value_type
type_of_operation(const expression *e, const measure_plan *plan, const value_type *defined_types, const char **problem)
{
    value_type left = expression_type(e->left, plan, defined_types, problem);
    value_type right =
        e->right && left != VALUE_MISSING ? expression_type(e->right, plan, defined_types, problem) : left;

    if (left == VALUE_MISSING || right == VALUE_MISSING)
        return VALUE_MISSING;
    if (e->kind == EXPRESSION_ELSE && left == right)
        return left;
    if (!can_calculate(left) || !can_calculate(right)) {
        *problem = e->kind == EXPRESSION_ELSE ? "what is before and after else is not of the same type"
                                              : "only numbers can be calculated with, not texts, addresses or lists";
        return VALUE_MISSING;
    }
    if (e->kind == EXPRESSION_DIVIDE || left != VALUE_INTEGER || right != VALUE_INTEGER)
        return VALUE_REAL;
    return VALUE_INTEGER;
}

value_type
expression_type(const expression *e, const measure_plan *plan, const value_type *defined_types, const char **problem)
{
    switch (e->kind) {
    case EXPRESSION_INTEGER:
        return VALUE_INTEGER;
    case EXPRESSION_REAL:
        return VALUE_REAL;
    case EXPRESSION_FEATURE:
        return feature_describe(e->feature)->type;
    case EXPRESSION_DEFINED:
        return defined_types[e->index];
    case EXPRESSION_MEASURE:
        return type_of_measure(e, plan, problem);
    default:
        return type_of_operation(e, plan, defined_types, problem);
    }
}

static term
whole_term(series_sum value)
{
    return (term){.kind = WHOLE, .whole = value};
}

static term
time_term(series_sum ns)
{
    return (term){.kind = TIME, .whole = ns};
}

static term
real_term(long double value)
{
    return (term){.kind = isfinite(value) ? REAL : NOTHING, .real = value};
}

static term
term_of_value(feature_value value)
{
    if (value.type == VALUE_INTEGER)
        return whole_term(value.integer);
    if (value.type == VALUE_REAL)
        return real_term(value.real);
    return (term){.kind = value.type == VALUE_MISSING ? NOTHING : OTHER, .other = value};
}

static term
term_of_measure(const expression *e, const expression_scope *scope)
{
    measured_result result = measure_state_get(scope->plan, scope->state, e->index, e->function);

    switch (result.type) {
    case MEASURED_INTEGER:
        return whole_term(result.integer);
    case MEASURED_REAL:
        return real_term(result.real);
    case MEASURED_TIME:
        return time_term(result.integer);
    case MEASURED_TEXT:
        return (term){.kind = OTHER, .other = {.type = VALUE_TEXT, .text = result.text}};
    case MEASURED_NOTHING:
        break;
    }
    return (term){.kind = NOTHING};
}

/* Converts to a number; a time becomes seconds. */
static term
as_number(term t)
{
    if (t.kind != OTHER)
        return t;
    return t.other.type == VALUE_TIME ? time_term(t.other.time_ns) : (term){.kind = NOTHING};
}

static long double
real_of(const term *t)
{
    if (t->kind == REAL)
        return t->real;
    return t->kind == TIME ? (long double)t->whole / NS_PER_SECOND : (long double)t->whole;
}

/* The number in ns, to be combined with a time. */
static bool
get_ns(const term *t, series_sum *ns)
{
    *ns = t->whole;
    return t->kind == TIME || !__builtin_mul_overflow(t->whole, (series_sum)NS_PER_SECOND, ns);
}

/* The exact sum, difference or product of integers and times. False if the result is a real number. */
static bool
calculate_exactly(expression_kind kind, const term *a, const term *b, term *result)
{
    bool has_time = a->kind == TIME || b->kind == TIME;
    series_sum left = a->whole, right = b->whole;
    bool fits;

    if (a->kind == REAL || b->kind == REAL)
        return false;
    if (kind == EXPRESSION_MULTIPLY) {
        fits = !(a->kind == TIME && b->kind == TIME) && !__builtin_mul_overflow(left, right, &result->whole);
    } else {
        fits = !has_time || (get_ns(a, &left) && get_ns(b, &right));
        fits = fits && !(kind == EXPRESSION_ADD ? __builtin_add_overflow(left, right, &result->whole)
                                                : __builtin_sub_overflow(left, right, &result->whole));
    }
    result->kind = has_time ? TIME : WHOLE;
    return fits;
}

static term
calculate(expression_kind kind, const term *a, const term *b)
{
    term exact = {.kind = NOTHING};

    if (a->kind == NOTHING || b->kind == NOTHING)
        return exact;
    if (kind != EXPRESSION_DIVIDE && calculate_exactly(kind, a, b, &exact))
        return exact;
    long double left = real_of(a), right = real_of(b);
    if (kind == EXPRESSION_DIVIDE)
        return right == 0 ? (term){.kind = NOTHING} : real_term(left / right);
    if (kind == EXPRESSION_ADD)
        return real_term(left + right);
    return real_term(kind == EXPRESSION_SUBTRACT ? left - right : left * right);
}

static term evaluate(const expression *e, const expression_scope *scope);

static term
evaluate_operation(const expression *e, const expression_scope *scope)
{
    term left = evaluate(e->left, scope);

    if (e->kind == EXPRESSION_ELSE)
        return left.kind == NOTHING ? evaluate(e->right, scope) : left;
    left = as_number(left);
    if (left.kind == NOTHING)
        return left;
    if (e->kind == EXPRESSION_NEGATE) {
        term zero = whole_term(0);
        return calculate(EXPRESSION_SUBTRACT, &zero, &left);
    }
    term right = as_number(evaluate(e->right, scope));
    return calculate(e->kind, &left, &right);
}

static term
evaluate(const expression *e, const expression_scope *scope)
{
    switch (e->kind) {
    case EXPRESSION_INTEGER:
        return whole_term(e->integer);
    case EXPRESSION_REAL:
        return real_term(e->real);
    case EXPRESSION_FEATURE:
        return term_of_value(scope->get(scope->user, scope->flow, e->feature));
    case EXPRESSION_DEFINED:
        return term_of_value(scope->defined[e->index]);
    case EXPRESSION_MEASURE:
        return term_of_measure(e, scope);
    default:
        return evaluate_operation(e, scope);
    }
}

/* Converts to the 64 bits of a cell. */
static feature_value
integer_cell(series_sum value)
{
    int64_t cell = value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : (int64_t)value;
    return (feature_value){.type = VALUE_INTEGER, .integer = cell};
}

feature_value
expression_value(const expression *e, value_type type, const expression_scope *scope)
{
    term t = evaluate(e, scope);

    if (!is_number(type))
        return t.kind == OTHER ? t.other : (feature_value){.type = VALUE_MISSING};
    t = as_number(t);
    if (t.kind == NOTHING)
        return (feature_value){.type = VALUE_MISSING};
    if (type == VALUE_REAL)
        return (feature_value){.type = VALUE_REAL, .real = (double)real_of(&t)};
    return integer_cell(t.kind == WHOLE ? t.whole : t.real > 0 ? INT64_MAX : INT64_MIN);
}

bool
expression_uses(const expression *e, feature_id id)
{
    return e && ((e->kind == EXPRESSION_FEATURE && e->feature == id) || expression_uses(e->left, id) ||
                 expression_uses(e->right, id));
}
