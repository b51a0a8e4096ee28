/*
 * record_layout.c - from the user's list of columns to a layout; see record_layout.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_layout.h"

#include <string.h>

#include "../flow/flow_extras.h"

enum { SUGGESTIONS = 3, COMPARED_BYTES_MAX = 32 };

/* Levenshtein distance. Of a name longer than any of ours only the beginning is compared: it may be a whole file. */
static guint
edit_distance(const char *a, const char *b)
{
    size_t width = strlen(b);
    guint *row = g_new(guint, width + 1);

    for (size_t j = 0; j <= width; j++)
        row[j] = (guint)j;
    for (size_t i = 0; i < COMPARED_BYTES_MAX && a[i]; i++) {
        guint diagonal = row[0];
        row[0] = (guint)i + 1;
        for (size_t j = 0; j < width; j++) {
            guint above = row[j + 1];
            guint substituted = diagonal + (g_ascii_tolower(a[i]) != g_ascii_tolower(b[j]));
            row[j + 1] = MIN(MIN(above, row[j]) + 1, substituted);
            diagonal = above;
        }
    }
    guint distance = row[width];
    g_free(row);
    return distance;
}

/* Index of the smallest. */
static size_t
nearest(const guint *distances, size_t count)
{
    size_t best = 0;

    for (size_t i = 1; i < count; i++) {
        if (distances[i] < distances[best])
            best = i;
    }
    return best;
}

/* The names nearest to an unknown one, "a, b or c". */
static char *
nearest_names(const char *name, const char *(*name_at)(const void *, size_t), const void *names, size_t count)
{
    GString *text = g_string_new(NULL);
    guint *distances = g_new(guint, count);

    for (size_t i = 0; i < count; i++)
        distances[i] = edit_distance(name, name_at(names, i));
    for (int n = 0; n < SUGGESTIONS && (size_t)n < count; n++) {
        const char *best = name_at(names, nearest(distances, count));
        g_string_append_printf(text, "%s%s", n == 0 ? "" : n == SUGGESTIONS - 1 ? " or " : ", ", best);
        for (size_t i = 0; i < count; i++) {
            if (strcmp(name_at(names, i), best) == 0)
                distances[i] = G_MAXUINT;
        }
    }
    g_free(distances);
    return g_string_free(text, FALSE);
}

static const char *
column_name_at(const void *d, size_t index)
{
    return ((const dialect *)d)->columns[index].header;
}

static const char *
extra_name_at(const void *unused, size_t index)
{
    (void)unused;
    return feature_describe((feature_id)(CIC_FEATURES + index))->name;
}

static void
set_unknown(GError **error, const char *preference, const char *name, char *nearest)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.%s: there is no column \"%s\"; the nearest are %s",
                preference, name, nearest);
    g_free(nearest);
}

static gboolean
add_field(GArray *columns, const dialect *d, const char *name, GError **error)
{
    size_t index = dialect_find_column(d, name);
    if (index == d->column_count) {
        set_unknown(error, "fields", name, nearest_names(name, column_name_at, d, d->column_count));
        return FALSE;
    }
    g_array_append_val(columns, d->columns[index]);
    return TRUE;
}

static gboolean
add_extra(GArray *columns, const dialect *d, const char *name, GError **error)
{
    (void)d;
    feature_id id = feature_find(name, FEATURES);
    if (id == FEATURES || id < CIC_FEATURES) {
        set_unknown(error, "extra", name, nearest_names(name, extra_name_at, NULL, FEATURES - CIC_FEATURES));
        return FALSE;
    }
    dialect_column column = {id, feature_describe(id)->name, NULL, TYPE_OF_FEATURE};
    g_array_append_val(columns, column);
    return TRUE;
}

static gboolean
add_list(GArray *columns, const dialect *d, const char *list,
         gboolean (*add)(GArray *, const dialect *, const char *, GError **), GError **error)
{
    char **names = g_strsplit(list, ",", -1);
    gboolean ok = TRUE;

    for (char **name = names; ok && *name; name++) {
        g_strstrip(*name);
        ok = add(columns, d, *name, error);
    }
    g_strfreev(names);
    return ok;
}

/* Index of the dialect's own column for labels; column_count where there is none. */
static size_t
find_label_column(const record_layout *layout, const dialect *d)
{
    size_t i = 0;
    while (i < layout->column_count && (!d->label_header || strcmp(layout->columns[i].header, d->label_header) != 0))
        i++;
    return i;
}

gboolean
record_layout_init(record_layout *layout, const dialect *d, const char *fields, const char *extra, const char *label,
                   timestamp_form timestamp, GError **error)
{
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(dialect_column));
    gboolean ok = TRUE;

    if (fields && *fields)
        ok = add_list(columns, d, fields, add_field, error);
    else
        g_array_append_vals(columns, d->columns, (guint)d->column_count);
    if (ok && extra && *extra)
        ok = add_list(columns, d, extra, add_extra, error);
    layout->column_count = columns->len;
    layout->columns = (dialect_column *)(void *)g_array_free(columns, FALSE);
    layout->label = g_strdup(label);
    layout->label_column = find_label_column(layout, d);
    layout->dialect = d;
    layout->timestamp = timestamp == TIMESTAMP_LOCAL ? d->local_timestamp : timestamp;
    if (!ok)
        record_layout_clear(layout);
    return ok;
}

gboolean
record_layout_has(const record_layout *layout, feature_id id)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        if (layout->columns[i].feature == id)
            return TRUE;
    }
    return FALSE;
}

size_t
record_layout_width(const record_layout *layout)
{
    bool adds_label = layout->label && layout->label_column == layout->column_count;
    return layout->column_count + adds_label;
}

const char *
record_layout_header(const record_layout *layout, size_t index)
{
    if (index < layout->column_count)
        return layout->columns[index].header;
    return layout->dialect->label_header ? layout->dialect->label_header : "label";
}

value_type
record_layout_type(const record_layout *layout, size_t index)
{
    return index < layout->column_count ? dialect_column_type(&layout->columns[index]) : VALUE_TEXT;
}

bool
record_layout_repeats(const record_layout *layout, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(record_layout_header(layout, i), record_layout_header(layout, index)) == 0)
            return true;
    }
    return false;
}

const char *
record_layout_label(const record_layout *layout, const flow *f)
{
    const flow_extras *extras = flow_extras_of(f);
    return extras && extras->label ? extras->label : layout->label;
}

feature_value
record_layout_get(const record_layout *layout, size_t index, const flow *f)
{
    const char *label = index == layout->label_column ? record_layout_label(layout, f) : NULL;

    if (index == layout->column_count || (label && *label))
        return (feature_value){.type = VALUE_TEXT, .text = label};
    return dialect_column_get(&layout->columns[index], f);
}

void
record_layout_clear(record_layout *layout)
{
    g_clear_pointer(&layout->columns, g_free);
    g_clear_pointer(&layout->label, g_free);
    layout->column_count = 0;
}
