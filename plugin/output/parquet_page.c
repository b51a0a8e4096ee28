/*
 * parquet_page.c - pages of columns; see parquet_page.h.
 *
 * Every value may be missing. A number or text has the definition level 1, or 0 when it is missing; an element of a
 * list has 2, a list without elements 1, a missing list 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parquet_page.h"

#include <math.h>
#include <string.h>

#include "thrift.h"

/* Fast, and nearly as small as higher levels make it. */
enum { COMPRESSION_LEVEL = 1 };

enum { VALUE_BYTES = 8, GROUP_VALUES = 8, LENGTH_BYTES = 4 };
enum { DATA_PAGE = 0, DICTIONARY_PAGE = 2 };
enum { PRESENT = 1, ELEMENT = 2 };

enum { CAPACITY_MIN = 1024 };

/* Room for so many bytes after what is there, which count as there. */
static inline guint8 *
extend(parquet_bytes *bytes, size_t count)
{
    if (bytes->size + count > bytes->capacity) {
        bytes->capacity = 2 * bytes->capacity + count + CAPACITY_MIN;
        bytes->data = g_realloc(bytes->data, bytes->capacity);
    }
    bytes->size += count;
    return bytes->data + bytes->size - count;
}

void
parquet_page_init(parquet_page *page, value_type type)
{
    *page = (parquet_page){.type = type, .body = g_byte_array_new()};
}

void
parquet_page_clear(parquet_page *page)
{
    g_free(page->values.data);
    g_free(page->definitions.data);
    g_free(page->repetitions.data);
    g_byte_array_free(page->body, TRUE);
}

void
parquet_page_reset(parquet_page *page)
{
    page->values.size = 0;
    page->definitions.size = 0;
    page->repetitions.size = 0;
    page->nulls = 0;
    page->bounds.are_known = false;
}

parquet_type
parquet_page_stored_type(value_type type)
{
    if (type == VALUE_TEXT)
        return PARQUET_BYTE_ARRAY;
    return type == VALUE_REAL || type == VALUE_REALS ? PARQUET_DOUBLE : PARQUET_INT64;
}

static void
append_byte(GByteArray *bytes, unsigned value)
{
    guint8 byte = (guint8)value;
    g_byte_array_append(bytes, &byte, 1);
}

void
parquet_bounds_join(parquet_bounds *bounds, const parquet_bounds *others, value_type type)
{
    if (!others->are_known)
        return;
    if (!bounds->are_known) {
        *bounds = *others;
        return;
    }
    if (parquet_page_stored_type(type) == PARQUET_DOUBLE) {
        bounds->least.real = MIN(bounds->least.real, others->least.real);
        bounds->greatest.real = MAX(bounds->greatest.real, others->greatest.real);
    } else {
        bounds->least.integer = MIN(bounds->least.integer, others->least.integer);
        bounds->greatest.integer = MAX(bounds->greatest.integer, others->greatest.integer);
    }
}

/* What is not a number is neither less nor greater than another one. */
static parquet_bounds
bounds_of_reals(const parquet_bytes *values)
{
    parquet_bounds bounds = {.least.real = INFINITY, .greatest.real = -INFINITY};

    for (size_t at = 0; at < values->size; at += VALUE_BYTES) {
        double value;
        memcpy(&value, values->data + at, VALUE_BYTES);
        bounds.least.real = value < bounds.least.real ? value : bounds.least.real;
        bounds.greatest.real = value > bounds.greatest.real ? value : bounds.greatest.real;
    }
    bounds.are_known = bounds.least.real <= bounds.greatest.real;
    return bounds;
}

static parquet_bounds
bounds_of_integers(const parquet_bytes *values)
{
    parquet_bounds bounds = {.are_known = values->size > 0, .least.integer = INT64_MAX, .greatest.integer = INT64_MIN};

    for (size_t at = 0; at < values->size; at += VALUE_BYTES) {
        int64_t value;
        memcpy(&value, values->data + at, VALUE_BYTES);
        bounds.least.integer = MIN(value, bounds.least.integer);
        bounds.greatest.integer = MAX(value, bounds.greatest.integer);
    }
    return bounds;
}

static void
add_bits(parquet_page *page, uint64_t bits)
{
    memcpy(extend(&page->values, VALUE_BYTES), &bits, VALUE_BYTES);
}

static void
add_level(parquet_bytes *levels, guint8 level)
{
    *extend(levels, 1) = level;
}

static void
add_list(parquet_page *page, const char *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, list + i * VALUE_BYTES, VALUE_BYTES);
        add_level(&page->definitions, ELEMENT);
        add_level(&page->repetitions, i > 0);
        add_bits(page, bits);
    }
    if (count > 0)
        return;
    add_level(&page->definitions, PRESENT);
    add_level(&page->repetitions, 0);
    page->nulls++;
}

