/*
 * parquet_statistics.c - see parquet_statistics.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parquet_statistics.h"

#include <string.h>

/* Longer texts are no bounds: readers that compare them gain nothing. */
enum { BOUND_BYTES_MAX = 256 };

void
parquet_statistics_add_texts(thrift *t, const parquet_dictionary *dictionary)
{
    const char *least = NULL, *greatest = NULL;

    for (uint32_t i = 0; i < parquet_dictionary_count(dictionary); i++) {
        const char *text = parquet_dictionary_text(dictionary, i);
        least = !least || strcmp(text, least) < 0 ? text : least;
        greatest = !greatest || strcmp(text, greatest) > 0 ? text : greatest;
    }
    if (greatest && strlen(greatest) <= BOUND_BYTES_MAX)
        thrift_text(t, 5, greatest);
    if (least && strlen(least) <= BOUND_BYTES_MAX)
        thrift_text(t, 6, least);
}

void
parquet_statistics_add_numbers(thrift *t, const parquet_bounds *bounds, value_type type)
{
    parquet_bounds b = *bounds;
    uint64_t least, greatest;

    if (!b.are_known)
        return;
    if (parquet_page_stored_type(type) == PARQUET_DOUBLE) {
        b.least.real = b.least.real == 0 ? -0.0 : b.least.real;
        b.greatest.real = b.greatest.real == 0 ? 0.0 : b.greatest.real;
    }
    memcpy(&least, &b.least, sizeof least);
    memcpy(&greatest, &b.greatest, sizeof greatest);
    least = GUINT64_TO_LE(least);
    greatest = GUINT64_TO_LE(greatest);
    thrift_binary(t, 5, &greatest, sizeof greatest);
    thrift_binary(t, 6, &least, sizeof least);
}
