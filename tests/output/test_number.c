/*
 * test_number.c - numbers as text: known spellings, and the shortest digits that read back, checked through the C
 * library's own exact conversions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "output/number.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../flow/dialect_named.h"
#include "tests.h"

enum { RANDOM_NUMBERS = 20000, DIGITS_MAX = 17, SEED = 20231114 };

typedef struct {
    const char *name;
    double value;
    const char *text;
    const char *dialect; /* whose style; NULL: the standard one */
} known_number;

static const number_style *
style_of(const char *name)
{
    return dialect_named(name ? name : "standard")->numbers;
}

/* The spellings are Python's repr(), and those that the documentation of Java's Double.toString() describes. */
static const known_number known_numbers[] = {
    {"/number/java/zero", 0.0, "0.0", "java"},
    {"/number/java/minus_zero", -0.0, "-0.0", "java"},
    {"/number/java/one", 1.0, "1.0", "java"},
    {"/number/java/largest_without_exponent", 9999999.0, "9999999.0", "java"},
    {"/number/java/ten_millions", 1e7, "1.0E7", "java"},
    {"/number/java/fraction_above_ten_millions", 12345678.5, "1.23456785E7", "java"},
    {"/number/java/smallest_without_exponent", 0.001, "0.001", "java"},
    {"/number/java/below_a_thousandth", 0.00099, "9.9E-4", "java"},
    {"/number/java/seventeen_digits", 0.1 + 0.2, "0.30000000000000004", "java"},
    {"/number/java/largest", DBL_MAX, "1.7976931348623157E308", "java"},
    {"/number/java/smallest_normal", DBL_MIN, "2.2250738585072014E-308", "java"},
    {"/number/java/not_a_number", NAN, "NaN", "java"},
    {"/number/java/infinity", INFINITY, "Infinity", "java"},
    {"/number/java/minus_infinity", -INFINITY, "-Infinity", "java"},
    {"/number/zero", 0.0, "0.0", NULL},
    {"/number/minus_zero", -0.0, "-0.0", NULL},
    {"/number/one", 1.0, "1.0", NULL},
    {"/number/minus_one", -1.0, "-1.0", NULL},
    {"/number/whole_below_ten_millions", 9999999.0, "9999999.0", NULL},
    {"/number/ten_millions", 1e7, "10000000.0", NULL},
    {"/number/a_tenth", 0.1, "0.1", NULL},
    {"/number/a_third", 1.0 / 3, "0.3333333333333333", NULL},
    {"/number/sum_of_tenths", 0.1 + 0.2, "0.30000000000000004", NULL},
    {"/number/nanosecond", 1e-9, "1e-09", NULL},
    {"/number/smallest_without_exponent", 0.0001, "0.0001", NULL},
    {"/number/largest_small_with_exponent", 0.00001, "1e-05", NULL},
    {"/number/below_a_tenth_of_a_thousandth", 0.00012345, "0.00012345", NULL},
    {"/number/with_exponent_and_fraction", 1.5e-7, "1.5e-07", NULL},
    {"/number/largest_power_without_exponent", 1e15, "1000000000000000.0", NULL},
    {"/number/smallest_power_with_exponent", 1e16, "1e+16", NULL},
    {"/number/two_to_the_53", 9007199254740992.0, "9007199254740992.0", NULL},
    {"/number/above_two_to_the_53", 9007199254740994.0, "9007199254740994.0", NULL},
    {"/number/seventeen_digits", 12345678901234567.0, "1.2345678901234568e+16", NULL},
    {"/number/half", 2.5, "2.5", NULL},
    {"/number/largest", DBL_MAX, "1.7976931348623157e+308", NULL},
    {"/number/smallest_normal", DBL_MIN, "2.2250738585072014e-308", NULL},
    {"/number/smallest", 5e-324, "5e-324", NULL},
    {"/number/largest_subnormal", 2.225073858507201e-308, "2.225073858507201e-308", NULL},
    {"/number/hundred_digit_exponent", 1e100, "1e+100", NULL},
    {"/number/not_a_number", NAN, "nan", NULL},
    {"/number/infinity", INFINITY, "inf", NULL},
    {"/number/minus_infinity", -INFINITY, "-inf", NULL},
};

static void
is_spelled_as_known(void **state)
{
    const known_number *known = *state;
    char text[NUMBER_BYTES_MAX + 1];

    text[number_write_real(text, known->value, style_of(known->dialect))] = '\0';
    assert_string_equal(text, known->text);
}

