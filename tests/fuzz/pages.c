/*
 * pages.c - fuzz target: any sequence of lists and texts as pages of a Parquet file, read back by an independent
 * decoder.
 *
 * A byte is a record: 0xff has no value, else the low three bits say how many of the next bytes are its list's numbers,
 * and the whole byte which text it has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "../output/parquet_bodies.h"
#include "fuzz.h"

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

/* The numbers of `count` values in the dictionary. */
static GArray *
read_numbers(reader *r, size_t count)
{
    uint8_t width = next_byte(r);
    return count > 0 ? read_hybrid(r, width, count) : g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

static uint64_t
next_value(reader *r)
{
    uint64_t value;

    FUZZ_CHECK(r->end - r->at >= 8);
    memcpy(&value, r->at, sizeof value);
    r->at += sizeof value;
    return GUINT64_FROM_LE(value);
}

static void
next_text_is(reader *r, const char *expected)
{
    uint32_t length;

    FUZZ_CHECK(r->end - r->at >= 4);
    memcpy(&length, r->at, sizeof length);
    r->at += sizeof length;
    FUZZ_CHECK(GUINT32_FROM_LE(length) == strlen(expected) && r->end - r->at >= (ptrdiff_t)strlen(expected));
    FUZZ_CHECK(memcmp(r->at, expected, strlen(expected)) == 0);
    r->at += strlen(expected);
}

/* The values of a page: in it, or in the dictionary, by the numbers in the page. */
typedef struct {
    reader *page;
    const GByteArray *dictionary; /* NULL: in the page */
    GArray *numbers;
    size_t next;
} value_reader;

/* A text of one byte; the dictionary's texts have different lengths, so they are passed one by one. */
static void
check_text(value_reader *v, uint8_t byte)
{
    char text[2] = {(char)byte, '\0'}, *valid = g_utf8_make_valid(text, -1);

    if (!v->dictionary) {
        next_text_is(v->page, valid);
    } else {
        reader all = {v->dictionary->data, v->dictionary->data + v->dictionary->len};
        for (uint32_t passed = 0; passed < level(v->numbers, v->next); passed++) {
            uint32_t length;
            FUZZ_CHECK(all.end - all.at >= 4);
            memcpy(&length, all.at, sizeof length);
            all.at += sizeof length + GUINT32_FROM_LE(length);
        }
        next_text_is(&all, valid);
        v->next++;
    }
    g_free(valid);
}

static void
check_number(value_reader *v, uint64_t expected)
{
    if (!v->dictionary) {
        FUZZ_CHECK(next_value(v->page) == expected);
        return;
    }
    size_t at = (size_t)level(v->numbers, v->next++) * 8;
    FUZZ_CHECK(at + 8 <= v->dictionary->len);
    reader one = {v->dictionary->data + at, v->dictionary->data + at + 8};
    FUZZ_CHECK(next_value(&one) == expected);
}

static value_reader
begin_values(reader *page, const GByteArray *dictionary, size_t count)
{
    return (value_reader){page, dictionary, dictionary ? read_numbers(page, count) : NULL, 0};
}

static void
end_values(value_reader *v)
{
    FUZZ_CHECK(v->page->at == v->page->end);
    if (v->numbers)
        g_array_free(v->numbers, TRUE);
}

/* The lists that the input says: their levels and elements as they are to be read. */
typedef struct {
    GArray *places, *elements, *expected_repetitions, *expected_definitions;
    GByteArray *presence;
} lists;

static lists
make_lists(const uint8_t *data, size_t size)
{
    lists all = {g_array_new(FALSE, FALSE, sizeof(uint64_t)), g_array_new(FALSE, FALSE, sizeof(uint64_t)),
                 g_array_new(FALSE, FALSE, sizeof(uint32_t)), g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                 g_byte_array_new()};

    for (size_t i = 0; i < size;) {
        uint8_t kind = data[i++], is_present = kind != MISSING;
        uint64_t count = is_present ? MIN((size_t)(kind & LIST_MAX), size - i) : 0;
        uint64_t place = (uint64_t)all.elements->len * 8 << 32 | count * 8;
        uint32_t definition = !is_present ? 0 : count == 0 ? 1 : 2;
        for (uint32_t k = 0; k < MAX(count, 1); k++) {
            uint32_t repetition = k > 0;
            g_array_append_val(all.expected_repetitions, repetition);
            g_array_append_val(all.expected_definitions, definition);
        }
        for (size_t k = 0; k < count; k++) {
            uint64_t element = data[i++];
            g_array_append_val(all.elements, element);
        }
        g_array_append_val(all.places, place);
        g_byte_array_append(all.presence, &is_present, 1);
    }
    return all;
}

static void
check_levels(reader *page, unsigned width, const GArray *expected)
{
    g_autoptr(GArray) levels = read_levels(page, width, expected->len);

    for (guint i = 0; i < expected->len; i++)
        FUZZ_CHECK(level(levels, i) == level(expected, i));
}

static void
fuzz_lists(const uint8_t *data, size_t size)
{
    lists all = make_lists(data, size);
    column_cells cells = {all.places->len, (uint64_t *)(void *)all.places->data, all.presence->data,
                          all.elements->data};
    GByteArray *dictionary, *page = parquet_body_of(VALUE_INTEGERS, &cells, &dictionary);
    reader r = {page->data, page->data + page->len};

    check_levels(&r, 1, all.expected_repetitions);
    check_levels(&r, 2, all.expected_definitions);
    value_reader v = begin_values(&r, dictionary, all.elements->len);
    for (guint i = 0; i < all.elements->len; i++)
        check_number(&v, g_array_index(all.elements, uint64_t, i));
    end_values(&v);
    g_byte_array_free(page, TRUE);
    if (dictionary)
        g_byte_array_free(dictionary, TRUE);
    GArray *const arrays[] = {all.places, all.elements, all.expected_repetitions, all.expected_definitions};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_free(arrays[i], TRUE);
    g_byte_array_free(all.presence, TRUE);
}

static void
fuzz_texts(const uint8_t *data, size_t size)
{
    enum { TEXT_BYTES = 2 };
    uint64_t *places = g_new(uint64_t, size);
    guint8 *presence = g_new(guint8, size);
    g_autofree char *texts = g_new0(char, size *TEXT_BYTES);
    g_autoptr(GArray) definitions = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    size_t present = 0;

    for (size_t i = 0; i < size; i++) {
        uint32_t definition = data[i] != MISSING;
        g_array_append_val(definitions, definition);
        present += definition;
        texts[i * TEXT_BYTES] = (char)data[i];
        presence[i] = (guint8)definition;
        places[i] = (uint64_t)i * TEXT_BYTES << 32 | TEXT_BYTES;
    }
    column_cells cells = {size, places, presence, texts};
    GByteArray *dictionary, *page = parquet_body_of(VALUE_TEXT, &cells, &dictionary);
    reader r = {page->data, page->data + page->len};
    check_levels(&r, 1, definitions);
    value_reader v = begin_values(&r, dictionary, present);
    for (size_t i = 0; i < size; i++) {
        if (data[i] != MISSING)
            check_text(&v, data[i]);
    }
    end_values(&v);
    g_byte_array_free(page, TRUE);
    if (dictionary)
        g_byte_array_free(dictionary, TRUE);
    g_free(places);
    g_free(presence);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size = MIN(size, (size_t)RECORDS_MAX);
    fuzz_lists(data, size);
    fuzz_texts(data, size);
    return 0;
}
