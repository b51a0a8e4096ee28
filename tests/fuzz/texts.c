/*
 * texts.c - fuzz target: any text as a duration, and as lists of columns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "flow/duration.h"
#include "fuzz.h"
#include "output/record_writer.h"

static void
check_duration(const char *text)
{
    int64_t ns = -1;

    if (duration_parse(text, &ns))
        FUZZ_CHECK(ns >= 0);
    else
        FUZZ_CHECK(ns == -1);
}

static void
check_layout(const dialect *d, const char *fields, const char *extra, const char *label)
{
    record_layout layout;
    GError *error = NULL;

    if (record_layout_init(&layout, d, fields, extra, label, TIMESTAMP_UTC, &error)) {
        FUZZ_CHECK(layout.column_count > 0 || *fields);
        record_layout_clear(&layout);
        return;
    }
    FUZZ_CHECK(error && *error->message);
    FUZZ_CHECK(!strchr(error->message, '\n') || strchr(fields, '\n') || strchr(extra, '\n'));
    g_error_free(error);
}

/* One of the dialects, the same for the same text. */
static const dialect *
dialect_for(const char *text)
{
    size_t count = 0;
    while (dialect_at(count))
        count++;
    return dialect_at((guchar)*text % count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = size > 0 ? g_strndup((const char *)data, size) : g_strdup("");
    g_auto(GStrv) parts = g_strsplit(text, "\t", 3);
    guint count = g_strv_length(parts);

    check_duration(text);
    check_layout(dialect_for(text), count > 0 ? parts[0] : "", count > 1 ? parts[1] : "", count > 2 ? parts[2] : "");
    return 0;
}
