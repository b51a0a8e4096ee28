/*
 * pages.c - fuzz target: any sequence of lists and texts as pages of a Parquet file, which an independent reader of the
 * encoding gets back.
 *
 * A byte is a record: 0xff has no value, else the low three bits say how many of the next bytes are its list's numbers,
 * and the whole byte which text it has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "fuzz.h"
#include "output/parquet_page.h"

enum { RECORDS_MAX = 5000, LIST_MAX = 7, MISSING = 0xff };

typedef struct {
    const uint8_t *at, *end;
} reader;

static uint8_t
next_byte(reader *r)
{
    FUZZ_CHECK(r->at < r->end);
    return *r->at++;
}

static uint64_t
next_varint(reader *r)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;

    do {
        byte = next_byte(r);
        value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    return value;
}

/* `count` numbers in runs and packed bits, by the specification (Encodings.md). */
static GArray *
read_hybrid(reader *r, unsigned width, size_t count)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    while (numbers->len < count) {
        uint64_t header = next_varint(r), repeated = 0;
        for (unsigned bits = 0; !(header & 1) && bits < width; bits += 8)
            repeated |= (uint64_t)next_byte(r) << bits;
        size_t values = (size_t)(header >> 1) * (header & 1 ? 8 : 1);
        FUZZ_CHECK(values > 0);
        const uint8_t *packed = r->at;
        for (size_t i = 0; i < values; i++) {
            uint32_t value = header & 1 ? 0 : (uint32_t)repeated;
            for (unsigned bit = 0; (header & 1) && bit < width; bit++) {
                size_t at = i * width + bit;
                FUZZ_CHECK(packed + at / 8 < r->end);
                value |= (uint32_t)(packed[at / 8] >> at % 8 & 1) << bit;
            }
            if (numbers->len < count)
                g_array_append_val(numbers, value);
            else
                FUZZ_CHECK(value == 0);
        }
        r->at += header & 1 ? (header >> 1) * width : 0;
    }
    return numbers;
}

static GArray *
read_levels(reader *r, unsigned width, size_t count)
{
    uint32_t length;

    FUZZ_CHECK(r->end - r->at >= 4);
    memcpy(&length, r->at, sizeof length);
    r->at += sizeof length;
    const uint8_t *end = r->at + GUINT32_FROM_LE(length);
    FUZZ_CHECK(end <= r->end);
    reader part = {r->at, end};
    GArray *levels = count > 0 ? read_hybrid(&part, width, count) : g_array_new(FALSE, FALSE, sizeof(uint32_t));
    FUZZ_CHECK(part.at == end);
    r->at = end;
    return levels;
}

static uint32_t
level(const GArray *levels, size_t index)
{
    return g_array_index(levels, uint32_t, index);
}

/* The page's own bytes, as they were compressed: encoding leaves them in its body. */
static reader
encode(parquet_page *page)
{
    ZSTD_CCtx *compressor = ZSTD_createCCtx();
    GByteArray *out = g_byte_array_new();

    parquet_page_encode(page, compressor, out);
    FUZZ_CHECK(out->len > 0);
    g_byte_array_free(out, TRUE);
    ZSTD_freeCCtx(compressor);
    return (reader){page->body->data, page->body->data + page->body->len};
}

static void
check_lists(parquet_page *page, const uint8_t *data, size_t size)
{
    reader r = encode(page);
    size_t entries = page->definitions.size, entry = 0;
    GArray *repetitions = read_levels(&r, 1, entries), *definitions = read_levels(&r, 2, entries);

    for (size_t i = 0; i < size;) {
        uint8_t kind = data[i++];
        size_t count = kind == MISSING ? 0 : MIN((size_t)(kind & LIST_MAX), size - i);
        for (size_t k = 0; k < MAX(count, 1); k++, entry++) {
            FUZZ_CHECK(level(repetitions, entry) == (k > 0));
            FUZZ_CHECK(level(definitions, entry) == (kind == MISSING ? 0U : count == 0 ? 1U : 2U));
            uint64_t value;
            if (count == 0)
                continue;
            FUZZ_CHECK(r.end - r.at >= 8);
            memcpy(&value, r.at, sizeof value);
            r.at += sizeof value;
            FUZZ_CHECK(GUINT64_FROM_LE(value) == data[i++]);
        }
    }
    FUZZ_CHECK(entry == entries && r.at == r.end);
    g_array_free(repetitions, TRUE);
    g_array_free(definitions, TRUE);
}

static void
check_texts(parquet_page *page, const parquet_dictionary *dictionary, const uint8_t *data, size_t size)
{
    reader r = encode(page);
    GArray *definitions = read_levels(&r, 1, size);
    uint8_t width = next_byte(&r);
    size_t present = 0;

    for (size_t i = 0; i < size; i++) {
        FUZZ_CHECK(level(definitions, i) == (data[i] != MISSING));
        present += data[i] != MISSING;
    }
    GArray *numbers = present > 0 ? read_hybrid(&r, width, present) : g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (size_t i = 0, n = 0; i < size; i++) {
        char text[2] = {(char)data[i], '\0'};
        if (data[i] == MISSING)
            continue;
        char *valid = g_utf8_make_valid(text, -1);
        FUZZ_CHECK(strcmp(parquet_dictionary_text(dictionary, level(numbers, n++)), valid) == 0);
        g_free(valid);
    }
    FUZZ_CHECK(r.at == r.end);
    g_array_free(definitions, TRUE);
    g_array_free(numbers, TRUE);
}

static void
fuzz_lists(const uint8_t *data, size_t size)
{
    parquet_page page;

    parquet_page_init(&page, VALUE_INTEGERS);
    for (size_t i = 0; i < size;) {
        uint8_t kind = data[i++];
        uint64_t count = kind == MISSING ? 0 : MIN((size_t)(kind & LIST_MAX), size - i), numbers[LIST_MAX];
        const char presence = kind != MISSING;
        for (size_t k = 0; k < count; k++)
            numbers[k] = data[i++];
        record_row row = {(const char *)&count, &presence, (const char *)numbers};
        parquet_page_add(&page, &row, 1, 0, NULL);
    }
    check_lists(&page, data, size);
    parquet_page_clear(&page);
}

static void
fuzz_texts(const uint8_t *data, size_t size)
{
    parquet_dictionary *dictionary = parquet_dictionary_new();
    parquet_page page;

    parquet_page_init(&page, VALUE_TEXT);
    for (size_t i = 0; i < size; i++) {
        const uint64_t bytes = 2;
        const char presence = data[i] != MISSING, text[2] = {(char)data[i], '\0'};
        record_row row = {(const char *)&bytes, &presence, text};
        parquet_page_add(&page, &row, 1, 0, dictionary);
    }
    check_texts(&page, dictionary, data, size);
    parquet_page_clear(&page);
    parquet_dictionary_free(dictionary);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size = MIN(size, (size_t)RECORDS_MAX);
    fuzz_lists(data, size);
    fuzz_texts(data, size);
    return 0;
}
