/*
 * parquet_column.c - a column of a row group; see parquet_column.h.
 *
 * All columns are optional. A number or text has the definition level 1, or 0 if it is missing; an element of a list
 * has 2, a list without elements 1, a missing list 0. Names and numbers of structures and fields are those of
 * parquet.thrift.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parquet_column.h"

#include <math.h>
#include <string.h>
#include <zstd.h>

#include "../flow/flow_key.h"
#include "parquet_schema.h"

enum { VALUE_BYTES = 8, GROUP_VALUES = 8, LENGTH_BYTES = 4, LEVEL_BITS = 1, LIST_LEVEL_BITS = 2 };
enum { DATA_PAGE = 0, DICTIONARY_PAGE = 2, PLAIN = 0, RLE = 3, RLE_DICTIONARY = 8, CODEC_ZSTD = 6 };
enum { ABSENT = 0, PRESENT = 1, ELEMENT = 2 };

/* Fast, and nearly as small as higher levels make it. */
enum { COMPRESSION_LEVEL = 1 };

/* Tables of this size fit into the processor's cache. */
enum { NUMBERS_MAX = 4096, SLOT_BITS = 13, SLOTS = 1 << SLOT_BITS };

/* Longer texts are not written as min or max statistics: readers gain little from them. */
enum { BOUND_BYTES_MAX = 256 };

/* The distinct numbers of a column. They come from untrusted captures, so the hash uses a secret. */
typedef struct {
    uint64_t values[NUMBERS_MAX];
    uint16_t slots[SLOTS]; /* index of the value plus 1; 0: free */
    uint64_t factor;       /* odd secret */
} number_table;

typedef struct {
    guint hash;
    uint32_t number;
    const char *text;
} numbered_text;

struct parquet_column {
    const char *name;
    value_type type;
    hash_secret secret;
    GByteArray *pages; /* finished pages with their headers */
    uint64_t entries, nulls, plain_bytes;
    size_t different;            /* number of values in the dictionary */
    number_table *numbers;       /* NULL: not used yet */
    bool is_plain;               /* too many distinct values: no dictionary */
    bool has_dictionary;         /* a page refers to the dictionary */
    GHashTable *texts;           /* of numbered_text, which are also the keys */
    GByteArray *dictionary_body; /* the texts, encoded */
    char *least_text, *greatest_text;
    double least_real, greatest_real;
    int64_t least, greatest;
};

struct parquet_workshop {
    ZSTD_CCtx *compressor;
    GByteArray *definitions, *repetitions, *values, *numbers, *body, *compressed;
};

parquet_workshop *
parquet_workshop_new(void)
{
    parquet_workshop *w = g_new(parquet_workshop, 1);

    *w = (parquet_workshop){ZSTD_createCCtx(),  g_byte_array_new(), g_byte_array_new(), g_byte_array_new(),
                            g_byte_array_new(), g_byte_array_new(), g_byte_array_new()};
    return w;
}

void
parquet_workshop_free(parquet_workshop *w)
{
    GByteArray *const all[] = {w->definitions, w->repetitions, w->values, w->numbers, w->body, w->compressed};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_byte_array_free(all[i], TRUE);
    ZSTD_freeCCtx(w->compressor);
    g_free(w);
}

static guint
text_hash(gconstpointer text)
{
    return ((const numbered_text *)text)->hash;
}

static gboolean
text_equal(gconstpointer a, gconstpointer b)
{
    return strcmp(((const numbered_text *)a)->text, ((const numbered_text *)b)->text) == 0;
}

static void
make_empty(parquet_column *c)
{
    g_byte_array_set_size(c->pages, 0);
    g_byte_array_set_size(c->dictionary_body, 0);
    g_hash_table_remove_all(c->texts);
    g_clear_pointer(&c->numbers, g_free);
    g_clear_pointer(&c->least_text, g_free);
    g_clear_pointer(&c->greatest_text, g_free);
    c->entries = c->nulls = c->plain_bytes = c->different = 0;
    c->is_plain = c->has_dictionary = false;
    c->least_real = INFINITY;
    c->greatest_real = -INFINITY;
    c->least = INT64_MAX;
    c->greatest = INT64_MIN;
}

