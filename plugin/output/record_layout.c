/*
 * record_layout.c - from the user's list of columns to a layout; see record_layout.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_layout.h"

#include <string.h>

#include "../flow/flow_extras.h"

enum { SUGGESTIONS = 3, COMPARED_BYTES_MAX = 32 };

#define ALL_GROUPS "all"

/* Levenshtein distance. Only the beginning of an overlong name is compared, as it may be a whole file. */
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

/* Index of the smallest distance. */
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

/* Reports an unknown name with the nearest known ones, "a, b or c"; frees the known names. */
static gboolean
refuse(const char *preference, const char *name, GPtrArray *known, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint *distances = g_new(guint, known->len);

    for (guint i = 0; i < known->len; i++)
        distances[i] = edit_distance(name, known->pdata[i]);
    for (guint n = 0; n < SUGGESTIONS && n < known->len; n++) {
        const char *best = known->pdata[nearest(distances, known->len)];
        g_string_append_printf(text, "%s%s", n == 0 ? "" : n == SUGGESTIONS - 1 ? " or " : ", ", best);
        for (guint i = 0; i < known->len; i++) {
            if (strcmp(known->pdata[i], best) == 0)
                distances[i] = G_MAXUINT;
        }
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.%s: there is no column \"%s\"; the nearest are %s",
                preference, name, text->str);
    g_free(distances);
    g_ptr_array_free(known, TRUE);
    return FALSE;
}

static void
know_columns(GPtrArray *known, const dialect *d)
{
    for (size_t i = 0; i < d->column_count; i++)
        g_ptr_array_add(known, (gpointer)d->columns[i].header);
}

static void
know_further_columns(GPtrArray *known)
{
    for (feature_id id = CIC_FEATURES; id < FEATURES; id++)
        g_ptr_array_add(known, (gpointer)feature_describe(id)->name);
}

static gboolean
add_field(GArray *columns, const dialect *d, const char *name, GError **error)
{
    size_t index = dialect_find_column(d, name);

    if (index < d->column_count) {
        g_array_append_val(columns, d->columns[index]);
        return TRUE;
    }
    const char *here = dialect_name_here(d, name);
    if (here) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.fields: there is no column \"%s\"; here it is %s",
                    name, here);
        return FALSE;
    }
    feature_id further = feature_find(name, FEATURES);
    if (further >= CIC_FEATURES && further < FEATURES) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "cicflow.fields: \"%s\" is a further column, which \"extra\" appends", name);
        return FALSE;
    }
    GPtrArray *known = g_ptr_array_new();
    know_columns(known, d);
    return refuse("fields", name, known, error);
}

static void
add_feature(GArray *columns, feature_id id)
{
    dialect_column column = {id, feature_describe(id)->name, NULL, TYPE_OF_FEATURE};
    g_array_append_val(columns, column);
}

static bool
has_feature(const dialect_column *columns, size_t count, feature_id id)
{
    for (size_t i = 0; i < count; i++) {
        if (columns[i].feature == id)
            return true;
    }
    return false;
}

/* Whether the group's name, or the name of all groups, includes the feature. */
static bool
stands_for(const char *name, feature_id id)
{
    column_group group = feature_describe(id)->group;
    const char *own = column_group_name(group);

    if (strcmp(name, ALL_GROUPS) == 0)
        return group != GROUP_NONE && group != GROUP_SEQUENCE;
    return own && strcmp(name, own) == 0;
}

/* Adds the missing columns of a group; false if there is no group of this name. */
static bool
add_group(GArray *columns, const char *name)
{
    bool found = false;

    for (feature_id id = CIC_FEATURES; id < FEATURES; id++) {
        if (!stands_for(name, id))
            continue;
        found = true;
        if (!has_feature((const dialect_column *)(const void *)columns->data, columns->len, id))
            add_feature(columns, id);
    }
    return found;
}

