/*
 * number.cc - numbers as text; see number.h.
 *
 * The one C++ file: the shortest digits come from the standard library's std::to_chars (Ryu, Adams 2018), which no C
 * library in Debian offers. Only their spelling, by the style, is ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "number.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace
{

/* Whole numbers below this, which are many, need no search for their digits. */
constexpr int WHOLE_EXPONENT = 6;
constexpr double WHOLE_BELOW = 1e7;

/* 0.d1d2d3... times ten to the power of exponent + 1. */
struct decimal {
    bool negative;
    int exponent;
    int count;
    char digits[24];
};

decimal
shortest_decimal(double value)
{
    char text[32];
    const char *end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    decimal d = {*text == '-', 0, 0, {}};
    const char *c = text + d.negative;

    for (; *c != 'e'; c++) {
        if (*c != '.')
            d.digits[d.count++] = *c;
    }
    std::from_chars(c[1] == '+' ? c + 2 : c + 1, end, d.exponent);
    return d;
}

char *
put(char *out, const char *text, size_t count)
{
    std::memcpy(out, text, count);
    return out + count;
}

char *
put_zeros(char *out, int count)
{
    std::memset(out, '0', static_cast<size_t>(count));
    return out + count;
}

char *
put_fixed(char *out, const decimal &d)
{
    if (d.exponent < 0) {
        out = put(out, "0.", 2);
        out = put_zeros(out, -d.exponent - 1);
        return put(out, d.digits, static_cast<size_t>(d.count));
    }
    int whole = d.exponent + 1;
    if (d.count <= whole) {
        out = put(out, d.digits, static_cast<size_t>(d.count));
        out = put_zeros(out, whole - d.count);
        return put(out, ".0", 2);
    }
    out = put(out, d.digits, static_cast<size_t>(whole));
    *out++ = '.';
    return put(out, d.digits + whole, static_cast<size_t>(d.count - whole));
}

char *
put_exponent(char *out, const decimal &d, const number_style *style)
{
    *out++ = d.digits[0];
    if (d.count > 1) {
        *out++ = '.';
        out = put(out, d.digits + 1, static_cast<size_t>(d.count - 1));
    } else if (style->fraction_with_exponent) {
        out = put(out, ".0", 2);
    }
    *out++ = style->exponent_letter;
    if (d.exponent < 0)
        *out++ = '-';
    else if (style->exponent_plus)
        *out++ = '+';
    int size = std::abs(d.exponent);
    for (int least = 10, digits = style->exponent_digits; digits > 1; least *= 10, digits--) {
        if (size < least)
            *out++ = '0';
    }
    return std::to_chars(out, out + 4, size).ptr;
}

} // namespace

extern "C" size_t
number_write_integer(char *out, int64_t value)
{
    return static_cast<size_t>(std::to_chars(out, out + NUMBER_BYTES_MAX, value).ptr - out);
}

extern "C" size_t
number_write_real(char *out, double value, const number_style *style)
{
    char *end = out;

    if (value == 0 && !std::signbit(value))
        return static_cast<size_t>(put(out, "0.0", 3) - out);
    if (std::isnan(value))
        return static_cast<size_t>(put(out, style->not_a_number, std::strlen(style->not_a_number)) - out);
    if (std::signbit(value))
        *end++ = '-';
    if (std::isinf(value))
        return static_cast<size_t>(put(end, style->infinity, std::strlen(style->infinity)) - out);
    if (std::fabs(value) < WHOLE_BELOW && value == std::trunc(value) && style->fixed_to >= WHOLE_EXPONENT) {
        end += number_write_integer(end, static_cast<int64_t>(std::fabs(value)));
        return static_cast<size_t>(put(end, ".0", 2) - out);
    }
    decimal d = shortest_decimal(value);
    if (d.exponent >= style->fixed_from && d.exponent <= style->fixed_to)
        end = put_fixed(end, d);
    else
        end = put_exponent(end, d, style);
    return static_cast<size_t>(end - out);
}
