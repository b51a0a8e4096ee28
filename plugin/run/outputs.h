/*
 * outputs.h - the files that a run writes, across the captures that one process reads.
 *
 * Ended flows flow in, in the order of records, each borrowed for the call; bytes flow out to files, or to descriptors
 * that the host has opened. The outputs own their writers and, through them, the files. They never see a packet, never
 * change a flow, and after the first error write nothing more.
 *
 * tshark can end and begin a capture several times over one run (ring buffers, live capture); its outputs stay open and
 * go on. In Wireshark every reading of a capture writes its files anew.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_OUTPUTS_H
#define CICFLOW_OUTPUTS_H

#include "settings.h"

typedef struct outputs outputs;

/* The settings are borrowed and must outlive the outputs. Nothing is created before the first record or
 * outputs_complete(). */
outputs *outputs_new(const run_settings *settings, output_kind kind);

typedef enum { CSV_OUTPUT, JSONL_OUTPUT, PARQUET_OUTPUT, DELIVERY_OUTPUT, OUTPUTS } output_id;

/* An output goes to a file that is open, which is the outputs' from now on, instead of to the path that the settings
 * have for it; JSON lines for delivery have no path there. Before the first record. */
void outputs_use_file(outputs *out, output_id which, output_file *file);

/* Has the files that can say something of themselves say this, once they are complete. They say by themselves with
 * which version, dialect and settings they were made. */
void outputs_note(outputs *out, const char *name, const char *value);

/* Writes a record to all of them. */
bool outputs_add(outputs *out, const flow *f, GError **error);

/* Hands rows to the system where somebody may be waiting for them. */
bool outputs_flush(outputs *out, GError **error);

/* Hands all rows to the system. */
bool outputs_finish(outputs *out, GError **error);

/* The records are complete: gives the files their names, also to those that got no record. They stay open. */
bool outputs_complete(outputs *out, GError **error);

/* Whether there was an error, after which nothing is written. */
bool outputs_have_failed(const outputs *out);

/* The names, in quotes, of the files with the records of a run that did not come to its end, to be freed; NULL: there
 * are none, or an error named them. */
char *outputs_partial(const outputs *out);

/* Closes all and frees. */
bool outputs_close(outputs *out, GError **error);

#endif
