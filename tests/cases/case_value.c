/*
 * case_value.c - the expected values of a case; see case_value.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case_value.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "packet_text.h"
#include "scenario.h"

/* In units of the last place; both sides round some times. */
#define TOLERANCE (4 * DBL_EPSILON)

/* "7" or "7/3". */
static bool
parse_fraction(const char *text, double *number)
{
    char *end;
    double numerator = g_ascii_strtod(text, &end);
    bool ok = end != text;
    double denominator = 1;

    if (ok && *end == '/') {
        const char *below = end + 1;
        denominator = g_ascii_strtod(below, &end);
        ok = end != below && denominator != 0;
    }
    *number = numerator / denominator;
    return ok && *end == '\0';
}

static bool
parse_number(const char *text, double *number)
{
    static const char root[] = "sqrt(";

    if (!g_str_has_prefix(text, root) || !g_str_has_suffix(text, ")"))
        return parse_fraction(text, number);
    g_autofree char *inside = g_strndup(text + strlen(root), strlen(text) - strlen(root) - 1);
    bool ok = parse_fraction(inside, number);
    *number = sqrt(*number);
    return ok;
}

static bool is_expected(const feature_value *value, const char *expected);

/* A list of real numbers in brackets, with commas between them. */
static bool
are_expected(const feature_value *list, const char *expected)
{
    if (!g_str_has_prefix(expected, "[") || !g_str_has_suffix(expected, "]"))
        return false;
    g_autofree char *inside = g_strndup(expected + 1, strlen(expected) - 2);
    g_auto(GStrv) numbers = g_strsplit(inside, ",", -1);
    bool equal = g_strv_length(numbers) == list->list.count;
    for (unsigned i = 0; equal && i < list->list.count; i++) {
        feature_value value = feature_value_element(list, i);
        equal = is_expected(&value, numbers[i]);
    }
    return equal;
}

static bool
is_expected(const feature_value *value, const char *expected)
{
    double number;
    int64_t time_ns;

    switch (value->type) {
    case VALUE_REAL:
        return parse_number(expected, &number) && fabs(value->real - number) <= TOLERANCE * fabs(number);
    case VALUE_TIME:
        return seconds_text_parse(expected, &time_ns) && value->time_ns == time_ns;
    case VALUE_REALS:
        return are_expected(value, expected);
    case VALUE_INTEGER:
    case VALUE_INTEGERS:
    case VALUE_MISSING:
    case VALUE_ADDRESS:
    case VALUE_TEXT:
        break;
    }
    g_autofree char *text = value_text(value);
    return strcmp(text, expected) == 0;
}

bool
case_value_check(const feature_value *value, const char *expected, GError **error)
{
    if (is_expected(value, expected))
        return true;
    g_autofree char *text = value_text(value);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "expected %s, got %s", expected, text);
    return false;
}

bool
case_value_tells(const char *expected)
{
    double number;
    return !parse_number(expected, &number) || number != 0;
}
