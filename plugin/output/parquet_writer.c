/*
 * parquet_writer.c - records as a Parquet file; see parquet_writer.h.
 *
 * The names and numbers of structures and fields are those of parquet.thrift.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parquet_writer.h"

#include <string.h>

#include "parquet_page.h"
#include "parquet_schema.h"
#include "parquet_statistics.h"
#include "thrift.h"

#define MAGIC "PAR1"
enum { MAGIC_BYTES = 4, CODEC_ZSTD = 6 };

/* As many as the processor's cache holds with ease. */
enum { ROWS_TOGETHER = 32 };

/* A page of every column, of the same records. */
typedef struct {
    guint64 turn;
    guint rows;
    gsize bytes;
    parquet_page *pages;
    GByteArray **encoded;              /* the pages */
    guint64 *plain_bytes;              /* of each without compression */
    parquet_dictionary **dictionaries; /* of texts, when these are the last pages of a row group; else NULL */
    ZSTD_CCtx *compressor;
} page_set;

/* The pages of a column in the row group. */
typedef struct {
    GByteArray *pages;
    guint64 values, plain_bytes, nulls;
    parquet_bounds bounds;
} column_chunk;

struct parquet_writer {
    output_file *file;
    record_cells *cells;
    size_t columns;

    /* Of the thread that adds. */
    page_set *filling;                 /* NULL: none yet */
    parquet_dictionary **dictionaries; /* of the row group being filled; NULL in the place of numbers */
    guint64 next_turn;
    guint group_rows;
    gsize group_bytes;

    GMutex mutex; /* guards all below */
    GCond written;
    GQueue full;
    GQueue unused;
    guint64 turns_written;
    bool failed;

    /* Of the thread whose turn it is to write. */
    column_chunk *chunks;
    guint64 chunk_rows, offset;
    bool is_finished;   /* the file has an end, at the offset */
    GByteArray *groups; /* RowGroup structures so far */
    guint64 group_count, rows;
};

static parquet_dictionary **
new_dictionaries(const parquet_writer *writer)
{
    parquet_dictionary **dictionaries = g_new0(parquet_dictionary *, writer->columns);

    for (size_t i = 0; i < writer->columns; i++) {
        if (record_cells_type(writer->cells, i) == VALUE_TEXT)
            dictionaries[i] = parquet_dictionary_new();
    }
    return dictionaries;
}

static void
free_dictionaries(const parquet_writer *writer, parquet_dictionary **dictionaries)
{
    for (size_t i = 0; dictionaries && i < writer->columns; i++)
        parquet_dictionary_free(dictionaries[i]);
    g_free(dictionaries);
}

static page_set *
page_set_new(const parquet_writer *writer)
{
    page_set *set = g_new0(page_set, 1);

    set->pages = g_new0(parquet_page, writer->columns);
    set->encoded = g_new0(GByteArray *, writer->columns);
    set->plain_bytes = g_new0(guint64, writer->columns);
    for (size_t i = 0; i < writer->columns; i++) {
        parquet_page_init(&set->pages[i], record_cells_type(writer->cells, i));
        set->encoded[i] = g_byte_array_new();
    }
    set->compressor = ZSTD_createCCtx();
    return set;
}

static void
page_set_free(const parquet_writer *writer, page_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < writer->columns; i++) {
        parquet_page_clear(&set->pages[i]);
        g_byte_array_free(set->encoded[i], TRUE);
    }
    free_dictionaries(writer, set->dictionaries);
    g_free(set->pages);
    g_free(set->encoded);
    g_free(set->plain_bytes);
    ZSTD_freeCCtx(set->compressor);
    g_free(set);
}

parquet_writer *
parquet_writer_new(output_file *file, const record_layout *layout)
{
    parquet_writer *writer = g_new0(parquet_writer, 1);

    writer->file = file;
    writer->cells = record_cells_new(layout);
    writer->columns = record_cells_count(writer->cells);
    writer->dictionaries = new_dictionaries(writer);
    writer->chunks = g_new0(column_chunk, writer->columns);
    for (size_t i = 0; i < writer->columns; i++)
        writer->chunks[i].pages = g_byte_array_new();
    writer->groups = g_byte_array_new();
    g_mutex_init(&writer->mutex);
    g_cond_init(&writer->written);
    g_queue_init(&writer->full);
    g_queue_init(&writer->unused);
    return writer;
}

static void
free_queue(const parquet_writer *writer, GQueue *queue)
{
    page_set *set;

    while ((set = g_queue_pop_head(queue)))
        page_set_free(writer, set);
}

