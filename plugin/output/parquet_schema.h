/*
 * parquet_schema.h - the columns of records as a Parquet file describes them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PARQUET_SCHEMA_H
#define CICFLOW_PARQUET_SCHEMA_H

#include "record_cells.h"
#include "thrift.h"

/* Adds a field with the list of SchemaElement. */
void parquet_schema_add(thrift *t, int field, const record_cells *cells);

/* Adds a field with the path to where a column's values are. */
void parquet_schema_add_path(thrift *t, int field, const char *name, value_type type);

#endif
