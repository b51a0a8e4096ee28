/*
 * column_ranges.h - the user-defined columns in the overview: how many flows have a value, and the smallest and
 * largest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdio.h>

#include "output/record_layout.h"

struct column_ranges;

struct column_ranges *column_ranges_new(void);
void column_ranges_free(struct column_ranges *ranges);

/* Starts with the user-defined columns of the layout. */
void column_ranges_begin(struct column_ranges *ranges, const record_layout *layout);

/* Adds an ended flow's values; the layout is that of column_ranges_begin(). */
void column_ranges_add(struct column_ranges *ranges, const record_layout *layout, const flow *ended);

/* Pass the ranges from one process to another: as a variant, which is merged into others there. */
GVariant *column_ranges_variant(const struct column_ranges *ranges);
#define COLUMN_RANGES_FORMAT "a(sttdd)"
void column_ranges_merge(struct column_ranges *ranges, GVariant *variant);

/* Prints nothing when no column is defined. */
void column_ranges_print(const struct column_ranges *ranges, FILE *out);
