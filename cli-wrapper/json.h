/*
 * json.h - reads one JSON object as written by the plugin: names to values, nested names joined by dots.
 *
 * Made for flat objects of numbers, words and strings, and objects of those; an array is an error.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_JSON_H
#define CICFLOWMETER_JSON_H

#include <glib.h>

/* Values are the texts of numbers and words, and strings without their quotes. NULL when the text is no JSON object.
 * Free with g_hash_table_unref. */
GHashTable *json_flat(const char *text, gsize length);

#endif
