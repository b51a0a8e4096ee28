/*
 * parquet_schema.c - see parquet_schema.h.
 *
 * A list is three elements: the column, a repeated group, and in that the element (LogicalTypes.md of parquet-format).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parquet_schema.h"

#include "parquet_page.h"

enum { REQUIRED = 0, OPTIONAL = 1, REPEATED = 2 };

/* ConvertedType, for older readers; and the fields of LogicalType and TimeUnit. */
enum { CONVERTED_UTF8 = 0, CONVERTED_LIST = 3 };
enum { LOGICAL_STRING = 1, LOGICAL_LIST = 3, LOGICAL_TIMESTAMP = 8, UNIT_NANOS = 3 };

#define LIST_GROUP "list"
#define LIST_ELEMENT "element"

static void
add_group(thrift *t, int repetition, const char *name)
{
    thrift_add_struct(t);
    thrift_i32(t, 3, repetition);
    thrift_text(t, 4, name);
    thrift_i32(t, 5, 1);
}

static void
add_list(thrift *t, const char *name, value_type type)
{
    add_group(t, OPTIONAL, name);
    thrift_i32(t, 6, CONVERTED_LIST);
    thrift_begin_struct(t, 10);
    thrift_empty_struct(t, LOGICAL_LIST);
    thrift_end(t);
    thrift_end(t);
    add_group(t, REPEATED, LIST_GROUP);
    thrift_end(t);
    thrift_add_struct(t);
    thrift_i32(t, 1, parquet_page_stored_type(type));
    thrift_i32(t, 3, REQUIRED);
    thrift_text(t, 4, LIST_ELEMENT);
    thrift_end(t);
}

/* Nanoseconds since 1970, UTC. */
static void
add_timestamp_type(thrift *t)
{
    thrift_begin_struct(t, 10);
    thrift_begin_struct(t, LOGICAL_TIMESTAMP);
    thrift_bool(t, 1, true);
    thrift_begin_struct(t, 2);
    thrift_empty_struct(t, UNIT_NANOS);
    thrift_end(t);
    thrift_end(t);
    thrift_end(t);
}

static void
add_single(thrift *t, const char *name, value_type type)
{
    thrift_add_struct(t);
    thrift_i32(t, 1, parquet_page_stored_type(type));
    thrift_i32(t, 3, OPTIONAL);
    thrift_text(t, 4, name);
    if (type == VALUE_TEXT) {
        thrift_i32(t, 6, CONVERTED_UTF8);
        thrift_begin_struct(t, 10);
        thrift_empty_struct(t, LOGICAL_STRING);
        thrift_end(t);
    } else if (type == VALUE_TIME) {
        add_timestamp_type(t);
    }
    thrift_end(t);
}

void
parquet_schema_add(thrift *t, int field, const record_cells *cells)
{
    enum { ELEMENTS_OF_LIST = 3 };
    size_t columns = record_cells_count(cells), elements = 1;

    for (size_t i = 0; i < columns; i++)
        elements += value_type_is_list(record_cells_type(cells, i)) ? ELEMENTS_OF_LIST : 1;
    thrift_begin_list(t, field, THRIFT_STRUCT, elements);
    thrift_add_struct(t);
    thrift_text(t, 4, "schema");
    thrift_i32(t, 5, (int32_t)columns);
    thrift_end(t);
    for (size_t i = 0; i < columns; i++) {
        value_type type = record_cells_type(cells, i);
        if (value_type_is_list(type))
            add_list(t, record_cells_name(cells, i), type);
        else
            add_single(t, record_cells_name(cells, i), type);
    }
}

void
parquet_schema_add_path(thrift *t, int field, const char *name, value_type type)
{
    bool is_list = value_type_is_list(type);

    thrift_begin_list(t, field, THRIFT_BINARY, is_list ? 3 : 1);
    thrift_add_text(t, name);
    if (is_list) {
        thrift_add_text(t, LIST_GROUP);
        thrift_add_text(t, LIST_ELEMENT);
    }
}
