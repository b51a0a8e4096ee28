/*
 * column_ranges.c - see column_ranges.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "column_ranges.h"

struct range {
    char *name;
    guint64 values, numbers; /* flows with a value, and with a numeric value */
    double least, most;      /* of the numbers */
    size_t column;           /* of the layout */
};

struct column_ranges {
    GArray *all; /* of struct range */
};

static void
clear(gpointer range)
{
    g_free(((struct range *)range)->name);
}

struct column_ranges *
column_ranges_new(void)
{
    struct column_ranges *ranges = g_new0(struct column_ranges, 1);

    ranges->all = g_array_new(FALSE, FALSE, sizeof(struct range));
    g_array_set_clear_func(ranges->all, clear);
    return ranges;
}

void
column_ranges_free(struct column_ranges *ranges)
{
    g_array_unref(ranges->all);
    g_free(ranges);
}

void
column_ranges_begin(struct column_ranges *ranges, const record_layout *layout)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        struct range range = {.column = i};
        if (layout->columns[i].feature < FEATURE_DEFINED || record_layout_repeats(layout, i))
            continue;
        range.name = g_strdup(layout->columns[i].header);
        g_array_append_val(ranges->all, range);
    }
}

static void
add(struct range *range, const struct range *more)
{
    range->least = range->numbers == 0 ? more->least : MIN(range->least, more->numbers ? more->least : range->least);
    range->most = range->numbers == 0 ? more->most : MAX(range->most, more->numbers ? more->most : range->most);
    range->values += more->values;
    range->numbers += more->numbers;
}

static bool
has_number(const feature_value *value, double *number)
{
    *number = value->type == VALUE_REAL      ? value->real
              : value->type == VALUE_INTEGER ? (double)value->integer
              : value->type == VALUE_TIME    ? (double)value->time_ns / NS_PER_SECOND
                                             : 0;
    return value->type == VALUE_REAL || value->type == VALUE_INTEGER || value->type == VALUE_TIME;
}

void
column_ranges_add(struct column_ranges *ranges, const record_layout *layout, const flow *ended)
{
    for (guint i = 0; i < ranges->all->len; i++) {
        struct range *range = &g_array_index(ranges->all, struct range, i);
        feature_value value = record_layout_get(layout, range->column, ended);
        double number;
        bool is_number = has_number(&value, &number);
        if (value.type != VALUE_MISSING)
            add(range, &(struct range){.values = 1, .numbers = is_number, .least = number, .most = number});
    }
}

GVariant *
column_ranges_variant(const struct column_ranges *ranges)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE(COLUMN_RANGES_FORMAT));
    for (guint i = 0; i < ranges->all->len; i++) {
        const struct range *range = &g_array_index(ranges->all, struct range, i);
        g_variant_builder_add(&builder, "(sttdd)", range->name, range->values, range->numbers, range->least,
                              range->most);
    }
    return g_variant_builder_end(&builder);
}

static struct range *
range_of(struct column_ranges *ranges, const char *name)
{
    for (guint i = 0; i < ranges->all->len; i++) {
        struct range *range = &g_array_index(ranges->all, struct range, i);
        if (g_str_equal(range->name, name))
            return range;
    }
    struct range range = {.name = g_strdup(name)};
    g_array_append_val(ranges->all, range);
    return &g_array_index(ranges->all, struct range, ranges->all->len - 1);
}

void
column_ranges_merge(struct column_ranges *ranges, GVariant *variant)
{
    GVariantIter each;
    struct range more = {0};
    const char *name;

    g_variant_iter_init(&each, variant);
    while (g_variant_iter_next(&each, "(&sttdd)", &name, &more.values, &more.numbers, &more.least, &more.most))
        add(range_of(ranges, name), &more);
}

void
column_ranges_print(const struct column_ranges *ranges, FILE *out)
{
    if (ranges->all->len == 0)
        return;
    fprintf(out, "\n%-42s %10s %16s %16s\n", "Defined columns", "flows", "smallest", "largest");
    for (guint i = 0; i < ranges->all->len; i++) {
        const struct range *range = &g_array_index(ranges->all, struct range, i);
        fprintf(out, "  %-40s %10" G_GUINT64_FORMAT, range->name, range->values);
        if (range->numbers > 0)
            fprintf(out, " %16.12g %16.12g", range->least, range->most);
        fputc('\n', out);
    }
}
