/*
 * parquet_writer.c - records as a Parquet file; see parquet_writer.h.
 *
 * The names and numbers of structures and fields are those of parquet.thrift.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parquet_writer.h"

#include <string.h>

#include "parquet_column.h"
#include "parquet_schema.h"

#define MAGIC "PAR1"
enum { MAGIC_BYTES = 4, PAGES_WAITING_MAX = 2 };

/* The cells of a page of every column; their places refer to `more`. */
typedef struct {
    size_t rows, bytes; /* bytes: of texts and lists */
    GByteArray *more;
    struct {
        GByteArray *numbers, *presence;
    } columns[];
} page_set;

struct parquet_writer {
    output_file *file;
    record_cells *cells;
    size_t columns;
    page_set *filling; /* owned by the thread that adds; NULL: none yet */

    GMutex mutex; /* guards all below */
    GCond changed;
    GQueue full; /* threads encode the columns of the first one */
    GQueue unused, workshops;
    size_t taken, encoded; /* number of columns of the first one */
    bool failed;

    parquet_column **group; /* one per column; changed without the mutex by the thread that has taken it */
    guint64 group_rows;
    guint64 offset;
    bool is_finished;   /* the footer is written, at this offset */
    GByteArray *groups; /* RowGroup structures so far */
    guint64 group_count, rows;
};

static page_set *
page_set_new(size_t columns)
{
    page_set *set = g_malloc0(sizeof *set + columns * sizeof set->columns[0]);

    for (size_t i = 0; i < columns; i++) {
        set->columns[i].numbers = g_byte_array_new();
        set->columns[i].presence = g_byte_array_new();
    }
    set->more = g_byte_array_new();
    return set;
}

static void
page_set_empty(page_set *set, size_t columns)
{
    set->rows = set->bytes = 0;
    for (size_t i = 0; i < columns; i++) {
        g_byte_array_set_size(set->columns[i].numbers, 0);
        g_byte_array_set_size(set->columns[i].presence, 0);
    }
    g_byte_array_set_size(set->more, 0);
}

static void
page_set_free(page_set *set, size_t columns)
{
    if (!set)
        return;
    for (size_t i = 0; i < columns; i++) {
        g_byte_array_free(set->columns[i].numbers, TRUE);
        g_byte_array_free(set->columns[i].presence, TRUE);
    }
    g_byte_array_free(set->more, TRUE);
    g_free(set);
}

parquet_writer *
parquet_writer_new(output_file *file, const record_layout *layout)
{
    parquet_writer *writer = g_new0(parquet_writer, 1);

    writer->file = file;
    writer->cells = record_cells_new(layout);
    writer->columns = record_cells_count(writer->cells);
    writer->group = g_new(parquet_column *, writer->columns);
    for (size_t i = 0; i < writer->columns; i++)
        writer->group[i] = parquet_column_new(record_cells_name(writer->cells, i), record_cells_type(writer->cells, i));
    writer->groups = g_byte_array_new();
    g_mutex_init(&writer->mutex);
    g_cond_init(&writer->changed);
    return writer;
}

void
parquet_writer_free(parquet_writer *writer)
{
    gpointer left;

    if (!writer)
        return;
    page_set_free(writer->filling, writer->columns);
    while ((left = g_queue_pop_head(&writer->full)) || (left = g_queue_pop_head(&writer->unused)))
        page_set_free(left, writer->columns);
    while ((left = g_queue_pop_head(&writer->workshops)))
        parquet_workshop_free(left);
    for (size_t i = 0; i < writer->columns; i++)
        parquet_column_free(writer->group[i]);
    g_free(writer->group);
    g_byte_array_free(writer->groups, TRUE);
    record_cells_free(writer->cells);
    g_cond_clear(&writer->changed);
    g_mutex_clear(&writer->mutex);
    g_free(writer);
}

const record_cells *
parquet_writer_cells(const parquet_writer *writer)
{
    return writer->cells;
}

static void
begin_pages(parquet_writer *writer)
{
    g_mutex_lock(&writer->mutex);
    writer->filling = g_queue_pop_head(&writer->unused);
    g_mutex_unlock(&writer->mutex);
    if (!writer->filling)
        writer->filling = page_set_new(writer->columns);
}