/* Digits of the shortest correctly rounded decimal that reads back, found by trying. Beside powers of two, whose
 * neighbours are unequally far, a decimal that is not the nearest may be shorter still. */
static int
fewest_digits(double value)
{
    char text[64];

    for (int digits = 1; digits < DIGITS_MAX; digits++) {
        char format[16];
        g_snprintf(format, sizeof format, "%%.%de", digits - 1);
        g_ascii_formatd(text, sizeof text, format, value);
        if (g_ascii_strtod(text, NULL) == value)
            return digits;
    }
    return DIGITS_MAX;
}

/* Significant digits of a decimal: all but leading and, before a point or an exponent, trailing zeros. */
static int
digits_of(const char *text)
{
    int digits = 0, zeros = 0;

    for (; *text && g_ascii_tolower(*text) != 'e'; text++) {
        if (!g_ascii_isdigit(*text) || (*text == '0' && digits == 0))
            continue;
        zeros = *text == '0' ? zeros + 1 : 0;
        digits++;
    }
    return digits - zeros;
}

static void
reads_back_in(double value, const number_style *style)
{
    char text[NUMBER_BYTES_MAX + 1], *end;
    size_t length = number_write_real(text, value, style);

    assert_true(length <= NUMBER_BYTES_MAX);
    text[length] = '\0';
    double back = g_ascii_strtod(text, &end);
    assert_true(*end == '\0');
    assert_memory_equal(&back, &value, sizeof value);
    assert_true(strpbrk(text, ".eE") != NULL);
    assert_true(strchr(text, ',') == NULL);
    assert_true(digits_of(text) <= fewest_digits(value));
}

static void
reads_back(double value)
{
    reads_back_in(value, style_of("standard"));
    reads_back_in(value, style_of("java"));
}

/* Any finite double, each exponent as likely as another. */
static void
random_bits_read_back(void **state G_GNUC_UNUSED)
{
    GRand *random = g_rand_new_with_seed(SEED);

    for (int i = 0; i < RANDOM_NUMBERS; i++) {
        guint64 bits = (guint64)g_rand_int(random) << 32 | g_rand_int(random);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value) && value != 0)
            reads_back(value);
    }
    g_rand_free(random);
}

/* Ratios of small integers, as means and rates are. */
static void
ratios_read_back(void **state G_GNUC_UNUSED)
{
    GRand *random = g_rand_new_with_seed(SEED);

    for (int i = 0; i < RANDOM_NUMBERS; i++)
        reads_back((double)g_rand_int_range(random, 1, G_MAXINT) / g_rand_int_range(random, 1, 100000));
    g_rand_free(random);
}

static void
powers_and_neighbours_read_back(void **state G_GNUC_UNUSED)
{
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        double power = ldexp(1.0, exponent);
        reads_back(power);
        reads_back(nextafter(power, 2 * power));
        if (exponent > -1074)
            reads_back(nextafter(power, 0));
    }
}

typedef struct {
    const char *name;
    int64_t value;
    const char *text;
} known_integer;

static const known_integer known_integers[] = {
    {"/number/integer/zero", 0, "0"},
    {"/number/integer/minus_one", -1, "-1"},
    {"/number/integer/beyond_32_bits", 4294967296, "4294967296"},
    {"/number/integer/largest", INT64_MAX, "9223372036854775807"},
    {"/number/integer/smallest", INT64_MIN, "-9223372036854775808"},
};

static void
integer_is_spelled_as_known(void **state)
{
    const known_integer *known = *state;
    char text[NUMBER_BYTES_MAX + 1];

    text[number_write_integer(text, known->value)] = '\0';
    assert_string_equal(text, known->text);
}

void
number_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known_numbers); i++)
        test_list_add(tests, known_numbers[i].name, is_spelled_as_known, &known_numbers[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(known_integers); i++)
        test_list_add(tests, known_integers[i].name, integer_is_spelled_as_known, &known_integers[i]);
    test_list_add(tests, "/number/random_bits_read_back", random_bits_read_back, NULL);
    test_list_add(tests, "/number/ratios_read_back", ratios_read_back, NULL);
    test_list_add(tests, "/number/powers_and_neighbours_read_back", powers_and_neighbours_read_back, NULL);
}
