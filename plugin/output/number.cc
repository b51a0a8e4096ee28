/*
 * number.cc - converts numbers to text; see number.h.
 *
 * The only C++ file. Most values are integers, or decimals with few digits such as times: these are quotients of
 * integers, which one division verifies. The shortest digits of all others come from Dragonbox (Jeon 2020) or, if built
 * without it, from std::to_chars (Ryu, Adams 2018), which takes three times as long. Only the format, given by the
 * style, is ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "number.h"

#include <charconv>
#include <cmath>
#include <cstring>

#ifdef CICFLOW_DRAGONBOX
#include <dragonbox/dragonbox.h>
#endif

namespace
{

/* Integers below this are common, and are written without a search for digits. */
constexpr int WHOLE_EXPONENT = 6;
constexpr double WHOLE_BELOW = 1e7;

/* Distinct decimals with this many digits are distinct doubles, so such a decimal is the shortest of its double. */
constexpr double FIFTEEN_DIGITS = 1e15;

/* Times are integers in nanoseconds. */
constexpr double PLACES_FACTOR = 1e9;
constexpr int PLACES = 9;

constexpr int DIGITS_MAX = 17;

/* d.ddd... times ten to the power of exponent, without trailing zeros. */
struct decimal {
    int exponent;
    int count;
    int begin;     /* offset of the digits in text */
    char text[48]; /* always has DIGITS_MAX bytes from there */
};

constexpr uint64_t EIGHT_DIGITS = 100000000;

/* The digits of a number below 10^8, one per byte, the first in the lowest byte. Halves, pairs and digits are split
 * four and two at a time, by multiplication. */
uint64_t
eight_digits(uint64_t number)
{
    uint64_t word = number / 10000 | (number % 10000) << 32;
    uint64_t tops = word * 10486 >> 20 & 0x0000007f0000007f;
    word = tops | (word - tops * 100) << 16;
    tops = word * 103 >> 10 & 0x000f000f000f000f;
    return tops | (word - tops * 10) << 8;
}

void
store_digits(char *out, uint64_t word)
{
    word |= 0x3030303030303030;
    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
        word = __builtin_bswap64(word);
    std::memcpy(out, &word, sizeof word);
}

/* The word must not be 0. */
int
zeros_before(uint64_t word)
{
    return __builtin_ctzll(word) / 8;
}

int
zeros_after(uint64_t word)
{
    return __builtin_clzll(word) / 8;
}

/* The decimal digits x 10^exponent; at most 17 digits, not 0. */
decimal
decimal_of(uint64_t digits, int exponent)
{
    const uint64_t first = digits / (EIGHT_DIGITS * EIGHT_DIGITS);
    const uint64_t middle = eight_digits(digits / EIGHT_DIGITS % EIGHT_DIGITS);
    const uint64_t last = eight_digits(digits % EIGHT_DIGITS);
    decimal d = {};

    d.text[7] = static_cast<char>('0' + first);
    store_digits(d.text + 8, middle);
    store_digits(d.text + 16, last);
    d.begin = first ? 7 : middle ? 8 + zeros_before(middle) : 16 + zeros_before(last);
    d.exponent = exponent + 23 - d.begin;
    d.count = (last ? 24 - zeros_after(last) : middle ? 16 - zeros_after(middle) : 8) - d.begin;
    return d;
}

#ifdef CICFLOW_DRAGONBOX
decimal
search_shortest(double value)
{
    auto found = jkj::dragonbox::to_decimal(value, jkj::dragonbox::policy::sign::ignore);
    return decimal_of(found.significand, found.exponent);
}
#else
decimal
search_shortest(double value)
{
    char text[32];
    const char *end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    decimal d = {};
    const char *c = text;

    for (; *c != 'e'; c++) {
        if (*c != '.')
            d.text[d.count++] = *c;
    }
    std::from_chars(c[1] == '+' ? c + 2 : c + 1, end, d.exponent);
    return d;
}
#endif

/* The value has to be finite and above 0. */
decimal
shortest_decimal(double value)
{
    if (value < FIFTEEN_DIGITS / PLACES_FACTOR) {
        const auto scaled = static_cast<int64_t>(value * PLACES_FACTOR + 0.5);
        if (static_cast<double>(scaled) / PLACES_FACTOR == value)
            return decimal_of(static_cast<uint64_t>(scaled), -PLACES);
    }
    return search_shortest(value);
}

/* Copies a constant number of bytes, possibly more than the digits, since that needs no function call. */
char *
put_digits(char *out, const decimal &d)
{
    std::memcpy(out, d.text + d.begin, DIGITS_MAX);
    return out + d.count;
}