/* Queues the pages being filled for encoding. */
static void
end_pages(parquet_writer *writer)
{
    g_mutex_lock(&writer->mutex);
    g_queue_push_tail(&writer->full, writer->filling);
    g_mutex_unlock(&writer->mutex);
    writer->filling = NULL;
}

/* Adds the cells of a column; their texts and lists will be at this offset in the pages. */
static void
add_cells(const parquet_writer *writer, size_t index, column_cells cells, uint64_t more_at)
{
    value_type type = record_cells_type(writer->cells, index);
    page_set *set = writer->filling;

    for (size_t i = 0; (type == VALUE_TEXT || value_type_is_list(type)) && i < cells.count; i++) {
        set->bytes += cells.presence[i] ? cell_place_of(cells.numbers[i]).bytes : 0;
        cells.numbers[i] += more_at << 32;
    }
    g_byte_array_append(set->columns[index].numbers, (const guint8 *)cells.numbers,
                        (guint)(cells.count * sizeof(uint64_t)));
    g_byte_array_append(set->columns[index].presence, cells.presence, (guint)cells.count);
}

/* Adds rows of a block to the pages being filled, up to the next point where a page may end: page boundaries must not
 * depend on the blocks. Returns the number of rows. */
static size_t
add_some(parquet_writer *writer, const GString *block, size_t first)
{
    if (!writer->filling)
        begin_pages(writer);
    page_set *set = writer->filling;
    size_t count = MIN(record_cells_rows(block) - first, CELL_BLOCK_ROWS - set->rows % CELL_BLOCK_ROWS);
    guint more_at = set->more->len;
    for (size_t i = 0; i < writer->columns; i++) {
        column_cells cells = record_cells_of(writer->cells, block, i);
        add_cells(writer, i, (column_cells){count, cells.numbers + first, cells.presence + first, NULL}, more_at);
    }
    g_byte_array_append(set->more, (const guint8 *)record_cells_of(writer->cells, block, 0).more,
                        (guint)record_cells_more_bytes(writer->cells, block));
    set->rows += count;
    if (set->rows == PARQUET_PAGE_ROWS_MAX ||
        (set->rows % CELL_BLOCK_ROWS == 0 && set->bytes >= PARQUET_PAGE_BYTES_MAX))
        end_pages(writer);
    return count;
}

void
parquet_writer_add(parquet_writer *writer, GString *block)
{
    for (size_t first = 0; first < record_cells_rows(block);)
        first += add_some(writer, block, first);
}

static gboolean
write_bytes(parquet_writer *writer, const GByteArray *bytes, GError **error)
{
    if (!output_file_write(writer->file, (const char *)bytes->data, bytes->len, error))
        return FALSE;
    writer->offset += bytes->len;
    return TRUE;
}

/* Removes the footer if there is one. */
static gboolean
begin_group(parquet_writer *writer, GError **error)
{
    if (writer->is_finished && !output_file_shorten(writer->file, writer->offset, error))
        return FALSE;
    writer->is_finished = false;
    if (writer->offset > 0)
        return TRUE;
    writer->offset = MAGIC_BYTES;
    return output_file_write(writer->file, MAGIC, MAGIC_BYTES, error);
}

static gboolean
write_group(parquet_writer *writer, parquet_workshop *workshop, GError **error)
{
    thrift t = thrift_begin(writer->groups); /* RowGroup */
    gboolean ok = begin_group(writer, error);
    guint64 start = writer->offset, plain_bytes = 0;
    g_autoptr(GByteArray) chunk = g_byte_array_new();

    thrift_begin_list(&t, 1, THRIFT_STRUCT, writer->columns);
    for (size_t i = 0; ok && i < writer->columns; i++) {
        g_byte_array_set_size(chunk, 0);
        plain_bytes += parquet_column_end(writer->group[i], writer->offset, workshop, chunk, &t);
        ok = write_bytes(writer, chunk, error);
    }
    thrift_i64(&t, 2, plain_bytes);
    thrift_i64(&t, 3, writer->group_rows);
    thrift_i64(&t, 5, start);
    thrift_i64(&t, 6, writer->offset - start);
    thrift_end(&t);
    writer->group_count++;
    writer->rows += writer->group_rows;
    writer->group_rows = 0;
    return ok;
}