parquet_column *
parquet_column_new(const char *name, value_type type)
{
    parquet_column *c = g_new0(parquet_column, 1);

    c->name = name;
    c->type = type;
    hash_secret_init(&c->secret);
    c->pages = g_byte_array_new();
    c->dictionary_body = g_byte_array_new();
    c->texts = g_hash_table_new_full(text_hash, text_equal, g_free, NULL);
    make_empty(c);
    return c;
}

void
parquet_column_free(parquet_column *c)
{
    make_empty(c);
    g_byte_array_free(c->pages, TRUE);
    g_byte_array_free(c->dictionary_body, TRUE);
    g_hash_table_destroy(c->texts);
    g_free(c);
}

static guint8 *
extend(GByteArray *bytes, size_t count)
{
    guint before = bytes->len;
    g_byte_array_set_size(bytes, before + (guint)count);
    return count > 0 ? bytes->data + before : bytes->data;
}

static bool
are_same(const void *values, size_t count, size_t bytes_each)
{
    return count > 0 && memcmp(values, (const char *)values + bytes_each, (count - 1) * bytes_each) == 0;
}

/* Appends a run of the same number. */
static void
append_run(GByteArray *out, uint32_t number, size_t count, unsigned width)
{
    thrift_append_varint(out, (uint64_t)count << 1);
    for (unsigned bits = 0; bits < width; bits += 8, number >>= 8)
        *extend(out, 1) = (guint8)number;
}

/* Appends numbers of this bit width: a run, or groups of eight from the lowest bit on, the last group padded with 0. */
static void
append_hybrid(GByteArray *out, const uint32_t *numbers, size_t count, unsigned width)
{
    size_t groups = (count + GROUP_VALUES - 1) / GROUP_VALUES;
    uint64_t waiting = 0;
    unsigned bits = 0;

    if (are_same(numbers, count, sizeof *numbers)) {
        append_run(out, numbers[0], count, width);
        return;
    }
    if (count > 0)
        thrift_append_varint(out, (uint64_t)groups << 1 | 1);
    guint8 *at = extend(out, groups * width);
    for (size_t i = 0; i < groups * GROUP_VALUES; i++) {
        waiting |= (i < count ? (uint64_t)numbers[i] : 0) << bits;
        for (bits += width; bits >= 8; bits -= 8, waiting >>= 8)
            *at++ = (guint8)waiting;
    }
}