char *
put(char *out, const char *text)
{
    const size_t count = std::strlen(text);
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
    const int whole = d.exponent + 1;

    if (whole <= 0) {
        out = put_zeros(out, 2 - whole);
        out[whole - 1] = '.';
        return put_digits(out, d);
    }
    if (d.count <= whole)
        return put(put_zeros(put_digits(out, d), whole - d.count), ".0");
    char *end = put_digits(out + 1, d);
    for (int i = 0; i < whole; i++)
        out[i] = d.text[d.begin + i];
    out[whole] = '.';
    return end;
}

char *
put_exponent(char *out, const decimal &d, const number_style *style)
{
    char *end = put_digits(out + 1, d);

    out[0] = d.text[d.begin];
    out[1] = '.';
    if (d.count == 1)
        end = style->fraction_with_exponent ? put(out + 1, ".0") : out + 1;
    *end++ = style->exponent_letter;
    if (d.exponent < 0)
        *end++ = '-';
    else if (style->exponent_plus)
        *end++ = '+';
    const int size = std::abs(d.exponent);
    for (int least = 10, digits = style->exponent_digits; digits > 1; least *= 10, digits--) {
        if (size < least)
            *end++ = '0';
    }
    return std::to_chars(end, end + 4, size).ptr;
}

char *
put_real(char *out, double value, const number_style *style)
{
    if (std::isnan(value))
        return put(out, style->not_a_number);
    if (std::signbit(value))
        *out++ = '-';
    if (value == 0)
        return put(out, "0.0");
    if (std::isinf(value))
        return put(out, style->infinity);
    const decimal d = shortest_decimal(std::fabs(value));
    if (d.exponent < style->fixed_from || d.exponent > style->fixed_to)
        return put_exponent(out, d, style);
    return put_fixed(out, d);
}

/* The two digits of each number below 100. */
constexpr struct digit_pairs {
    char text[100][2] = {};

    constexpr digit_pairs()
    {
        for (int i = 0; i < 100; i++) {
            text[i][0] = static_cast<char>('0' + i / 10);
            text[i][1] = static_cast<char>('0' + i % 10);
        }
    }
} pairs;

/* Not inlined, so that the common path has no registers to save. */
#define RARELY [[gnu::noinline]]

/* For five or more digits. */
RARELY size_t
write_long_natural(char *out, uint64_t value)
{
    if (value >= EIGHT_DIGITS)
        return static_cast<size_t>(std::to_chars(out, out + NUMBER_BYTES_MAX, value).ptr - out);
    const uint64_t word = eight_digits(value);
    const int zeros = zeros_before(word);
    store_digits(out, word >> 8 * zeros);
    return static_cast<size_t>(8 - zeros);
}

/* Most integers have few digits. */
inline size_t
write_natural(char *out, uint64_t value)
{
    if (value < 10) {
        *out = static_cast<char>('0' + value);
        return 1;
    }
    if (value >= 10000)
        return write_long_natural(out, value);
    const uint32_t hundreds = static_cast<uint32_t>(value) / 100;
    const char *last = pairs.text[static_cast<uint32_t>(value) - hundreds * 100];
    if (hundreds == 0) {
        std::memcpy(out, last, 2);
        return 2;
    }
    const char *first = pairs.text[hundreds];
    const size_t count = hundreds < 10 ? 3 : 4;
    std::memcpy(out, first + 4 - count, 2);
    std::memcpy(out + count - 2, last, 2);
    return count;
}

} // namespace

extern "C" size_t
number_write_integer(char *out, int64_t value)
{
    if (value >= 0)
        return write_natural(out, static_cast<uint64_t>(value));
    *out = '-';
    return 1 + write_natural(out + 1, -static_cast<uint64_t>(value));
}

extern "C" size_t
number_write_real(char *out, double value, const number_style *style)
{
    return static_cast<size_t>(put_real(out, value, style) - out);
}

RARELY static size_t
write_remembered(char *out, double value, const number_style *style, number_memory *memory)
{
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const auto place = bits * 0x9e3779b97f4a7c15 >> (64 - NUMBER_MEMORY_BITS);
    char *text = memory->texts[place];
    if (memory->values[place] != value || value == 0) {
        memory->values[place] = value;
        memory->counts[place] = number_write_real(text, value, style);
    }
    std::memcpy(out, text, NUMBER_BYTES_MAX);
    return memory->counts[place];
}

extern "C" size_t
number_write_repeated(char *out, double value, const number_style *style, number_memory *memory)
{
    if (!(value > 0 && value < WHOLE_BELOW) || style->fixed_to < WHOLE_EXPONENT)
        return write_remembered(out, value, style, memory);
    const auto whole = static_cast<int32_t>(value);
    if (static_cast<double>(whole) != value)
        return write_remembered(out, value, style, memory);
    const size_t count = write_natural(out, static_cast<uint64_t>(whole));
    std::memcpy(out + count, ".0", 2);
    return count + 2;
}