void
parquet_writer_free(parquet_writer *writer)
{
    if (!writer)
        return;
    page_set_free(writer, writer->filling);
    free_queue(writer, &writer->full);
    free_queue(writer, &writer->unused);
    free_dictionaries(writer, writer->dictionaries);
    for (size_t i = 0; i < writer->columns; i++)
        g_byte_array_free(writer->chunks[i].pages, TRUE);
    g_free(writer->chunks);
    g_byte_array_free(writer->groups, TRUE);
    record_cells_free(writer->cells);
    g_cond_clear(&writer->written);
    g_mutex_clear(&writer->mutex);
    g_free(writer);
}

void
parquet_writer_append_row(const parquet_writer *writer, const flow *f, GString *rows)
{
    record_cells_append(writer->cells, f, rows);
}

static page_set *
take_empty(parquet_writer *writer)
{
    g_mutex_lock(&writer->mutex);
    page_set *set = g_queue_pop_head(&writer->unused);
    g_mutex_unlock(&writer->mutex);
    return set ? set : page_set_new(writer);
}

static gsize
dictionary_bytes(const parquet_writer *writer)
{
    gsize bytes = 0;

    for (size_t i = 0; i < writer->columns; i++)
        bytes += writer->dictionaries[i] ? parquet_dictionary_bytes(writer->dictionaries[i]) : 0;
    return bytes;
}

/* Hands over the pages being filled to whoever encodes them. The last ones of a row group take the dictionaries along.
 */
static void
seal(parquet_writer *writer, bool ends_group)
{
    page_set *set = writer->filling;

    writer->group_rows += set->rows;
    writer->group_bytes += set->bytes;
    gsize group_bytes = writer->group_bytes + dictionary_bytes(writer);
    if (ends_group || writer->group_rows >= PARQUET_GROUP_ROWS_MAX || group_bytes >= PARQUET_GROUP_BYTES_MAX) {
        set->dictionaries = writer->dictionaries;
        writer->dictionaries = new_dictionaries(writer);
        writer->group_rows = 0;
        writer->group_bytes = 0;
    }
    set->turn = writer->next_turn++;
    writer->filling = NULL;
    g_mutex_lock(&writer->mutex);
    g_queue_push_tail(&writer->full, set);
    g_mutex_unlock(&writer->mutex);
}

/* Some of the rows that begin there, column by column, which is how memory is read and written fastest. Returns where
 * the next row begins. */
static const char *
add_some(parquet_writer *writer, const char *at, const char *end)
{
    record_row rows[ROWS_TOGETHER];
    const char *start = at;
    guint count = 0;

    if (!writer->filling)
        writer->filling = take_empty(writer);
    page_set *set = writer->filling;
    for (; at < end && count < MIN((guint)ROWS_TOGETHER, PARQUET_PAGE_ROWS_MAX - set->rows); at += record_row_bytes(at))
        rows[count++] = record_row_at(writer->cells, at);
    for (size_t i = 0; i < writer->columns; i++)
        parquet_page_add(&set->pages[i], rows, count, i, writer->dictionaries[i]);
    set->rows += count;
    set->bytes += (gsize)(at - start);
    if (set->rows == PARQUET_PAGE_ROWS_MAX || set->bytes >= PARQUET_PAGE_BYTES_MAX)
        seal(writer, false);
    return at;
}

void
parquet_writer_add_rows(parquet_writer *writer, const GString *rows)
{
    const char *at = rows->str, *end = rows->str + rows->len;

    while (at < end)
        at = add_some(writer, at, end);
}

static void
encode(const parquet_writer *writer, page_set *set)
{
    for (size_t i = 0; i < writer->columns; i++)
        set->plain_bytes[i] = set->rows > 0 ? parquet_page_encode(&set->pages[i], set->compressor, set->encoded[i]) : 0;
}

/* What a chunk is, beside where. */
typedef struct {
    guint64 dictionary_at, data_at; /* offsets; of numbers they are the same */
    guint64 bytes, plain_bytes;
    const parquet_dictionary *dictionary; /* NULL: of numbers */
} chunk_place;

