/*
 * outputs.h - the files that a run writes, across the captures that one process reads.
 *
 * Ended flows come in, in the order of records, each borrowed for the call; bytes go out to files, or to descriptors
 * that the host has opened. The outputs own their writers and, through them, the files. They never see a packet, never
 * change a flow, and write nothing after the first error.
 *
 * tshark can end and begin a capture several times over one run (ring buffers, live capture); its outputs stay open and
 * go on. In Wireshark every reading of a capture rewrites its files.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "settings.h"

typedef struct outputs outputs;

/* The settings are borrowed and must outlive the outputs. No file is created before the first record or
 * outputs_complete(). */
outputs *outputs_new(const run_settings *settings, output_kind kind);

typedef enum { CSV_OUTPUT, JSONL_OUTPUT, PARQUET_OUTPUT, DELIVERY_OUTPUT, OUTPUTS } output_id;

/* Makes an output use an open file, of which it takes ownership, instead of the path in the settings; JSON lines for
 * delivery have no path there. To be called before the first record. */
void outputs_use_file(outputs *out, output_id which, output_file *file);

/* Records a name and value in the metadata of formats that have any. Version, dialect and settings are always recorded.
 */
void outputs_note(outputs *out, const char *name, const char *value);

/* Writes a record to all outputs. */
bool outputs_add(outputs *out, const flow *f, GError **error);

/* Flushes rows to outputs that a reader may be waiting for. */
bool outputs_flush(outputs *out, GError **error);

/* Flushes all rows. */
bool outputs_finish(outputs *out, GError **error);

/* The records are complete: gives the files their names, also those without records. They stay open. */
bool outputs_complete(outputs *out, GError **error);

/* Whether there was an error; nothing is written after one. */
bool outputs_have_failed(const outputs *out);

/* The quoted names of the files with the records of a run that did not finish, to be freed; NULL if there are none, or
 * if an error has already named them. */
char *outputs_partial(const outputs *out);

/* Closes all outputs and frees them. */
bool outputs_close(outputs *out, GError **error);
