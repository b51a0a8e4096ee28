/*
 * record_text.h - flow records as lines of text, CSV or JSON.
 *
 * Knows nothing of files. Several threads may use one record_text, which is immutable. No output depends on the locale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "record_layout.h"

typedef struct record_text record_text;

/* Appends the text in quotes, which are doubled inside it, as in CSV. */
void text_append_quoted(GString *block, const char *text, char quote);

/* The layout is borrowed and must outlive it. */
record_text *record_text_new(record_format format, const record_layout *layout);
void record_text_free(record_text *text);

/* Appends the header line; nothing in JSON. */
void record_text_append_header(const record_text *text, GString *block);

/* Appends a flow's record, one line. */
void record_text_append(const record_text *text, const flow *f, GString *block);
