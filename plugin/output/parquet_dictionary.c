/*
 * parquet_dictionary.c - numbered texts; see parquet_dictionary.h.
 *
 * A hash table with open addressing, of which at most half is used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parquet_dictionary.h"

#include <string.h>

#include "../flow/flow_key.h"

enum { SLOTS_MIN = 64, CHUNK_BYTES = 16 * 1024 };

typedef struct {
    uint64_t hash;
    const char *key;  /* as it came */
    const char *text; /* the same, or made valid */
} entry;

struct parquet_dictionary {
    hash_secret secret;
    GArray *entries;
    uint32_t *slots; /* number of the entry, plus 1; 0: free */
    uint32_t slot_count;
    GStringChunk *texts;
    gsize bytes;
};

parquet_dictionary *
parquet_dictionary_new(void)
{
    parquet_dictionary *d = g_new0(parquet_dictionary, 1);

    hash_secret_init(&d->secret);
    d->entries = g_array_new(FALSE, FALSE, sizeof(entry));
    d->slot_count = SLOTS_MIN;
    d->slots = g_new0(uint32_t, d->slot_count);
    d->texts = g_string_chunk_new(CHUNK_BYTES);
    return d;
}

void
parquet_dictionary_free(parquet_dictionary *d)
{
    if (!d)
        return;
    g_array_free(d->entries, TRUE);
    g_free(d->slots);
    g_string_chunk_free(d->texts);
    g_free(d);
}

static const entry *
entry_at(const parquet_dictionary *d, uint32_t number)
{
    return &g_array_index(d->entries, entry, number);
}

/* Where the text is, or would be; no text with that hash when it is NULL. */
static uint32_t *
find_slot(const parquet_dictionary *d, uint64_t hash, const char *text)
{
    uint32_t at = (uint32_t)hash & (d->slot_count - 1);

    for (; d->slots[at]; at = (at + 1) & (d->slot_count - 1)) {
        const entry *e = entry_at(d, d->slots[at] - 1);
        if (text && e->hash == hash && strcmp(e->key, text) == 0)
            break;
    }
    return &d->slots[at];
}

static void
grow(parquet_dictionary *d)
{
    d->slot_count *= 2;
    g_free(d->slots);
    d->slots = g_new0(uint32_t, d->slot_count);
    for (uint32_t i = 0; i < d->entries->len; i++)
        *find_slot(d, entry_at(d, i)->hash, NULL) = i + 1;
}

static const char *
keep_valid(parquet_dictionary *d, const char *key)
{
    if (g_utf8_validate(key, -1, NULL))
        return key;
    char *valid = g_utf8_make_valid(key, -1);
    const char *kept = g_string_chunk_insert(d->texts, valid);
    g_free(valid);
    return kept;
}

uint32_t
parquet_dictionary_add(parquet_dictionary *d, const char *text)
{
    uint64_t hash = siphash(&d->secret, text, strlen(text));
    uint32_t *slot = find_slot(d, hash, text);

    if (*slot)
        return *slot - 1;
    entry new_entry = {.hash = hash, .key = g_string_chunk_insert(d->texts, text)};
    new_entry.text = keep_valid(d, new_entry.key);
    d->bytes += strlen(new_entry.text);
    g_array_append_val(d->entries, new_entry);
    *slot = d->entries->len;
    if (d->entries->len * 2 > d->slot_count)
        grow(d);
    return d->entries->len - 1;
}

uint32_t
parquet_dictionary_count(const parquet_dictionary *d)
{
    return d->entries->len;
}

const char *
parquet_dictionary_text(const parquet_dictionary *d, uint32_t number)
{
    return entry_at(d, number)->text;
}

gsize
parquet_dictionary_bytes(const parquet_dictionary *d)
{
    return d->bytes;
}
