/*
 * fuzz.h - the interface of every fuzz target: a function that takes any bytes, must not crash, and checks its results.
 *
 * A target is linked either with libFuzzer (option CICFLOW_FUZZ, clang) or with replay.c, which feeds it files and
 * bytes made from a fixed seed: the short run of the tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes being consumed; beyond their end everything reads as 0. */
typedef struct {
    const uint8_t *at;
    size_t left;
} fuzz_bytes;

/* The next `count` bytes (at most 8) as a number. */
static inline uint64_t
fuzz_take(fuzz_bytes *bytes, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count && bytes->left > 0; i++, bytes->left--)
        value = value << 8 | *bytes->at++;
    return value;
}

/* A condition that has to hold whatever the bytes are; also in builds without assertions. */
#define FUZZ_CHECK(condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)