static void
add_lists(parquet_page *page, record_row *rows, size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++) {
        size_t elements;
        if (record_row_has(&rows[i], index)) {
            const char *list = record_row_list(&rows[i], index, &elements);
            add_list(page, list, elements);
            continue;
        }
        add_level(&page->definitions, 0);
        add_level(&page->repetitions, 0);
        page->nulls++;
    }
}

static void
add_texts(parquet_page *page, record_row *rows, size_t count, size_t index, parquet_dictionary *dictionary)
{
    guint8 *levels = extend(&page->definitions, count);

    for (size_t i = 0; i < count; i++) {
        levels[i] = record_row_has(&rows[i], index);
        if (!levels[i]) {
            page->nulls++;
            continue;
        }
        uint32_t number = parquet_dictionary_add(dictionary, record_row_text(&rows[i], index));
        memcpy(extend(&page->values, sizeof number), &number, sizeof number);
    }
}

/* Most numbers are there: one that is missing is written, and the next one over it. */
static void
add_numbers(parquet_page *page, const record_row *rows, size_t count, size_t index)
{
    guint8 *levels = extend(&page->definitions, count);
    guint8 *values = extend(&page->values, count * VALUE_BYTES);
    size_t present = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t bits = record_row_bits(&rows[i], index);
        memcpy(values + present * VALUE_BYTES, &bits, VALUE_BYTES);
        levels[i] = record_row_has(&rows[i], index);
        present += levels[i];
    }
    page->values.size -= (count - present) * VALUE_BYTES;
    page->nulls += count - present;
}

void
parquet_page_add(parquet_page *page, record_row *rows, size_t count, size_t index, parquet_dictionary *dictionary)
{
    if (value_type_is_list(page->type))
        add_lists(page, rows, count, index);
    else if (page->type == VALUE_TEXT)
        add_texts(page, rows, count, index, dictionary);
    else
        add_numbers(page, rows, count, index);
}

/* Small numbers to be encoded: of one byte each, or of four. */
typedef struct {
    const guint8 *data;
    size_t bytes_each, count;
    unsigned width; /* bits that the greatest needs, at least 1 */
} small_numbers;

static uint32_t
small_number_at(const small_numbers *numbers, size_t index)
{
    uint32_t value;

    if (numbers->bytes_each == 1)
        return numbers->data[index];
    memcpy(&value, numbers->data + index * sizeof value, sizeof value);
    return value;
}

/* How many of the same there are from there on. */
static size_t
run_length(const small_numbers *numbers, size_t from)
{
    size_t end = from + 1;

    if (numbers->bytes_each == 1 && from + 1 < numbers->count &&
        memcmp(numbers->data + from, numbers->data + from + 1, numbers->count - from - 1) == 0)
        return numbers->count - from;
    while (end < numbers->count && small_number_at(numbers, end) == small_number_at(numbers, from))
        end++;
    return end - from;
}

static void
append_run(GByteArray *out, const small_numbers *numbers, size_t from, size_t count)
{
    uint32_t value = small_number_at(numbers, from);

    thrift_append_varint(out, (uint64_t)count << 1);
    for (unsigned bits = 0; bits < numbers->width; bits += 8)
        append_byte(out, value >> bits);
}

/* Groups of eight, the last of them filled up with 0, from the lowest bit on. */
static void
append_packed(GByteArray *out, const small_numbers *numbers, size_t from, size_t groups)
{
    uint64_t waiting = 0;
    unsigned bits = 0;

    thrift_append_varint(out, (uint64_t)groups << 1 | 1);
    for (size_t i = from; i < from + groups * GROUP_VALUES; i++) {
        waiting |= (i < numbers->count ? (uint64_t)small_number_at(numbers, i) : 0) << bits;
        for (bits += numbers->width; bits >= 8; bits -= 8, waiting >>= 8)
            append_byte(out, (unsigned)(waiting & 0xff));
    }
}

/* The hybrid of runs and packed bits: a run where at least eight are the same. */
static void
append_hybrid(GByteArray *out, const small_numbers *numbers)
{
    size_t at = 0;

    while (at < numbers->count) {
        size_t run = run_length(numbers, at), groups = 0;
        if (run >= GROUP_VALUES) {
            append_run(out, numbers, at, run);
            at += run;
            continue;
        }
        size_t end = at;
        do {
            groups++;
            end += GROUP_VALUES;
        } while (end < numbers->count && run_length(numbers, end) < GROUP_VALUES);
        append_packed(out, numbers, at, groups);
        at = end;
    }
}

static void
append_levels(GByteArray *out, const parquet_bytes *levels, unsigned width)
{
    small_numbers numbers = {levels->data, 1, levels->size, width};
    guint start = out->len;

    g_byte_array_set_size(out, start + LENGTH_BYTES);
    append_hybrid(out, &numbers);
    uint32_t length = GUINT32_TO_LE(out->len - start - LENGTH_BYTES);
    memcpy(out->data + start, &length, sizeof length);
}

