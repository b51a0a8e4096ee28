/*
 * parquet_page.h - the values of a column that make a page of a Parquet file, and the page as bytes.
 *
 * Numbers are written plainly, texts as their numbers in a dictionary, which makes a page of its own. Specification:
 * https://github.com/apache/parquet-format (Encodings.md; LogicalTypes.md for lists; parquet.thrift for the headers).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PARQUET_PAGE_H
#define CICFLOW_PARQUET_PAGE_H

#include <zstd.h>

#include "parquet_dictionary.h"
#include "record_cells.h"

/* As parquet.thrift numbers them. */
typedef enum { PARQUET_INT64 = 2, PARQUET_DOUBLE = 5, PARQUET_BYTE_ARRAY = 6 } parquet_type;
typedef enum { PARQUET_PLAIN = 0, PARQUET_RLE = 3, PARQUET_RLE_DICTIONARY = 8 } parquet_encoding;

/* The least and the greatest of the values that can be compared. */
typedef struct {
    bool are_known;
    union {
        int64_t integer;
        double real;
    } least, greatest;
} parquet_bounds;

/* Bytes in memory that grow. */
typedef struct {
    guint8 *data;
    size_t size, capacity;
} parquet_bytes;

typedef struct {
    value_type type;
    parquet_bytes values;      /* eight bytes each; of texts: uint32_t, the number in the dictionary */
    parquet_bytes definitions; /* for every value, list without values and null: how much of it is there */
    parquet_bytes repetitions; /* of lists, beside them: 1 for an element that is not the first; else empty */
    uint64_t nulls;
    parquet_bounds bounds; /* of numbers, once the page is encoded */
    GByteArray *body;      /* for the time of encoding */
} parquet_page;

/* An empty page of a column of that type (record_cells_type()). */
void parquet_page_init(parquet_page *page, value_type type);
void parquet_page_clear(parquet_page *page);

/* Makes it empty again. */
void parquet_page_reset(parquet_page *page);

/* How a column's values are stored: one at a time, of a list its elements. */
parquet_type parquet_page_stored_type(value_type type);

/* Adds so many records' values, the cells of that index; a text's number is in that dictionary. */
void parquet_page_add(parquet_page *page, record_row *rows, size_t count, size_t index, parquet_dictionary *dictionary);

/* Widens the bounds by others. */
void parquet_bounds_join(parquet_bounds *bounds, const parquet_bounds *others, value_type type);

/* Appends the page with its header, and returns how many bytes it would have without compression. */
uint64_t parquet_page_encode(parquet_page *page, ZSTD_CCtx *compressor, GByteArray *out);

/* The same for the page of a dictionary. */
uint64_t parquet_page_encode_dictionary(const parquet_dictionary *dictionary, ZSTD_CCtx *compressor, GByteArray *out);

#endif
