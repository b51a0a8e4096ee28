/*
 * record_cells.c - rows of typed cells; see record_cells.h.
 *
 * A row is eight bytes that say how many it has, then eight bytes for each column, then a byte for each that says
 * whether there is a value, then more bytes of some. The eight are those of a number; of a text, how many bytes it
 * takes with its end, and of a list how many numbers it has, which are among the further ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_cells.h"

#include "address_text.h"

typedef struct {
    size_t source; /* in the layout */
    value_type type;
    feature_getter *get; /* NULL: the layout knows, where labels are */
    feature_id feature;
} cell_column;

struct record_cells {
    const record_layout *layout;
    cell_column *columns;
    size_t count;
};

static void
add_column(record_cells *cells, size_t source, value_type type)
{
    const record_layout *layout = cells->layout;
    cell_column *column = &cells->columns[cells->count++];

    *column = (cell_column){.source = source, .type = type};
    if (source == layout->label_column || source == layout->column_count)
        return;
    column->get = dialect_column_getter(&layout->columns[source]);
    column->feature = layout->columns[source].feature;
}

record_cells *
record_cells_new(const record_layout *layout)
{
    record_cells *cells = g_new0(record_cells, 1);

    cells->layout = layout;
    cells->columns = g_new(cell_column, record_layout_width(layout));
    for (size_t i = 0; i < record_layout_width(layout); i++) {
        value_type type = record_layout_type(layout, i);
        if (!record_layout_repeats(layout, i))
            add_column(cells, i, type == VALUE_ADDRESS ? VALUE_TEXT : type);
    }
    return cells;
}

void
record_cells_free(record_cells *cells)
{
    if (!cells)
        return;
    g_free(cells->columns);
    g_free(cells);
}

size_t
record_cells_count(const record_cells *cells)
{
    return cells->count;
}

const char *
record_cells_name(const record_cells *cells, size_t index)
{
    return record_layout_header(cells->layout, cells->columns[index].source);
}

value_type
record_cells_type(const record_cells *cells, size_t index)
{
    return cells->columns[index].type;
}

/* The bits of a number of the column's type; real columns may have integers among their values. */
static uint64_t
bits_of(value_type type, const feature_value *value)
{
    double real = value->type == VALUE_REAL ? value->real : (double)value->integer;
    uint64_t bits;

    if (type != VALUE_REAL)
        return (uint64_t)(type == VALUE_TIME ? value->time_ns : value->integer);
    memcpy(&bits, &real, sizeof bits);
    return bits;
}

static uint64_t
append_text(GString *rows, const feature_value *value)
{
    char address[ADDRESS_TEXT_BYTES_MAX];
    gsize before = rows->len;

    if (value->type == VALUE_ADDRESS)
        g_string_append_len(rows, address, (gssize)address_text_write(address, value));
    else
        g_string_append(rows, value->text);
    g_string_append_c(rows, '\0');
    return rows->len - before;
}

static uint64_t
append_list(GString *rows, value_type type, const feature_value *value)
{
    for (unsigned i = 0; i < value->list.count; i++) {
        feature_value element = feature_value_element(value, i);
        uint64_t bits = bits_of(type == VALUE_REALS ? VALUE_REAL : VALUE_INTEGER, &element);
        g_string_append_len(rows, (const char *)&bits, sizeof bits);
    }
    return value->list.count;
}

/* An empty text says that nothing is known: in CSV too, readers take an empty cell for a missing value. */
static bool
is_missing(const feature_value *value)
{
    return value->type == VALUE_MISSING || (value->type == VALUE_TEXT && (!value->text || !*value->text));
}

/* Returns the eight bytes. */
static uint64_t
append_more(GString *rows, value_type type, const feature_value *value)
{
    if (type == VALUE_TEXT)
        return append_text(rows, value);
    return value_type_is_list(type) ? append_list(rows, type, value) : bits_of(type, value);
}

void
record_cells_append(const record_cells *cells, const flow *f, GString *rows)
{
    gsize start = rows->len, numbers = start + sizeof(uint64_t), presence = numbers + cells->count * sizeof(uint64_t);

    g_string_set_size(rows, presence + cells->count);
    for (size_t i = 0; i < cells->count; i++) {
        const cell_column *column = &cells->columns[i];
        feature_value value =
            column->get ? column->get(f, column->feature) : record_layout_get(cells->layout, column->source, f);
        bool has_value = !is_missing(&value);
        uint64_t bits = has_value ? append_more(rows, column->type, &value) : 0;
        rows->str[presence + i] = (char)has_value;
        memcpy(rows->str + numbers + i * sizeof bits, &bits, sizeof bits);
    }
    uint64_t bytes = rows->len - start;
    memcpy(rows->str + start, &bytes, sizeof bytes);
}

record_row
record_row_at(const record_cells *cells, const char *at)
{
    const char *numbers = at + sizeof(uint64_t), *presence = numbers + cells->count * sizeof(uint64_t);
    return (record_row){numbers, presence, presence + cells->count};
}

size_t
record_row_bytes(const char *at)
{
    uint64_t bytes;

    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}
