/*
 * parquet_schema.h - the schema of records in a Parquet file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "record_cells.h"
#include "thrift.h"

/* Type of parquet.thrift. */
typedef enum { PARQUET_INT64 = 2, PARQUET_DOUBLE = 5, PARQUET_BYTE_ARRAY = 6 } parquet_type;

/* The physical type of values; for lists that of their elements. */
parquet_type parquet_stored_type(value_type type);

/* Writes a field with the list of SchemaElement. */
void parquet_schema_add(thrift *t, int field, const record_cells *cells);

/* Writes a field with the path of a column in the schema. */
void parquet_schema_add_path(thrift *t, int field, const char *name, value_type type);
