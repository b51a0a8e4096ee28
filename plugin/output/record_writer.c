/*
 * record_writer.c - records as CSV or JSON lines; see record_writer.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_writer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../flow/flow_extras.h"
#include "json_text.h"
#include "number.h"

/* A block goes out when it has grown to this. */
enum { BLOCK_BYTES = 256 * 1024 };

/* Room that any value but a label needs. */
enum { VALUE_BYTES_MAX = 64 };
_Static_assert((int)NUMBER_BYTES_MAX < (int)VALUE_BYTES_MAX, "numbers fit");
_Static_assert((int)TIMESTAMP_BYTES_MAX < (int)VALUE_BYTES_MAX, "timestamps fit");
_Static_assert(INET6_ADDRSTRLEN < (int)VALUE_BYTES_MAX, "addresses fit");

struct record_writer {
    char *path;
    int fd;
    bool owns_fd;
    bool is_regular;
    bool failed;
    bool begun; /* the header line is in the block */
    record_format format;
    const record_layout *layout;
    char **leads; /* what stands before each value: a comma, in JSON also the key; the last one is the label's. NULL:
                     the value is left out, because JSON has each key once */
    GString *block;
};

static bool
needs_quotes(const char *text)
{
    return strpbrk(text, ",\"\r\n") != NULL;
}

static void
append_csv_text(GString *block, const char *text)
{
    if (!needs_quotes(text)) {
        g_string_append(block, text);
        return;
    }
    g_string_append_c(block, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            g_string_append_c(block, '"');
        g_string_append_c(block, *c);
    }
    g_string_append_c(block, '"');
}

static void
append_text(record_writer *writer, const char *text)
{
    if (writer->format == RECORD_CSV)
        append_csv_text(writer->block, text);
    else
        json_append_text(writer->block, text);
}

static size_t
write_address(char *out, const feature_value *value)
{
    if (value->address.ip_version == 6) {
        inet_ntop(AF_INET6, value->address.bytes.bytes, out, VALUE_BYTES_MAX);
        return strlen(out);
    }
    size_t size = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            out[size++] = '.';
        size += number_write_integer(out + size, value->address.bytes.bytes[i]);
    }
    return size;
}

/* JSON has no word for a number that is not finite. */
static size_t
write_real(char *out, double value, const record_writer *writer)
{
    if (writer->format == RECORD_JSON_LINES && !isfinite(value)) {
        memcpy(out, "null", 4);
        return 4;
    }
    return number_write_real(out, value, writer->layout->dialect->numbers);
}

static void
append_value(record_writer *writer, const feature_value *value)
{
    if (value->type == VALUE_TEXT) {
        append_text(writer, value->text);
        return;
    }
    GString *block = writer->block;
    bool quoted = writer->format == RECORD_JSON_LINES && (value->type == VALUE_TIME || value->type == VALUE_ADDRESS);
    if (quoted)
        g_string_append_c(block, '"');
    gsize length = block->len;
    g_string_set_size(block, length + VALUE_BYTES_MAX);
    char *text = block->str + length;

    switch (value->type) {
    case VALUE_INTEGER:
        length += number_write_integer(text, value->integer);
        break;
    case VALUE_REAL:
        length += write_real(text, value->real, writer);
        break;
    case VALUE_TIME:
        length += timestamp_write(text, value->time_ns, writer->layout->timestamp);
        break;
    case VALUE_ADDRESS:
        length += write_address(text, value);
        break;
    case VALUE_TEXT:
        break;
    }
    g_string_truncate(block, length);
    if (quoted)
        g_string_append_c(block, '"');
}

/* The flow's label, or the one for all. */
static const char *
label_of(const record_layout *layout, const flow *f)
{
    const flow_extras *extras = flow_extras_of(f);
    return extras && extras->label ? extras->label : layout->label;
}

/* Whether the label needs a column of its own. */
static bool
adds_label(const record_layout *layout)
{
    return layout->label && layout->label_column == layout->column_count;
}

static const char *
label_header_of(const record_layout *layout)
{
    return layout->dialect->label_header ? layout->dialect->label_header : "label";
}

static char *
lead_of(record_format format, size_t index, const char *header)
{
    GString *lead = g_string_new(index > 0 ? "," : "");

    if (format == RECORD_JSON_LINES) {
        json_append_text(lead, header);
        g_string_append_c(lead, ':');
    }
    return g_string_free(lead, FALSE);
}

/* Published names are not all different, and users may choose a column twice. */
static bool
was_before(const record_layout *layout, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(layout->columns[i].header, layout->columns[index].header) == 0)
            return true;
    }
    return false;
}

static char **
leads_of(record_format format, const record_layout *layout)
{
    char **leads = g_new0(char *, layout->column_count + 1);

    for (size_t i = 0; i < layout->column_count; i++) {
        if (format == RECORD_CSV || !was_before(layout, i))
            leads[i] = lead_of(format, i, layout->columns[i].header);
    }
    leads[layout->column_count] = lead_of(format, layout->column_count, label_header_of(layout));
    return leads;
}

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
append_header(record_writer *writer)
{
    const record_layout *layout = writer->layout;

    writer->begun = true;
    if (writer->format != RECORD_CSV)
        return;
    for (size_t i = 0; i < layout->column_count; i++) {
        g_string_append(writer->block, writer->leads[i]);
        append_csv_text(writer->block, layout->columns[i].header);
    }
    if (adds_label(layout)) {
        g_string_append(writer->block, writer->leads[layout->column_count]);
        append_csv_text(writer->block, label_header_of(layout));
    }
    g_string_append(writer->block, layout->dialect->line_end);
}

gboolean
record_writer_add(record_writer *writer, const flow *f, GError **error)
{
    const record_layout *layout = writer->layout;
    const char *label = label_of(layout, f);

    if (writer->failed)
        return TRUE;
    if (!writer->begun)
        append_header(writer);
    if (writer->format == RECORD_JSON_LINES)
        g_string_append_c(writer->block, '{');
    for (size_t i = 0; i < layout->column_count; i++) {
        if (!writer->leads[i])
            continue;
        g_string_append(writer->block, writer->leads[i]);
        if (label && *label && i == layout->label_column) {
            append_text(writer, label);
            continue;
        }
        feature_value value = dialect_column_get(&layout->columns[i], f);
        append_value(writer, &value);
    }
    if (adds_label(layout)) {
        g_string_append(writer->block, writer->leads[layout->column_count]);
        append_text(writer, label);
    }
    g_string_append(writer->block, writer->format == RECORD_JSON_LINES ? "}\n" : layout->dialect->line_end);
    return writer->block->len < BLOCK_BYTES ? TRUE : record_writer_flush(writer, error);
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
    writer->format = format;
    writer->layout = layout;
    writer->leads = leads_of(format, layout);
    writer->block = g_string_sized_new(BLOCK_BYTES + BLOCK_BYTES / 16);
    if (!layout->dialect->header_needs_record)
        append_header(writer);
    return writer;
}

gboolean
record_writer_close(record_writer *writer, GError **error)
{
    gboolean ok = record_writer_flush(writer, error);

    if (writer->owns_fd && close(writer->fd) != 0 && ok && !writer->failed)
        ok = fail(writer, errno, error);
    g_string_free(writer->block, TRUE);
    for (size_t i = 0; i <= writer->layout->column_count; i++)
        g_free(writer->leads[i]);
    g_free(writer->leads);
    g_free(writer->path);
    g_free(writer);
    return ok;
}