static gboolean
add_extra(GArray *columns, const dialect *d G_GNUC_UNUSED, const char *name, GError **error)
{
    feature_id id = feature_find(name, FEATURES);

    if (id >= CIC_FEATURES && id < FEATURES) {
        add_feature(columns, id);
        return TRUE;
    }
    if (add_group(columns, name))
        return TRUE;
    GPtrArray *known = g_ptr_array_new();
    know_further_columns(known);
    for (column_group group = 0; group < COLUMN_GROUPS; group++) {
        if (column_group_name(group))
            g_ptr_array_add(known, (gpointer)column_group_name(group));
    }
    g_ptr_array_add(known, ALL_GROUPS);
    return refuse("extra", name, known, error);
}

static gboolean
add_list(GArray *columns, const dialect *d, const char *list,
         gboolean (*add)(GArray *, const dialect *, const char *, GError **), GError **error)
{
    g_auto(GStrv) names = g_strsplit(list, ",", -1);
    gboolean ok = TRUE;

    for (char **name = names; ok && *name; name++) {
        g_strstrip(*name);
        ok = add(columns, d, *name, error);
    }
    return ok;
}

gboolean
record_columns_append(GArray *columns, const dialect *d, const char *list, const char *preference, GError **error)
{
    g_auto(GStrv) names = g_strsplit(list, ",", -1);
    gboolean ok = TRUE;

    for (char **name = names; ok && *name; name++) {
        size_t index = dialect_find_column(d, g_strstrip(*name));
        feature_id id = feature_find(*name, FEATURES);
        if (index < d->column_count) {
            g_array_append_val(columns, d->columns[index]);
        } else if (id >= CIC_FEATURES && id < FEATURES) {
            add_feature(columns, id);
        } else {
            GPtrArray *known = g_ptr_array_new();
            know_columns(known, d);
            know_further_columns(known);
            ok = refuse(preference, *name, known, error);
        }
    }
    return ok;
}

static bool
is_label_column(const dialect_column *column, const dialect *d)
{
    return d->label_header && strcmp(column->header, d->label_header) == 0;
}

/* Index of the dialect's own column for labels; column_count where there is none. */
static size_t
find_label_column(const record_layout *layout, const dialect *d)
{
    size_t i = 0;
    while (i < layout->column_count && !is_label_column(&layout->columns[i], d))
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

void
record_layout_append(record_layout *layout, column_group group)
{
    if (record_layout_groups(layout) >> group & 1)
        return;
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(dialect_column));
    g_array_append_vals(columns, layout->columns, (guint)layout->column_count);
    add_group(columns, column_group_name(group));
    g_free(layout->columns);
    layout->column_count = columns->len;
    layout->columns = (dialect_column *)(void *)g_array_free(columns, FALSE);
    layout->label_column = find_label_column(layout, layout->dialect);
}

unsigned
record_layout_groups(const record_layout *layout)
{
    unsigned groups = 0;

    for (size_t i = 0; i < layout->column_count; i++) {
        if (layout->columns[i].feature < FEATURES)
            groups |= 1U << feature_describe(layout->columns[i].feature)->group;
    }
    return groups & ~(1U << GROUP_NONE);
}

gboolean
record_layout_has(const record_layout *layout, feature_id id)
{
    return has_feature(layout->columns, layout->column_count, id);
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

/* The flow's label, or the default; NULL: none. */
static const char *
label_of(const record_layout *layout, const flow *f)
{
    const flow_extras *extras = flow_extras_of(f);
    return extras && extras->label ? extras->label : layout->label;
}

feature_value
record_layout_column(const record_layout *layout, const dialect_column *column, const flow *f)
{
    const char *label = is_label_column(column, layout->dialect) ? label_of(layout, f) : NULL;

    if (label && *label)
        return (feature_value){.type = VALUE_TEXT, .text = label};
    return dialect_column_get(column, f);
}

feature_value
record_layout_get(const record_layout *layout, size_t index, const flow *f)
{
    if (index == layout->column_count)
        return (feature_value){.type = VALUE_TEXT, .text = label_of(layout, f)};
    if (index == layout->label_column)
        return record_layout_column(layout, &layout->columns[index], f);
    return dialect_column_get(&layout->columns[index], f);
}

void
record_layout_clear(record_layout *layout)
{
    g_clear_pointer(&layout->columns, g_free);
    g_clear_pointer(&layout->label, g_free);
    layout->column_count = 0;
}