static void
add_column_chunk(const parquet_writer *writer, thrift *t, size_t index, const chunk_place *place)
{
    const column_chunk *chunk = &writer->chunks[index];
    value_type type = record_cells_type(writer->cells, index);

    thrift_add_struct(t); /* ColumnChunk */
    thrift_i64(t, 2, 0);
    thrift_begin_struct(t, 3); /* ColumnMetaData */
    thrift_i32(t, 1, parquet_page_stored_type(type));
    thrift_begin_list(t, 2, THRIFT_I32, place->dictionary ? 3 : 2);
    thrift_add_i32(t, PARQUET_PLAIN);
    thrift_add_i32(t, PARQUET_RLE);
    if (place->dictionary)
        thrift_add_i32(t, PARQUET_RLE_DICTIONARY);
    parquet_schema_add_path(t, 3, record_cells_name(writer->cells, index), type);
    thrift_i32(t, 4, CODEC_ZSTD);
    thrift_i64(t, 5, (int64_t)chunk->values);
    thrift_i64(t, 6, (int64_t)place->plain_bytes);
    thrift_i64(t, 7, (int64_t)place->bytes);
    thrift_i64(t, 9, (int64_t)place->data_at);
    if (place->dictionary)
        thrift_i64(t, 11, (int64_t)place->dictionary_at);
    thrift_begin_struct(t, 12); /* Statistics */
    thrift_i64(t, 3, (int64_t)chunk->nulls);
    if (place->dictionary)
        parquet_statistics_add_texts(t, place->dictionary);
    else
        parquet_statistics_add_numbers(t, &chunk->bounds, type);
    thrift_end(t);
    thrift_end(t);
    thrift_end(t);
}

static gboolean
write_bytes(parquet_writer *writer, const void *data, gsize size, GError **error)
{
    if (!output_file_write(writer->file, data, size, error))
        return FALSE;
    writer->offset += size;
    return TRUE;
}

/* The dictionary's page and the pages of data, one after the other, to the file; and where they are to t. */
static gboolean
write_chunk(parquet_writer *writer, size_t index, const page_set *last, thrift *t, guint64 *plain_bytes, GError **error)
{
    column_chunk *chunk = &writer->chunks[index];
    chunk_place place = {.dictionary = last->dictionaries[index], .dictionary_at = writer->offset};
    GByteArray *dictionary_page = g_byte_array_new();

    place.plain_bytes = chunk->plain_bytes;
    if (place.dictionary)
        place.plain_bytes += parquet_page_encode_dictionary(place.dictionary, last->compressor, dictionary_page);
    place.data_at = place.dictionary_at + dictionary_page->len;
    place.bytes = (guint64)dictionary_page->len + chunk->pages->len;
    gboolean ok = write_bytes(writer, dictionary_page->data, dictionary_page->len, error) &&
                  write_bytes(writer, chunk->pages->data, chunk->pages->len, error);
    add_column_chunk(writer, t, index, &place);
    *plain_bytes += place.plain_bytes;
    g_byte_array_free(dictionary_page, TRUE);
    *chunk = (column_chunk){.pages = g_byte_array_set_size(chunk->pages, 0)};
    return ok;
}

/* The file has no end yet, or no longer. */
static gboolean
begin_group(parquet_writer *writer, GError **error)
{
    if (writer->is_finished && !output_file_shorten(writer->file, writer->offset, error))
        return FALSE;
    writer->is_finished = false;
    return writer->offset > 0 || write_bytes(writer, MAGIC, MAGIC_BYTES, error);
}

static gboolean
write_group(parquet_writer *writer, const page_set *last, GError **error)
{
    thrift t = thrift_begin(writer->groups); /* RowGroup */
    gboolean ok = begin_group(writer, error);
    guint64 start = writer->offset, plain_bytes = 0;

    thrift_begin_list(&t, 1, THRIFT_STRUCT, writer->columns);
    for (size_t i = 0; ok && i < writer->columns; i++)
        ok = write_chunk(writer, i, last, &t, &plain_bytes, error);
    thrift_i64(&t, 2, (int64_t)plain_bytes);
    thrift_i64(&t, 3, (int64_t)writer->chunk_rows);
    thrift_i64(&t, 5, (int64_t)start);
    thrift_i64(&t, 6, (int64_t)(writer->offset - start));
    thrift_end(&t);
    writer->group_count++;
    writer->rows += writer->chunk_rows;
    writer->chunk_rows = 0;
    return ok;
}