static void
append_levels(parquet_workshop *w, const guint8 *levels, size_t count, unsigned width)
{
    guint start = w->body->len;

    extend(w->body, LENGTH_BYTES);
    g_byte_array_set_size(w->numbers, 0);
    uint32_t *numbers = (uint32_t *)(void *)extend(w->numbers, count * sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = levels[i];
    append_hybrid(w->body, numbers, count, width);
    uint32_t length = GUINT32_TO_LE(w->body->len - start - LENGTH_BYTES);
    memcpy(w->body->data + start, &length, sizeof length);
}

/* Appends the levels of lists; the elements become the values. */
static void
take_lists(const column_cells *cells, parquet_workshop *w)
{
    for (size_t i = 0; i < cells->count; i++) {
        cell_place place = cells->presence[i] ? cell_place_of(cells->numbers[i]) : (cell_place){0, 0};
        size_t levels = MAX(place.bytes / VALUE_BYTES, 1);
        guint8 *repetitions = extend(w->repetitions, levels);
        memset(repetitions, 1, levels);
        repetitions[0] = 0;
        memset(extend(w->definitions, levels), place.bytes ? ELEMENT : cells->presence[i] ? PRESENT : ABSENT, levels);
        if (place.bytes > 0)
            g_byte_array_append(w->values, (const guint8 *)cells->more + place.at, place.bytes);
    }
}

/* Collects the numbers that are present, or the places of texts. */
static void
take_numbers(const column_cells *cells, parquet_workshop *w)
{
    uint64_t *values = (uint64_t *)(void *)extend(w->values, cells->count * VALUE_BYTES);
    size_t present = 0;

    g_byte_array_append(w->definitions, cells->presence, (guint)cells->count);
    for (size_t i = 0; i < cells->count; i++) {
        values[present] = cells->numbers[i];
        present += cells->presence[i];
    }
    g_byte_array_set_size(w->values, (guint)(present * VALUE_BYTES));
}

static void
keep_bound(char **bound, const char *text)
{
    g_free(*bound);
    *bound = g_strdup(text);
}

/* Invalid UTF-8 is replaced by the replacement character. */
static void
append_text(parquet_column *c, GByteArray *out, const char *text)
{
    g_autofree char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
    const char *written = valid ? valid : text;
    uint32_t length = (uint32_t)strlen(written), length_le = GUINT32_TO_LE(length);

    if (!c->least_text || strcmp(written, c->least_text) < 0)
        keep_bound(&c->least_text, written);
    if (!c->greatest_text || strcmp(written, c->greatest_text) > 0)
        keep_bound(&c->greatest_text, written);
    memcpy(extend(out, LENGTH_BYTES), &length_le, LENGTH_BYTES);
    g_byte_array_append(out, (const guint8 *)written, length);
}

/* Adds a text to the dictionary and returns its index. */
static uint32_t
add_text(parquet_column *c, const numbered_text *key, size_t size)
{
    numbered_text *kept = g_malloc(sizeof *kept + size);

    *kept = (numbered_text){key->hash, (uint32_t)c->different++, memcpy(kept + 1, key->text, size)};
    g_hash_table_add(c->texts, kept);
    append_text(c, c->dictionary_body, kept->text);
    return kept->number;
}

/* Looks up the indexes of these texts, unless more than half are new: a dictionary saves nothing then. */
static bool
number_texts(parquet_column *c, const uint64_t *places, size_t count, const char *more, uint32_t *numbers)
{
    size_t most = c->different + (count + 1) / 2;

    for (size_t i = 0; i < count; i++) {
        cell_place place = cell_place_of(places[i]);
        const char *text = more + place.at;
        const numbered_text key = {(guint)siphash(&c->secret, text, place.bytes), 0, text};
        const numbered_text *found = g_hash_table_lookup(c->texts, &key);
        if (!found && c->different == most)
            return false;
        numbers[i] = found ? found->number : add_text(c, &key, place.bytes);
    }
    return true;
}

/* The slot of a number in the table, or the free one for it. */
static uint16_t *
find_slot(number_table *t, uint64_t value)
{
    size_t at = (value * t->factor) >> (64 - SLOT_BITS);

    while (t->slots[at] && t->values[t->slots[at] - 1] != value)
        at = (at + 1) % SLOTS;
    return &t->slots[at];
}

/* The same for numbers. */
static bool
number_numbers(parquet_column *c, const uint64_t *values, size_t count, uint32_t *numbers)
{
    size_t most = MIN(NUMBERS_MAX, c->different + (count + 1) / 2);

    if (!c->numbers) {
        c->numbers = g_new0(number_table, 1);
        c->numbers->factor = c->secret.word[0] | 1;
    }
    for (size_t i = 0; i < count; i++) {
        uint16_t *slot = find_slot(c->numbers, values[i]);
        if (!*slot && c->different == most)
            return false;
        if (!*slot) {
            c->numbers->values[c->different] = values[i];
            *slot = (uint16_t)++c->different;
        }
        numbers[i] = *slot - 1U;
    }
    return true;
}

/* NaN is neither less nor greater than any number. */
static void
bound_numbers(parquet_column *c, const uint64_t *values, size_t count)
{
    for (size_t i = 0; i < count && parquet_stored_type(c->type) == PARQUET_INT64; i++) {
        c->least = MIN((int64_t)values[i], c->least);
        c->greatest = MAX((int64_t)values[i], c->greatest);
    }
    for (size_t i = 0; i < count && parquet_stored_type(c->type) == PARQUET_DOUBLE; i++) {
        double value;
        memcpy(&value, &values[i], sizeof value);
        c->least_real = value < c->least_real ? value : c->least_real;
        c->greatest_real = value > c->greatest_real ? value : c->greatest_real;
    }
}

/* Appends numbers as little-endian, as Parquet requires. */
static void
append_plain(parquet_column *c, const uint64_t *values, size_t count, GByteArray *out)
{
    guint8 *at = extend(out, count * VALUE_BYTES);

    bound_numbers(c, values, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = GUINT64_TO_LE(values[i]);
        memcpy(at + i * VALUE_BYTES, &bits, sizeof bits);
    }
}

/* Encodes the values and returns the encoding. If all values are the same, only one is looked up. */
static int
append_values(parquet_column *c, const char *more, parquet_workshop *w)
{
    const uint64_t *values = (const uint64_t *)(const void *)w->values->data;
    size_t count = w->values->len / VALUE_BYTES, looked_up = are_same(values, count, VALUE_BYTES) ? 1 : count;
    bool is_text = c->type == VALUE_TEXT;

    g_byte_array_set_size(w->numbers, 0);
    uint32_t *numbers = (uint32_t *)(void *)extend(w->numbers, looked_up * sizeof(uint32_t));
    c->is_plain = c->is_plain || !(is_text ? number_texts(c, values, looked_up, more, numbers)
                                           : number_numbers(c, values, looked_up, numbers));
    if (!c->is_plain) {
        unsigned width = MAX(1, g_bit_storage(MAX(c->different, 1) - 1));
        *extend(w->body, 1) = (guint8)width;
        c->has_dictionary = true;
        if (looked_up == 1)
            append_run(w->body, numbers[0], count, width);
        else
            append_hybrid(w->body, numbers, count, width);
        return RLE_DICTIONARY;
    }
    for (size_t i = 0; is_text && i < count; i++)
        append_text(c, w->body, more + cell_place_of(values[i]).at);
    if (!is_text)
        append_plain(c, values, count, w->body);
    return PLAIN;
}

/* Appends a page: its header, and its compressed body. Returns the size without compression. */
static uint64_t
append_page(GByteArray *out, parquet_workshop *w, const GByteArray *body, int type, size_t entries, int encoding)
{
    g_byte_array_set_size(w->compressed, (guint)ZSTD_compressBound(body->len));
    size_t size = ZSTD_compressCCtx(w->compressor, w->compressed->data, w->compressed->len, body->data, body->len,
                                    COMPRESSION_LEVEL);
    guint start = out->len;
    thrift t = thrift_begin(out); /* PageHeader */

    g_assert(!ZSTD_isError(size)); /* the bound is large enough, and out of memory aborts */
    thrift_i32(&t, 1, type);
    thrift_i32(&t, 2, (int32_t)body->len);
    thrift_i32(&t, 3, (int32_t)size);
    thrift_begin_struct(&t, type == DATA_PAGE ? 5 : 7);
    thrift_i32(&t, 1, (int32_t)entries);
    thrift_i32(&t, 2, encoding);
    if (type == DATA_PAGE) {
        thrift_i32(&t, 3, RLE);
        thrift_i32(&t, 4, RLE);
    }
    thrift_end(&t);
    thrift_end(&t);
    uint64_t header_bytes = out->len - start;
    g_byte_array_append(out, w->compressed->data, (guint)size);
    return header_bytes + body->len;
}

void
parquet_column_add_page(parquet_column *c, const column_cells *cells, parquet_workshop *w)
{
    GByteArray *const all[] = {w->definitions, w->repetitions, w->values, w->numbers, w->body};
    bool is_list = value_type_is_list(c->type);

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_byte_array_set_size(all[i], 0);
    if (is_list)
        take_lists(cells, w);
    else
        take_numbers(cells, w);
    size_t entries = w->definitions->len;
    if (is_list)
        append_levels(w, w->repetitions->data, entries, LEVEL_BITS);
    append_levels(w, w->definitions->data, entries, is_list ? LIST_LEVEL_BITS : LEVEL_BITS);
    int encoding = append_values(c, cells->more, w);
    c->entries += entries;
    c->nulls += entries - w->values->len / VALUE_BYTES;
    c->plain_bytes += append_page(c->pages, w, w->body, DATA_PAGE, entries, encoding);
}

size_t
parquet_column_bytes(const parquet_column *c)
{
    return c->pages->len + c->dictionary_body->len + g_hash_table_size(c->texts) * sizeof(numbered_text);
}

/* Writes Statistics. A minimum of 0 is written as -0 and a maximum of 0 as +0, as the specification requires. */
static void
add_statistics(const parquet_column *c, thrift *t)
{
    double reals[] = {c->greatest_real == 0 ? 0.0 : c->greatest_real, c->least_real == 0 ? -0.0 : c->least_real};
    uint64_t bounds[] = {(uint64_t)c->greatest, (uint64_t)c->least};
    const char *texts[] = {c->greatest_text, c->least_text};

    thrift_begin_struct(t, 12);
    thrift_i64(t, 3, c->nulls);
    if (parquet_stored_type(c->type) == PARQUET_DOUBLE)
        memcpy(bounds, reals, sizeof bounds);
    for (int i = 0; i < 2; i++) {
        uint64_t bits = GUINT64_TO_LE(bounds[i]);
        if (texts[i] && strlen(texts[i]) <= BOUND_BYTES_MAX)
            thrift_text(t, 5 + i, texts[i]);
        else if (c->type != VALUE_TEXT && (c->least <= c->greatest || c->least_real <= c->greatest_real))
            thrift_binary(t, 5 + i, &bits, sizeof bits);
    }
    thrift_end(t);
}

/* ColumnChunk. */
static void
describe(const parquet_column *c, uint64_t offset, uint64_t dictionary_bytes, thrift *t)
{
    thrift_begin_struct(t, THRIFT_ELEMENT);
    thrift_i64(t, 2, 0);
    thrift_begin_struct(t, 3); /* ColumnMetaData */
    thrift_i32(t, 1, (int32_t)parquet_stored_type(c->type));
    thrift_begin_list(t, 2, THRIFT_I32, dictionary_bytes ? 3 : 2);
    thrift_i32(t, THRIFT_ELEMENT, PLAIN);
    thrift_i32(t, THRIFT_ELEMENT, RLE);
    if (dictionary_bytes)
        thrift_i32(t, THRIFT_ELEMENT, RLE_DICTIONARY);
    parquet_schema_add_path(t, 3, c->name, c->type);
    thrift_i32(t, 4, CODEC_ZSTD);
    thrift_i64(t, 5, c->entries);
    thrift_i64(t, 6, c->plain_bytes);
    thrift_i64(t, 7, dictionary_bytes + c->pages->len);
    thrift_i64(t, 9, offset + dictionary_bytes);
    if (dictionary_bytes)
        thrift_i64(t, 11, offset);
    add_statistics(c, t);
    thrift_end(t);
    thrift_end(t);
}

uint64_t
parquet_column_end(parquet_column *c, uint64_t offset, parquet_workshop *w, GByteArray *out, thrift *t)
{
    guint start = out->len;

    if (c->numbers) {
        append_plain(c, c->numbers->values, c->different, c->dictionary_body);
    }
    if (c->has_dictionary)
        c->plain_bytes += append_page(out, w, c->dictionary_body, DICTIONARY_PAGE, c->different, PLAIN);
    describe(c, offset, out->len - start, t);
    g_byte_array_append(out, c->pages->data, c->pages->len);
    uint64_t plain_bytes = c->plain_bytes;
    make_empty(c);
    return plain_bytes;
}
