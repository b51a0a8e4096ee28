/*
 * record_cells.c - blocks of typed cells; see record_cells.h.
 *
 * A block consists of the number of its flows; the numbers of all columns, with room for the maximum number of flows; a
 * presence byte for each number; and the bytes of texts and lists.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_cells.h"

#include <string.h>

#include "address_text.h"

enum { NUMBER_BYTES = 8, CELL_BYTES = NUMBER_BYTES + 1 };

typedef struct {
    size_t index;  /* offset in the block */
    size_t source; /* index in the layout */
    value_type type;
    feature_id feature;
    feature_getter *get; /* NULL: the label, which the layout has */
} cell_column;

struct record_cells {
    const record_layout *layout;
    cell_column *columns;
    size_t count;
    GArray *numbers, *others; /* of cell_column: of numbers; of texts and lists */
};

static void
add_column(record_cells *cells, size_t source, value_type type)
{
    const record_layout *layout = cells->layout;
    cell_column column = {.index = cells->count, .source = source, .type = type};

    if (source != layout->label_column && source != layout->column_count) {
        column.get = dialect_column_getter(&layout->columns[source]);
        column.feature = layout->columns[source].feature;
    }
    g_array_append_val(type == VALUE_TEXT || value_type_is_list(type) ? cells->others : cells->numbers, column);
    cells->columns[cells->count++] = column;
}

record_cells *
record_cells_new(const record_layout *layout)
{
    record_cells *cells = g_new0(record_cells, 1);

    cells->layout = layout;
    cells->numbers = g_array_new(FALSE, FALSE, sizeof(cell_column));
    cells->others = g_array_new(FALSE, FALSE, sizeof(cell_column));
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
    g_array_free(cells->numbers, TRUE);
    g_array_free(cells->others, TRUE);
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

/* The bits of a number; columns of real numbers may have integer values. */
static inline uint64_t
bits_of(feature_value value, bool is_real)
{
    if (is_real && value.type != VALUE_REAL)
        value.real = (double)value.integer;
    return (uint64_t)value.integer; /* a union: the bits of either type */
}

static void
append_text(GString *block, const feature_value *value)
{
    char address[ADDRESS_TEXT_BYTES_MAX];

    if (value->type == VALUE_ADDRESS)
        g_string_append_len(block, address, (gssize)address_text_write(address, value));
    else
        g_string_append(block, value->text);
    g_string_append_c(block, '\0');
}

static void
append_list(GString *block, value_type type, const feature_value *value)
{
    for (unsigned i = 0; i < value->list.count; i++) {
        uint64_t bits = bits_of(feature_value_element(value, i), type == VALUE_REALS);
        g_string_append_len(block, (const char *)&bits, sizeof bits);
    }
}

/* Appends the bytes and returns their place. */
static uint64_t
append_more(const record_cells *cells, GString *block, value_type type, const feature_value *value)
{
    uint64_t at = record_cells_more_bytes(cells, block);

    if (type == VALUE_TEXT)
        append_text(block, value);
    else
        append_list(block, type, value);
    return at << 32 | (record_cells_more_bytes(cells, block) - at);
}

/* An empty text means unknown, as in CSV, where readers treat an empty cell as missing. */
static bool
is_missing(const feature_value *value)
{
    return value->type == VALUE_MISSING || (value->type == VALUE_TEXT && (!value->text || !*value->text));
}

/* Appends the cells of texts or lists, from that row on. The block may be reallocated. */
static void
append_others(const record_cells *cells, const cell_column *c, const char *flows, size_t flow_bytes, size_t row,
              GString *block)
{
    for (; row < record_cells_rows(block); row++, flows += flow_bytes) {
        const flow *f = (const flow *)(const void *)flows;
        feature_value value = c->get ? c->get(f, c->feature) : record_layout_get(cells->layout, c->source, f);
        bool is_present = !is_missing(&value);
        uint64_t place = is_present ? append_more(cells, block, c->type, &value) : 0;
        column_cells column = record_cells_of(cells, block, c->index);
        column.presence[row] = is_present;
        column.numbers[row] = place;
    }
}

/* Appends the cells of numbers, which are the majority. */
static void
append_numbers(const cell_column *c, const column_cells *column, const char *flows, size_t flow_bytes, size_t row)
{
    bool is_real = c->type == VALUE_REAL;

    for (; row < column->count; row++, flows += flow_bytes) {
        feature_value value = c->get((const flow *)(const void *)flows, c->feature);
        column->presence[row] = value.type != VALUE_MISSING;
        column->numbers[row] = bits_of(value, is_real);
    }
}

void
record_cells_append(const record_cells *cells, const flow *flows, size_t count, size_t flow_bytes, GString *block)
{
    uint64_t first = record_cells_rows(block), end = first + count;

    g_assert(end <= CELL_BLOCK_ROWS);
    if (block->len == 0)
        g_string_set_size(block, NUMBER_BYTES + cells->count * CELL_BLOCK_ROWS * CELL_BYTES);
    memcpy(block->str, &end, sizeof end);
    for (const cell_column *c = (void *)cells->numbers->data, *after = c + cells->numbers->len; c < after; c++) {
        column_cells column = record_cells_of(cells, block, c->index);
        append_numbers(c, &column, (const char *)flows, flow_bytes, first);
    }
    for (guint i = 0; i < cells->others->len; i++)
        append_others(cells, &g_array_index(cells->others, cell_column, i), (const char *)flows, flow_bytes, first,
                      block);
}

size_t
record_cells_rows(const GString *block)
{
    uint64_t rows = 0;

    if (block->len > 0)
        memcpy(&rows, block->str, sizeof rows);
    return rows;
}

size_t
record_cells_more_bytes(const record_cells *cells, const GString *block)
{
    return block->len - NUMBER_BYTES - cells->count * CELL_BLOCK_ROWS * CELL_BYTES;
}

column_cells
record_cells_of(const record_cells *cells, const GString *block, size_t index)
{
    size_t all = cells->count * CELL_BLOCK_ROWS, before = index * CELL_BLOCK_ROWS;

    return (column_cells){
        .count = record_cells_rows(block),
        .numbers = (uint64_t *)(void *)(block->str + NUMBER_BYTES + before * NUMBER_BYTES),
        .presence = (guint8 *)block->str + NUMBER_BYTES + all * NUMBER_BYTES + before,
        .more = block->str + NUMBER_BYTES + all * CELL_BYTES,
    };
}
