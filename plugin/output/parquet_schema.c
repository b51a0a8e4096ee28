/*
 * parquet_schema.c - see parquet_schema.h.
 *
 * A list has three schema elements: the column, a repeated group, and the element in it (LogicalTypes.md of
 * parquet-format).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parquet_schema.h"

enum { REQUIRED = 0, OPTIONAL = 1, REPEATED = 2 };
enum { NO_CHILDREN = 0, LIST_LEVELS = 3 };

/* ConvertedType, for older readers; and the fields of LogicalType and TimeUnit. */
enum { CONVERTED_UTF8 = 0, CONVERTED_LIST = 3 };
enum { LOGICAL_STRING = 1, LOGICAL_LIST = 3, LOGICAL_TIMESTAMP = 8, UNIT_NANOS = 3 };

static const char list_group[] = "list", list_element[] = "element";

parquet_type
parquet_stored_type(value_type type)
{
    if (type == VALUE_TEXT)
        return PARQUET_BYTE_ARRAY;
    return type == VALUE_REAL || type == VALUE_REALS ? PARQUET_DOUBLE : PARQUET_INT64;
}

/* Begins a SchemaElement; a group has no type. */
static void
begin_element(thrift *t, value_type type, int repetition, const char *name, int children)
{
    thrift_begin_struct(t, THRIFT_ELEMENT);
    if (children == NO_CHILDREN)
        thrift_i32(t, 1, (int32_t)parquet_stored_type(type));
    thrift_i32(t, 3, repetition);
    thrift_text(t, 4, name);
    if (children != NO_CHILDREN)
        thrift_i32(t, 5, children);
}

/* Writes the logical type, and ends the element. */
static void
end_with_logical_type(thrift *t, int converted, int logical)
{
    if (logical != LOGICAL_TIMESTAMP)
        thrift_i32(t, 6, converted);
    thrift_begin_struct(t, 10);
    thrift_begin_struct(t, logical);
    if (logical == LOGICAL_TIMESTAMP) {
        thrift_true(t, 1); /* UTC */
        thrift_begin_struct(t, 2);
        thrift_begin_struct(t, UNIT_NANOS);
        thrift_end(t);
        thrift_end(t);
    }
    thrift_end(t);
    thrift_end(t);
    thrift_end(t);
}

static void
add_column(thrift *t, const char *name, value_type type)
{
    if (value_type_is_list(type)) {
        begin_element(t, type, OPTIONAL, name, 1);
        end_with_logical_type(t, CONVERTED_LIST, LOGICAL_LIST);
        begin_element(t, type, REPEATED, list_group, 1);
        thrift_end(t);
        begin_element(t, type, REQUIRED, list_element, NO_CHILDREN);
        thrift_end(t);
        return;
    }
    begin_element(t, type, OPTIONAL, name, NO_CHILDREN);
    if (type == VALUE_TEXT)
        end_with_logical_type(t, CONVERTED_UTF8, LOGICAL_STRING);
    else if (type == VALUE_TIME)
        end_with_logical_type(t, 0, LOGICAL_TIMESTAMP);
    else
        thrift_end(t);
}

void
parquet_schema_add(thrift *t, int field, const record_cells *cells)
{
    size_t columns = record_cells_count(cells), elements = 1;

    for (size_t i = 0; i < columns; i++)
        elements += value_type_is_list(record_cells_type(cells, i)) ? LIST_LEVELS : 1;
    thrift_begin_list(t, field, THRIFT_STRUCT, elements);
    begin_element(t, VALUE_MISSING, REQUIRED, "schema", (int)columns);
    thrift_end(t);
    for (size_t i = 0; i < columns; i++)
        add_column(t, record_cells_name(cells, i), record_cells_type(cells, i));
}

void
parquet_schema_add_path(thrift *t, int field, const char *name, value_type type)
{
    bool is_list = value_type_is_list(type);

    thrift_begin_list(t, field, THRIFT_BINARY, is_list ? LIST_LEVELS : 1);
    thrift_text(t, THRIFT_ELEMENT, name);
    if (is_list) {
        thrift_text(t, THRIFT_ELEMENT, list_group);
        thrift_text(t, THRIFT_ELEMENT, list_element);
    }
}