static void
append_dictionary_numbers(GByteArray *out, const parquet_bytes *values)
{
    small_numbers numbers = {values->data, sizeof(uint32_t), values->size / sizeof(uint32_t), 1};
    uint32_t greatest = 0;

    for (size_t i = 0; i < numbers.count; i++)
        greatest = MAX(greatest, small_number_at(&numbers, i));
    numbers.width = MAX(1, g_bit_storage(greatest));
    append_byte(out, numbers.width);
    append_hybrid(out, &numbers);
}

/* Parquet has the lowest byte first. */
static void
make_little_endian(guint8 *values, size_t size)
{
    for (size_t at = 0; at < size; at += VALUE_BYTES) {
        uint64_t bits;
        memcpy(&bits, values + at, VALUE_BYTES);
        bits = GUINT64_TO_LE(bits);
        memcpy(values + at, &bits, VALUE_BYTES);
    }
}

static void
append_numbers(GByteArray *out, parquet_page *page)
{
    bool is_real = parquet_page_stored_type(page->type) == PARQUET_DOUBLE;

    page->bounds = is_real ? bounds_of_reals(&page->values) : bounds_of_integers(&page->values);
    g_byte_array_append(out, page->values.data, (guint)page->values.size);
    make_little_endian(out->data + out->len - page->values.size, page->values.size);
}

typedef struct {
    int32_t type;
    int32_t header_field; /* of PageHeader */
    int32_t encoding;
    guint values;
} page_kind;

static void
append_header(GByteArray *out, const page_kind *kind, size_t bytes, size_t compressed_bytes)
{
    thrift t = thrift_begin(out);

    thrift_i32(&t, 1, kind->type);
    thrift_i32(&t, 2, (int32_t)bytes);
    thrift_i32(&t, 3, (int32_t)compressed_bytes);
    thrift_begin_struct(&t, kind->header_field);
    thrift_i32(&t, 1, (int32_t)kind->values);
    thrift_i32(&t, 2, kind->encoding);
    if (kind->type == DATA_PAGE) {
        thrift_i32(&t, 3, PARQUET_RLE);
        thrift_i32(&t, 4, PARQUET_RLE);
    }
    thrift_end(&t);
    thrift_end(&t);
}

static uint64_t
append_page(const page_kind *kind, const GByteArray *body, ZSTD_CCtx *compressor, GByteArray *out)
{
    size_t room = ZSTD_compressBound(body->len);
    guint8 *compressed = g_malloc(room);
    size_t size = ZSTD_compressCCtx(compressor, compressed, room, body->data, body->len, COMPRESSION_LEVEL);
    guint start = out->len;

    g_assert(!ZSTD_isError(size)); /* there is room enough, and memory ends the program */
    append_header(out, kind, body->len, size);
    uint64_t header_bytes = out->len - start;
    g_byte_array_append(out, compressed, (guint)size);
    g_free(compressed);
    return header_bytes + body->len;
}

uint64_t
parquet_page_encode(parquet_page *page, ZSTD_CCtx *compressor, GByteArray *out)
{
    bool is_list = value_type_is_list(page->type), is_text = page->type == VALUE_TEXT;
    page_kind kind = {DATA_PAGE, 5, is_text ? PARQUET_RLE_DICTIONARY : PARQUET_PLAIN, (guint)page->definitions.size};
    GByteArray *body = page->body;

    g_byte_array_set_size(body, 0);
    if (is_list)
        append_levels(body, &page->repetitions, 1);
    append_levels(body, &page->definitions, is_list ? 2 : 1);
    if (is_text)
        append_dictionary_numbers(body, &page->values);
    else
        append_numbers(body, page);
    return append_page(&kind, body, compressor, out);
}

uint64_t
parquet_page_encode_dictionary(const parquet_dictionary *dictionary, ZSTD_CCtx *compressor, GByteArray *out)
{
    page_kind kind = {DICTIONARY_PAGE, 7, PARQUET_PLAIN, parquet_dictionary_count(dictionary)};
    GByteArray *body = g_byte_array_new();

    for (uint32_t i = 0; i < parquet_dictionary_count(dictionary); i++) {
        const char *text = parquet_dictionary_text(dictionary, i);
        uint32_t length = GUINT32_TO_LE((uint32_t)strlen(text));
        g_byte_array_append(body, (const guint8 *)&length, sizeof length);
        g_byte_array_append(body, (const guint8 *)text, (guint)strlen(text));
    }
    uint64_t bytes = append_page(&kind, body, compressor, out);
    g_byte_array_free(body, TRUE);
    return bytes;
}