/* Adds encoded pages to the row group, and writes that with its last ones. */
static gboolean
write_pages(parquet_writer *writer, page_set *set, GError **error)
{
    for (size_t i = 0; i < writer->columns; i++) {
        column_chunk *chunk = &writer->chunks[i];
        parquet_page *page = &set->pages[i];
        g_byte_array_append(chunk->pages, set->encoded[i]->data, set->encoded[i]->len);
        chunk->values += page->definitions.size;
        chunk->plain_bytes += set->plain_bytes[i];
        chunk->nulls += page->nulls;
        parquet_bounds_join(&chunk->bounds, &page->bounds, page->type);
        parquet_page_reset(page);
        g_byte_array_set_size(set->encoded[i], 0);
    }
    writer->chunk_rows += set->rows;
    gboolean ok = !set->dictionaries || write_group(writer, set, error);
    free_dictionaries(writer, set->dictionaries);
    set->dictionaries = NULL;
    set->rows = 0;
    set->bytes = 0;
    return ok;
}

/* Called with the mutex locked, which is open while work is done. */
static gboolean
process(parquet_writer *writer, page_set *set, GError **error)
{
    g_mutex_unlock(&writer->mutex);
    encode(writer, set);
    g_mutex_lock(&writer->mutex);
    while (writer->turns_written != set->turn)
        g_cond_wait(&writer->written, &writer->mutex);
    bool failed_before = writer->failed;
    g_mutex_unlock(&writer->mutex);
    gboolean ok = failed_before || write_pages(writer, set, error);
    g_mutex_lock(&writer->mutex);
    writer->failed = writer->failed || !ok;
    writer->turns_written++;
    g_queue_push_tail(&writer->unused, set);
    g_cond_broadcast(&writer->written);
    return ok;
}

gboolean
parquet_writer_settle(parquet_writer *writer, GError **error)
{
    page_set *set;
    gboolean ok = TRUE;

    g_mutex_lock(&writer->mutex);
    while (ok && (set = g_queue_pop_head(&writer->full)))
        ok = process(writer, set, error);
    g_mutex_unlock(&writer->mutex);
    return ok;
}

bool
parquet_writer_has_failed(parquet_writer *writer)
{
    g_mutex_lock(&writer->mutex);
    bool failed = writer->failed;
    g_mutex_unlock(&writer->mutex);
    return failed;
}

static void
add_notes(thrift *t, const char *const *notes)
{
    size_t count = 0;

    while (notes && notes[count])
        count++;
    thrift_begin_list(t, 5, THRIFT_STRUCT, count / 2);
    for (size_t i = 0; i + 1 < count; i += 2) {
        thrift_add_struct(t); /* KeyValue */
        thrift_text(t, 1, notes[i]);
        thrift_text(t, 2, notes[i + 1]);
        thrift_end(t);
    }
}

/* FileMetaData */
static GByteArray *
make_end(const parquet_writer *writer, const char *const *notes)
{
    GByteArray *end = g_byte_array_new();
    thrift t = thrift_begin(end);

    thrift_i32(&t, 1, 1);
    parquet_schema_add(&t, 2, writer->cells);
    thrift_i64(&t, 3, (int64_t)writer->rows);
    thrift_begin_list(&t, 4, THRIFT_STRUCT, writer->group_count);
    g_byte_array_append(end, writer->groups->data, writer->groups->len);
    add_notes(&t, notes);
    thrift_text(&t, 6, "cicflow version " CICFLOW_VERSION);
    thrift_begin_list(&t, 7, THRIFT_STRUCT, writer->columns);
    for (size_t i = 0; i < writer->columns; i++) {
        thrift_add_struct(&t); /* ColumnOrder */
        thrift_empty_struct(&t, 1);
        thrift_end(&t);
    }
    thrift_end(&t);
    uint32_t length = GUINT32_TO_LE(end->len);
    g_byte_array_append(end, (const guint8 *)&length, sizeof length);
    g_byte_array_append(end, (const guint8 *)MAGIC, MAGIC_BYTES);
    return end;
}

gboolean
parquet_writer_finish(parquet_writer *writer, const char *const *notes, GError **error)
{
    if (!writer->filling && writer->group_rows > 0)
        writer->filling = take_empty(writer);
    if (writer->filling)
        seal(writer, true);
    if (!parquet_writer_settle(writer, error))
        return FALSE;
    if (writer->failed || (writer->is_finished && writer->offset > 0))
        return TRUE;
    if (!begin_group(writer, error))
        return FALSE;
    GByteArray *end = make_end(writer, notes);
    gboolean ok = output_file_write(writer->file, (const char *)end->data, end->len, error);
    g_byte_array_free(end, TRUE);
    writer->is_finished = true;
    writer->failed = !ok;
    return ok;
}
