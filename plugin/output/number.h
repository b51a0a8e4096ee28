/*
 * number.h - numbers as text, quickly and whatever the locale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_NUMBER_H
#define CICFLOW_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "../flow/number_style.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Room that any number needs in a style whose numbers without exponent have at most 22 digits. */
enum { NUMBER_BYTES_MAX = 40 };

/* Texts of real numbers written before, which need not be made again. Of one style, for one thread. */
enum { NUMBER_MEMORY_BITS = 4, NUMBER_MEMORY = 1 << NUMBER_MEMORY_BITS };

typedef struct {
    double values[NUMBER_MEMORY]; /* 0: none; to be set before the first number */
    size_t counts[NUMBER_MEMORY];
    char texts[NUMBER_MEMORY][NUMBER_BYTES_MAX];
} number_memory;

/* All write at out, without a final NUL, and return the number of bytes written. */

/* Decimal digits. */
size_t number_write_integer(char *out, int64_t value);

/* The shortest decimal that reads back as the same double, always with a '.' or an exponent, or the style's word for
 * what is not finite. */
size_t number_write_real(char *out, double value, const number_style *style);

/* The same, quickly for a value that was written before. */
size_t number_write_repeated(char *out, double value, const number_style *style, number_memory *memory);

#ifdef __cplusplus
}
#endif

#endif
