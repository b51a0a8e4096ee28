/*
 * sink.c - where records go: an output file that appears whole, or the way to the server.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "output/output_file.h"

enum { APPEND_BYTES = 1 << 18 };

struct sink {
    output_file *file; /* NULL: records go to the server */
    struct delivery *delivery;
};

static struct sink *
sink_of(output_file *file)
{
    if (!file)
        return NULL;
    struct sink *sink = g_new0(struct sink, 1);
    sink->file = file;
    return sink;
}

struct sink *
sink_to_file(const char *path, enum sink_kind kind, GError **error)
{
    return sink_of(output_file_open(path, kind == SINK_WHOLE ? OUTPUT_WHOLE : OUTPUT_GROWING, error));
}

struct sink *
sink_to_part(const char *folder, GError **error)
{
    return sink_of(output_file_open_unnamed(folder, error));
}

struct sink *
sink_to_server(struct delivery *delivery)
{
    struct sink *sink = g_new0(struct sink, 1);
    sink->delivery = delivery;
    return sink;
}

int
sink_descriptor(const struct sink *sink)
{
    return sink->file ? output_file_descriptor(sink->file) : -1;
}

void
sink_push(struct sink *sink, const char *lines, gsize length)
{
    while (length) {
        const char *end = memchr(lines, '\n', length);
        gsize line = end ? (gsize)(end - lines) : length;
        if (line)
            delivery_push(sink->delivery, lines, line);
        gsize step = end ? line + 1 : line;
        lines += step;
        length -= step;
    }
}

/* How many bytes of the block belong to the first line; the whole block when the line goes on after it. */
static gsize
rest_of_line(const char *block, gsize length)
{
    const char *end = memchr(block, '\n', length);
    return end ? (gsize)(end - block) + 1 : length;
}

gboolean
sink_append(struct sink *sink, const struct sink *part, gboolean skips_line, GError **error)
{
    char *block = g_malloc(APPEND_BYTES);
    int fd = output_file_descriptor(part->file);
    goffset at = 0;
    gssize length = 0;
    gboolean fine = TRUE;

    while (fine && (length = pread(fd, block, APPEND_BYTES, at)) > 0) {
        gsize skipped = skips_line ? rest_of_line(block, (gsize)length) : 0;
        skips_line = skips_line && skipped == (gsize)length && block[length - 1] != '\n';
        fine = output_file_write(sink->file, block + skipped, (gsize)length - skipped, error);
        at += length;
    }
    if (length < 0) {
        fine = FALSE;
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "cannot read records back: %s",
                    g_strerror(errno));
    }
    g_free(block);
    return fine;
}

gboolean
sink_finish(struct sink *sink, GError **error)
{
    if (sink->file)
        output_file_note_written(sink->file);
    if (sink->file && !output_file_complete(sink->file, error)) {
        sink_abandon(sink);
        return FALSE;
    }
    gboolean fine = !sink->file || output_file_close(sink->file, error);
    g_free(sink);
    return fine;
}

void
sink_abandon(struct sink *sink)
{
    if (!sink)
        return;
    if (sink->file)
        output_file_discard(sink->file);
    g_free(sink);
}