/* All columns of the first pages are encoded. */
static gboolean
end_encoding(parquet_writer *writer, parquet_workshop *workshop, GError **error)
{
    page_set *set = g_queue_pop_head(&writer->full);
    size_t bytes = 0;

    writer->taken = writer->encoded = 0;
    writer->group_rows += set->rows;
    page_set_empty(set, writer->columns);
    g_queue_push_tail(&writer->unused, set);
    g_cond_broadcast(&writer->changed);
    for (size_t i = 0; i < writer->columns; i++)
        bytes += parquet_column_bytes(writer->group[i]);
    if (writer->failed || (writer->group_rows < PARQUET_GROUP_ROWS_MAX && bytes < PARQUET_GROUP_BYTES_MAX))
        return TRUE;
    writer->failed = !write_group(writer, workshop, error);
    return !writer->failed;
}

/* Called with the mutex locked; it is released while a column is encoded. */
static gboolean
encode_column(parquet_writer *writer, page_set *set, parquet_workshop *workshop, GError **error)
{
    size_t index = writer->taken++;
    bool failed = writer->failed;
    column_cells cells = {set->rows, (uint64_t *)(void *)set->columns[index].numbers->data,
                          set->columns[index].presence->data, (const char *)set->more->data};

    g_mutex_unlock(&writer->mutex);
    if (!failed)
        parquet_column_add_page(writer->group[index], &cells, workshop);
    g_mutex_lock(&writer->mutex);
    return ++writer->encoded < writer->columns || end_encoding(writer, workshop, error);
}

/* Encodes columns that no other thread has taken, and waits for other threads while more pages than this are full. */
static gboolean
encode(parquet_writer *writer, guint may_wait, parquet_workshop *workshop, GError **error)
{
    gboolean ok = TRUE;

    while (ok && writer->full.length > 0) {
        if (writer->taken < writer->columns)
            ok = encode_column(writer, g_queue_peek_head(&writer->full), workshop, error);
        else if (writer->full.length > may_wait)
            g_cond_wait(&writer->changed, &writer->mutex);
        else
            break;
    }
    return ok;
}

static gboolean
settle(parquet_writer *writer, guint may_wait, bool ends_group, GError **error)
{
    g_mutex_lock(&writer->mutex);
    parquet_workshop *workshop = g_queue_pop_head(&writer->workshops);
    if (!workshop)
        workshop = parquet_workshop_new();
    gboolean ok = encode(writer, may_wait, workshop, error);
    if (ok && ends_group && writer->group_rows > 0 && !writer->failed)
        ok = write_group(writer, workshop, error);
    writer->failed = writer->failed || !ok;
    g_queue_push_head(&writer->workshops, workshop);
    g_mutex_unlock(&writer->mutex);
    return ok;
}

gboolean
parquet_writer_settle(parquet_writer *writer, GError **error)
{
    return settle(writer, PAGES_WAITING_MAX, false, error);
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
        thrift_begin_struct(t, THRIFT_ELEMENT); /* KeyValue */
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
    thrift_i64(&t, 3, writer->rows);
    thrift_begin_list(&t, 4, THRIFT_STRUCT, writer->group_count);
    g_byte_array_append(end, writer->groups->data, writer->groups->len);
    add_notes(&t, notes);
    thrift_text(&t, 6, "cicflow version " CICFLOW_VERSION);
    thrift_begin_list(&t, 7, THRIFT_STRUCT, writer->columns);
    for (size_t i = 0; i < writer->columns; i++) {
        thrift_begin_struct(&t, THRIFT_ELEMENT); /* ColumnOrder: TypeDefinedOrder */
        thrift_begin_struct(&t, 1);
        thrift_end(&t);
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
    if (writer->filling)
        end_pages(writer);
    if (!settle(writer, 0, true, error))
        return FALSE;
    if (writer->failed || (writer->is_finished && writer->offset > 0))
        return TRUE;
    if (!begin_group(writer, error))
        return FALSE;
    g_autoptr(GByteArray) end = make_end(writer, notes);
    gboolean ok = output_file_write(writer->file, (const char *)end->data, end->len, error);
    writer->is_finished = true;
    writer->failed = !ok;
    return ok;
}
