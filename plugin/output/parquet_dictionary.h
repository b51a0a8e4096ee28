/*
 * parquet_dictionary.h - the different texts of a column, numbered from 0 in the order in which they came.
 *
 * Texts come from strangers: where one is found in the table depends on a secret.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PARQUET_DICTIONARY_H
#define CICFLOW_PARQUET_DICTIONARY_H

#include <glib.h>
#include <stdint.h>

typedef struct parquet_dictionary parquet_dictionary;

parquet_dictionary *parquet_dictionary_new(void);
void parquet_dictionary_free(parquet_dictionary *dictionary);

/* The number of a text, a new one if it has none yet. */
uint32_t parquet_dictionary_add(parquet_dictionary *dictionary, const char *text);

uint32_t parquet_dictionary_count(const parquet_dictionary *dictionary);

/* The text of a number, in UTF-8; what was not became the replacement character. */
const char *parquet_dictionary_text(const parquet_dictionary *dictionary, uint32_t number);

/* The bytes of all texts. */
gsize parquet_dictionary_bytes(const parquet_dictionary *dictionary);

#endif
