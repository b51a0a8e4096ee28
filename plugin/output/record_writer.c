/*
 * record_writer.c - writes records to files; see record_writer.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_writer.h"

#include "parquet_writer.h"
#include "record_text.h"

/* A block of this size is written. */
enum { BLOCK_BYTES = 256 * 1024 };

struct record_writer {
    output_file *file;
    bool failed;
    bool begun; /* the header line is in the block */
    const record_layout *layout;
    record_text *text;       /* NULL if Parquet */
    parquet_writer *parquet; /* NULL if text */
    GPtrArray *notes;        /* names and values in turn */
    GString *block;
};

/* Nothing is tried after the first failure. */
static gboolean
settle(record_writer *writer, bool ok)
{
    writer->failed = writer->failed || !ok;
    return ok;
}

gboolean
record_writer_flush(record_writer *writer, GError **error)
{
    GString *block = writer->block;
    bool ok = true;

    if (writer->parquet) /* Parquet rows wait for their row group */
        return TRUE;
    if (block->len > 0 && !writer->failed)
        ok = output_file_write(writer->file, block->str, block->len, error);
    g_string_truncate(block, 0);
    return settle(writer, ok);
}

bool
record_writer_is_stream(const record_writer *writer)
{
    return output_file_is_stream(writer->file);
}

gboolean
record_writer_flush_if_stream(record_writer *writer, GError **error)
{
    return record_writer_is_stream(writer) ? record_writer_flush(writer, error) : TRUE;
}

static void
add_block(record_writer *writer)
{
    parquet_writer_add(writer->parquet, writer->block);
    g_string_truncate(writer->block, 0);
}

gboolean
record_writer_finish(record_writer *writer, GError **error)
{
    if (!writer->parquet)
        return record_writer_flush(writer, error);
    if (writer->failed)
        return TRUE;
    add_block(writer);
    g_ptr_array_add(writer->notes, NULL);
    bool ok = parquet_writer_finish(writer->parquet, (const char *const *)writer->notes->pdata, error);
    g_ptr_array_set_size(writer->notes, (gint)writer->notes->len - 1);
    writer->failed = parquet_writer_has_failed(writer->parquet);
    return ok;
}

gboolean
record_writer_complete(record_writer *writer, GError **error)
{
    if (!record_writer_finish(writer, error))
        return FALSE;
    return writer->failed || settle(writer, output_file_complete(writer->file, error));
}

const char *
record_writer_partial(const record_writer *writer)
{
    return output_file_partial(writer->file);
}

char *
record_writers_partial(record_writer *const *writers, size_t count)
{
    GString *names = g_string_new(NULL);

    for (size_t i = 0; i < count; i++) {
        const char *name = writers[i] ? record_writer_partial(writers[i]) : NULL;
        if (name)
            g_string_append_printf(names, "%s\"%s\"", names->len > 0 ? " and " : "", name);
    }
    return g_string_free(names, names->len == 0);
}

void
record_writers_explain(record_writer *const *writers, size_t count, GError **error)
{
    g_autofree char *names = record_writers_partial(writers, count);

    if (names && error && *error) {
        char *message = g_strdup_printf("%s; the records so far are in %s", (*error)->message, names);
        g_free((*error)->message);
        (*error)->message = message;
    }
}

static void
begin(record_writer *writer)
{
    if (!writer->begun && writer->text)
        record_text_append_header(writer->text, writer->block);
    writer->begun = true;
}

static gboolean
flush_if_full(record_writer *writer, GError **error)
{
    return writer->block->len < BLOCK_BYTES ? TRUE : record_writer_flush(writer, error);
}

gboolean
record_writer_add(record_writer *writer, const flow *f, GError **error)
{
    if (writer->failed)
        return TRUE;
    begin(writer);
    record_writer_append(writer, f, 1, sizeof *f, writer->block);
    if (!writer->parquet)
        return flush_if_full(writer, error);
    if (record_cells_rows(writer->block) < CELL_BLOCK_ROWS)
        return TRUE;
    add_block(writer);
    return parquet_writer_settle(writer->parquet, error);
}

void
record_writer_append(const record_writer *writer, const flow *flows, size_t count, size_t flow_bytes, GString *rows)
{
    if (writer->parquet) {
        record_cells_append(parquet_writer_cells(writer->parquet), flows, count, flow_bytes, rows);
        return;
    }
    for (size_t i = 0; i < count; i++)
        record_text_append(writer->text, (const flow *)(const void *)((const char *)flows + i * flow_bytes), rows);
}

gboolean
record_writer_add_rows(record_writer *writer, GString *rows, GError **error)
{
    if (writer->failed)
        return TRUE;
    if (writer->parquet) {
        parquet_writer_add(writer->parquet, rows);
        return TRUE;
    }
    begin(writer);
    g_string_append_len(writer->block, rows->str, (gssize)rows->len);
    return flush_if_full(writer, error);
}

gboolean
record_writer_settle(record_writer *writer, GError **error)
{
    return !writer->parquet || parquet_writer_settle(writer->parquet, error);
}

void
record_writer_note(record_writer *writer, const char *name, const char *value)
{
    g_ptr_array_add(writer->notes, g_strdup(name));
    g_ptr_array_add(writer->notes, g_utf8_make_valid(value, -1));
}

record_writer *
record_writer_new_on(output_file *file, record_format format, const record_layout *layout)
{
    record_writer *writer = g_new0(record_writer, 1);
    writer->file = file;
    writer->layout = layout;
    if (format == RECORD_PARQUET)
        writer->parquet = parquet_writer_new(file, layout);
    else
        writer->text = record_text_new(format, layout);
    writer->notes = g_ptr_array_new_with_free_func(g_free);
    writer->block = g_string_sized_new(BLOCK_BYTES + BLOCK_BYTES / 16);
    if (!layout->dialect->header_needs_record)
        begin(writer);
    return writer;
}

record_writer *
record_writer_new(const char *path, output_kind kind, record_format format, const record_layout *layout, GError **error)
{
    output_file *file = output_file_open(path, kind, error);
    return file ? record_writer_new_on(file, format, layout) : NULL;
}

gboolean
record_writer_close(record_writer *writer, GError **error)
{
    bool ok = record_writer_finish(writer, error);
    bool told = !ok || writer->failed;

    if (!output_file_close(writer->file, told ? NULL : error))
        ok = ok && told;
    g_string_free(writer->block, TRUE);
    record_text_free(writer->text);
    parquet_writer_free(writer->parquet);
    g_ptr_array_free(writer->notes, TRUE);
    g_free(writer);
    return ok;
}
