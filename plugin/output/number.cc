/*
 * number.cc - numbers as text; see number.h.
 *
 * The one C++ file: the shortest digits come from the standard library's std::to_chars (Ryu, Adams 2018), which no C
 * library in Debian offers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "number.h"

#include <charconv>
#include <cmath>

extern "C" size_t
number_write_integer(char *out, int64_t value)
{
    return static_cast<size_t>(std::to_chars(out, out + NUMBER_BYTES_MAX, value).ptr - out);
}

extern "C" size_t
number_write_real(char *out, double value)
{
    char *end = std::to_chars(out, out + NUMBER_BYTES_MAX - 2, value).ptr;
    if (!std::isfinite(value))
        return static_cast<size_t>(end - out);
    for (const char *c = out; c < end; c++) {
        if (*c == '.' || *c == 'e')
            return static_cast<size_t>(end - out);
    }
    *end++ = '.';
    *end++ = '0';
    return static_cast<size_t>(end - out);
}
