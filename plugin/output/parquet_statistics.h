/*
 * parquet_statistics.h - the least and the greatest value of a column in a row group, fields 5 and 6 of Statistics.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PARQUET_STATISTICS_H
#define CICFLOW_PARQUET_STATISTICS_H

#include "parquet_dictionary.h"
#include "parquet_page.h"
#include "thrift.h"

/* Of texts, all of which are in the dictionary. */
void parquet_statistics_add_texts(thrift *t, const parquet_dictionary *dictionary);

/* Of the two zeros, the negative is the least, as the specification wants. */
void parquet_statistics_add_numbers(thrift *t, const parquet_bounds *bounds, value_type type);

#endif
