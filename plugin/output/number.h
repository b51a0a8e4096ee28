/*
 * number.h - converts numbers to text, quickly and independently of the locale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../flow/number_style.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Room for any number, in a style with at most 22 digits without an exponent. */
enum { NUMBER_BYTES_MAX = 40 };

/* A cache of recently written real numbers. For one style and one thread. */
enum { NUMBER_MEMORY_BITS = 4, NUMBER_MEMORY = 1 << NUMBER_MEMORY_BITS };

typedef struct {
    double values[NUMBER_MEMORY]; /* 0: unused; zero-initialise before the first number */
    size_t counts[NUMBER_MEMORY];
    char texts[NUMBER_MEMORY][NUMBER_BYTES_MAX];
} number_memory;

/* All write at out, without a final NUL, and return the number of bytes written. */

/* Decimal digits. */
size_t number_write_integer(char *out, int64_t value);

/* The shortest decimal that reads back as the same double, always with a '.' or an exponent, or the style's word for
 * infinity or NaN. */
size_t number_write_real(char *out, double value, const number_style *style);

/* The same, faster for values that are in the cache. */
size_t number_write_repeated(char *out, double value, const number_style *style, number_memory *memory);

#ifdef __cplusplus
}
#endif
