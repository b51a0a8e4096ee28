/*
 * fact_filter.c - display filters evaluated on facts; see fact_filter.h.
 *
 * A recursive descent parser compiles the filter to operations in postfix order, which a stack of booleans evaluates.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fact_filter.h"

#include <glib.h>
#include <string.h>

enum { DEPTH_MAX = 16, OPERATIONS_MAX = 64 };

typedef enum {
    TEST_EXISTS,
    TEST_EQ,
    TEST_NE,
    TEST_LT,
    TEST_LE,
    TEST_GT,
    TEST_GE,
    OP_NOT,
    OP_AND,
    OP_OR
} operation_kind;

typedef struct {
    operation_kind kind;
    const packet_fact *fact; /* operand of a test */
    int64_t number;
} operation;

struct fact_filter {
    unsigned count;
    bool is_own;
    operation operations[OPERATIONS_MAX];
};

typedef struct {
    const char *at;
    unsigned depth;
    fact_filter *filter;
} reader;

static void
skip_blanks(reader *r)
{
    r->at += strspn(r->at, " \t");
}

static bool
is_word_character(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '.' || c == '-';
}

/* Consumes an operator or a word if it is next. */
static bool
take(reader *r, const char *text)
{
    size_t length = strlen(text);

    skip_blanks(r);
    if (strncmp(r->at, text, length) != 0 || (g_ascii_isalpha(*text) && is_word_character(r->at[length])))
        return false;
    r->at += length;
    return true;
}

static bool
add(reader *r, operation op)
{
    if (r->filter->count == OPERATIONS_MAX)
        return false;
    r->filter->operations[r->filter->count++] = op;
    return true;
}

static bool
take_comparison(reader *r, operation_kind *kind)
{
    static const struct {
        const char *text;
        operation_kind kind;
    } comparisons[] = {
        {"==", TEST_EQ}, {"eq", TEST_EQ}, {"!=", TEST_NE}, {"ne", TEST_NE}, {"<=", TEST_LE}, {"le", TEST_LE},
        {">=", TEST_GE}, {"ge", TEST_GE}, {"<", TEST_LT},  {"lt", TEST_LT}, {">", TEST_GT},  {"gt", TEST_GT},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(comparisons); i++) {
        if (!take(r, comparisons[i].text))
            continue;
        *kind = comparisons[i].kind;
        return true;
    }
    return false;
}

/* Decimal or hexadecimal; a leading 0 is refused, as it would mean octal. */
static bool
take_number(reader *r, uint64_t largest, int64_t *number)
{
    char *end = NULL;

    skip_blanks(r);
    bool is_hexadecimal = r->at[0] == '0' && (r->at[1] == 'x' || r->at[1] == 'X') && g_ascii_isxdigit(r->at[2]);
    if (!g_ascii_isdigit(*r->at) || (*r->at == '0' && g_ascii_isdigit(r->at[1])))
        return false;
    guint64 value = g_ascii_strtoull(r->at, &end, is_hexadecimal ? 16 : 10);
    if (is_word_character(*end) || *end == ':' || *end == '/' || value > largest)
        return false;
    r->at = end;
    *number = (int64_t)value;
    return true;
}

static bool
read_test(reader *r)
{
    operation test = {.kind = TEST_EXISTS};

    skip_blanks(r);
    size_t length = 0;
    while (is_word_character(r->at[length]))
        length++;
    test.fact = length > 0 ? packet_fact_find(r->at, length) : NULL;
    if (!test.fact)
        return false;
    r->at += length;
    r->filter->is_own |= test.fact->is_own;
    if (take_comparison(r, &test.kind) &&
        (test.fact->kind != VALUES_INTEGER || !take_number(r, test.fact->largest, &test.number)))
        return false;
    return add(r, test);
}

static bool read_any(reader *r);

static bool
read_not(reader *r)
{
    if (++r->depth > DEPTH_MAX)
        return false;
    bool ok;
    if (take(r, "not") || (r->at[0] == '!' && r->at[1] != '=' && take(r, "!")))
        ok = read_not(r) && add(r, (operation){.kind = OP_NOT});
    else if (take(r, "("))
        ok = read_any(r) && take(r, ")");
    else
        ok = read_test(r);
    r->depth--;
    return ok;
}

static bool
read_all(reader *r)
{
    bool ok = read_not(r);
    while (ok && (take(r, "&&") || take(r, "and")))
        ok = read_not(r) && add(r, (operation){.kind = OP_AND});
    return ok;
}

static bool
read_any(reader *r)
{
    bool ok = read_all(r);
    while (ok && (take(r, "||") || take(r, "or")))
        ok = read_all(r) && add(r, (operation){.kind = OP_OR});
    return ok;
}

fact_filter *
fact_filter_new(const char *text)
{
    fact_filter *filter = g_new0(fact_filter, 1);
    reader r = {.at = text, .filter = filter};
    bool ok = read_any(&r);

    skip_blanks(&r);
    if (ok && !*r.at)
        return filter;
    g_free(filter);
    return NULL;
}

void
fact_filter_free(fact_filter *filter)
{
    g_free(filter);
}

bool
fact_filter_is_own(const fact_filter *filter)
{
    return filter->is_own;
}

static bool
compare(operation_kind kind, int64_t value, int64_t number)
{
    switch (kind) {
    case TEST_EQ:
    case TEST_NE: /* negated in decide() */
        return value == number;
    case TEST_LT:
        return value < number;
    case TEST_LE:
        return value <= number;
    case TEST_GT:
        return value > number;
    case TEST_GE:
        return value >= number;
    case TEST_EXISTS:
    case OP_NOT:
    case OP_AND:
    case OP_OR:
        break;
    }
    return true;
}

/* For a fact with two values one match is enough, but != requires both to differ. */
static bool
decide(const operation *test, const observation *packet)
{
    int64_t values[FACT_VALUES_MAX];
    unsigned count = test->fact->get(packet, values);
    bool any = false;

    for (unsigned i = 0; i < count; i++)
        any = any || compare(test->kind, values[i], test->number);
    return test->kind == TEST_NE ? count > 0 && !any : any;
}

bool
fact_filter_matches(const fact_filter *filter, const observation *packet)
{
    bool stack[OPERATIONS_MAX] = {false};
    unsigned top = 0;

    for (const operation *op = filter->operations; op < filter->operations + filter->count; op++) {
        if (op->kind == OP_NOT) {
            stack[top - 1] = !stack[top - 1];
        } else if (op->kind == OP_AND || op->kind == OP_OR) {
            top--;
            stack[top - 1] = op->kind == OP_AND ? stack[top - 1] && stack[top] : stack[top - 1] || stack[top];
        } else {
            stack[top++] = decide(op, packet);
        }
    }
    return stack[0];
}
