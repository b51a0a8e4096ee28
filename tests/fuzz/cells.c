/*
 * cells.c - fuzz target: any text as a server's name and, after a zero byte, as a label: written as CSV and JSON, and
 * as cells for Parquet.
 *
 * Checked: the texts read back are those written (the name as changed by safe_text), and neither is active in a
 * spreadsheet or on a terminal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "../flow/dialect_named.h"
#include "flow/flow_extras.h"
#include "flow/flow_table.h"
#include "fuzz.h"
#include "output/record_cells.h"
#include "output/record_text.h"
#include "output/safe_text.h"

enum { SMALL_BYTES = 8 };

typedef struct {
    const char *name, *label; /* as they have to be in the cells */
    const record_layout *layout;
} expectation;

static void
check_safe(const char *text, size_t size)
{
    gunichar before = ';';

    FUZZ_CHECK(strlen(text) < size && g_utf8_validate(text, -1, NULL));
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        FUZZ_CHECK(g_unichar_isprint(c));
        FUZZ_CHECK(before != ';' || !strchr("=+-@", (int)MIN(c, 0x7f)));
        before = c;
    }
}

/* Checks the next CSV cell and moves after it. */
static const char *
check_csv_cell(const char *row, const char *expected)
{
    bool quoted = *row == '"';

    FUZZ_CHECK(quoted || !strpbrk(expected, ",\"\r\n"));
    row += quoted;
    for (; *expected; expected++, row++) {
        if (quoted && *expected == '"')
            FUZZ_CHECK(*row++ == '"');
        FUZZ_CHECK(*row == *expected);
    }
    if (quoted)
        FUZZ_CHECK(*row++ == '"');
    return row;
}

/* Checks the next JSON string and moves after it; control characters are written by their numbers. */
static const char *
check_json_string(const char *text, const char *expected)
{
    char *valid = g_utf8_make_valid(expected, -1);

    FUZZ_CHECK(*text++ == '"');
    for (const char *c = valid; *c; c++) {
        unsigned number = (guchar)*c;
        char code[5] = "";
        if (*text != '\\') {
            FUZZ_CHECK(number >= 0x20 && number != 0x7f && number != '"' && *text == *c);
            text++;
            continue;
        }
        if (text[1] != 'u') {
            FUZZ_CHECK((*c == '"' || *c == '\\') && text[1] == *c);
            text += 2;
            continue;
        }
        strncpy(code, text + 2, 4);
        FUZZ_CHECK(strlen(code) == 4 && strtoul(code, NULL, 16) == number);
        text += 6;
    }
    g_free(valid);
    FUZZ_CHECK(*text++ == '"');
    return text;
}

static const char *
check_literal(const char *text, const char *literal)
{
    FUZZ_CHECK(g_str_has_prefix(text, literal));
    return text + strlen(literal);
}

static void
check_csv(const char *row, const expectation *expected)
{
    row = check_literal(row, "17,");
    row = check_literal(check_csv_cell(row, expected->name), ",");
    row = check_csv_cell(row, expected->label);
    FUZZ_CHECK(strcmp(row, "\n") == 0);
}

static void
check_json(const char *line, const expectation *expected)
{
    line = check_literal(line, "{\"protocol\":17,\"server_name\":");
    line = check_literal(check_json_string(line, expected->name), ",\"label\":");
    line = check_json_string(line, expected->label);
    FUZZ_CHECK(strcmp(line, "}\n") == 0);
}

static void
check_text_cell(const column_cells *column, size_t row, const char *expected)
{
    FUZZ_CHECK(column->presence[row] == (*expected != '\0'));
    if (!*expected)
        return;
    cell_place place = cell_place_of(column->numbers[row]);
    FUZZ_CHECK(place.bytes == strlen(expected) + 1 && strcmp(column->more + place.at, expected) == 0);
}

/* Two rows of the same, made one after the other. */
static void
check_cells(const flow *f, const expectation *expected)
{
    record_cells *cells = record_cells_new(expected->layout);
    g_autoptr(GString) block = g_string_new(NULL);

    for (size_t row = 0; row < 2; row++)
        record_cells_append(cells, f, 1, sizeof *f, block);
    FUZZ_CHECK(record_cells_rows(block) == 2);
    const column_cells protocol = record_cells_of(cells, block, 0), name = record_cells_of(cells, block, 1),
                       label = record_cells_of(cells, block, 2);
    for (size_t row = 0; row < 2; row++) {
        FUZZ_CHECK(protocol.presence[row] == 1 && protocol.numbers[row] == TRANSPORT_UDP);
        check_text_cell(&name, row, expected->name);
        check_text_cell(&label, row, expected->label);
    }
    record_cells_free(cells);
}

static void
check_record(flow *f, const expectation *expected)
{
    flow_extras extras = {.rule = RULE_NONE, .server_name = *expected->name ? (char *)expected->name : NULL};

    f->extras = &extras;
    f->has_extras = true;
    for (record_format format = RECORD_CSV; format <= RECORD_JSON_LINES; format++) {
        record_text *text = record_text_new(format, expected->layout);
        g_autoptr(GString) block = g_string_new(NULL);
        record_text_append(text, f, block);
        FUZZ_CHECK(strlen(block->str) == block->len);
        (format == RECORD_CSV ? check_csv : check_json)(block->str, expected);
        record_text_free(text);
    }
    check_cells(f, expected);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_malloc0(size + 2);
    char name[SERVER_NAME_BYTES], small[SMALL_BYTES];
    record_layout layout;
    const observation packet = {.frame = 1, .ip_version = 4, .protocol = TRANSPORT_UDP};
    flow_direction direction;

    if (size > 0)
        memcpy(text, data, size);
    const char *label = text + strlen(text) + 1;
    safe_text_write(small, sizeof small, text);
    check_safe(small, sizeof small);
    safe_text_write(name, sizeof name, text);
    check_safe(name, sizeof name);
    FUZZ_CHECK(
        record_layout_init(&layout, dialect_named("standard"), "protocol", "server_name", label, TIMESTAMP_UTC, NULL));
    const expectation expected = {name, label, &layout};
    flow_table *table = flow_table_new(&flow_settings_default);
    flow_table_add(table, &packet, &direction);
    flow_table_finish(table);
    flow *f = flow_table_take_ended(table);
    check_record(f, &expected);
    g_free(f);
    flow_table_free(table);
    record_layout_clear(&layout);
    return 0;
}
