/*
 * parquet_schema.h - the columns of records as a Parquet file describes them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PARQUET_SCHEMA_H
#define CICFLOW_PARQUET_SCHEMA_H

#include "record_cells.h"
#include "thrift.h"

/* Type of parquet.thrift. */
typedef enum { PARQUET_INT64 = 2, PARQUET_DOUBLE = 5, PARQUET_BYTE_ARRAY = 6 } parquet_type;

/* How values are stored: one at a time, of a list its elements. */
parquet_type parquet_stored_type(value_type type);

/* Adds a field with the list of SchemaElement. */
void parquet_schema_add(thrift *t, int field, const record_cells *cells);

/* Adds a field with the path to where a column's values are. */
void parquet_schema_add_path(thrift *t, int field, const char *name, value_type type);

#endif
