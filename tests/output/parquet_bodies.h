/*
 * parquet_bodies.h - the bodies of the pages of a column, as they were before compression.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <string.h>
#include <zstd.h>

#include "output/parquet_column.h"

/* Where a frame of zstd begins, from there on; the end when there is none. */
static inline guint
find_frame(const GByteArray *bytes, guint from)
{
    static const guint8 magic[] = {0x28, 0xb5, 0x2f, 0xfd};

    for (; from + sizeof magic <= bytes->len; from++) {
        if (memcmp(bytes->data + from, magic, sizeof magic) == 0)
            return from;
    }
    return bytes->len;
}

/* Adds the cells as one page to a column, and returns the body of that page; `dictionary` gets the dictionary's, NULL
 * when there is none. */
static inline GByteArray *
parquet_body_of(value_type type, const column_cells *cells, GByteArray **dictionary)
{
    parquet_workshop *workshop = parquet_workshop_new();
    parquet_column *column = parquet_column_new("x", type);
    GByteArray *chunk = g_byte_array_new(), *description = g_byte_array_new(), *bodies[2] = {NULL, NULL};
    thrift t = thrift_begin(description);
    int count = 0;

    parquet_column_add_page(column, cells, workshop);
    parquet_column_end(column, 4, workshop, chunk, &t);
    for (guint at = find_frame(chunk, 0); at < chunk->len; at = find_frame(chunk, at)) {
        size_t bytes = ZSTD_findFrameCompressedSize(chunk->data + at, chunk->len - at);
        size_t size = (size_t)ZSTD_getFrameContentSize(chunk->data + at, bytes);
        g_assert(count < 2 && !ZSTD_isError(bytes));
        bodies[count] = g_byte_array_new();
        g_byte_array_set_size(bodies[count], (guint)size);
        g_assert(ZSTD_decompress(bodies[count]->data, size, chunk->data + at, bytes) == size);
        count++;
        at += (guint)bytes;
    }
    g_byte_array_free(chunk, TRUE);
    g_byte_array_free(description, TRUE);
    parquet_column_free(column);
    parquet_workshop_free(workshop);
    *dictionary = count == 2 ? bodies[0] : NULL;
    return bodies[count - 1];
}
