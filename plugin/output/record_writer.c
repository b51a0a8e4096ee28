/*
 * record_writer.c - records as CSV or JSON lines; see record_writer.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A block goes out when it has grown to this. */
enum { BLOCK_BYTES = 256 * 1024 };

struct record_writer {
    char *path;
    int fd;
    bool owns_fd;
    bool is_regular;
    bool failed;
    bool begun; /* the header line is in the block */
    const record_layout *layout;
    record_text *text;
    GString *block;
};

static gboolean
fail(record_writer *writer, int reason, GError **error)
{
    writer->failed = true;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(reason), "cannot write \"%s\": %s", writer->path,
                g_strerror(reason));
    return FALSE;
}

gboolean
record_writer_flush(record_writer *writer, GError **error)
{
    const char *data = writer->block->str;
    gsize left = writer->block->len;

    while (left > 0 && !writer->failed) {
        ssize_t written = write(writer->fd, data, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(writer, errno, error);
        data += written;
        left -= (gsize)written;
    }
    g_string_truncate(writer->block, 0);
    return TRUE;
}

gboolean
record_writer_flush_if_stream(record_writer *writer, GError **error)
{
    return writer->is_regular ? TRUE : record_writer_flush(writer, error);
}

static void
begin(record_writer *writer)
{
    if (!writer->begun)
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
    record_text_append(writer->text, f, writer->block);
    return flush_if_full(writer, error);
}

const record_text *
record_writer_text(const record_writer *writer)
{
    return writer->text;
}

gboolean
record_writer_add_rows(record_writer *writer, const GString *rows, GError **error)
{
    if (writer->failed)
        return TRUE;
    begin(writer);
    g_string_append_len(writer->block, rows->str, (gssize)rows->len);
    return flush_if_full(writer, error);
}

record_writer *
record_writer_new(const char *path, record_format format, const record_layout *layout, GError **error)
{
    bool standard_output = strcmp(path, "-") == 0;
    int fd = standard_output ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    struct stat status;

    if (fd < 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "cannot create \"%s\": %s", path,
                    g_strerror(errno));
        return NULL;
    }
    record_writer *writer = g_new0(record_writer, 1);
    writer->path = g_strdup(standard_output ? "standard output" : path);
    writer->fd = fd;
    writer->owns_fd = !standard_output;
    writer->is_regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    writer->layout = layout;
    writer->text = record_text_new(format, layout);
    writer->block = g_string_sized_new(BLOCK_BYTES + BLOCK_BYTES / 16);
    if (!layout->dialect->header_needs_record)
        begin(writer);
    return writer;
}

gboolean
record_writer_close(record_writer *writer, GError **error)
{
    gboolean ok = record_writer_flush(writer, error);

    if (writer->owns_fd && close(writer->fd) != 0 && ok && !writer->failed)
        ok = fail(writer, errno, error);
    g_string_free(writer->block, TRUE);
    record_text_free(writer->text);
    g_free(writer->path);
    g_free(writer);
    return ok;
}
