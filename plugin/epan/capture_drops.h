/*
 * capture_drops.h - how many packets the capture dropped, according to its file.
 *
 * A pcapng file has drop counts in Interface Statistics Blocks, usually at its end, or in options of single packets.
 * wiretap keeps the statistics with the interface description. A reference to each description is held here, because
 * tshark closes the file before a plugin learns that it has been read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <wiretap/wtap.h>

typedef struct capture_drops capture_drops;

/* Free with capture_drops_free(). */
capture_drops *capture_drops_new(void);
void capture_drops_free(capture_drops *drops);

/* Notes a record, and the interfaces known so far of its file, which may be NULL. */
void capture_drops_watch(capture_drops *drops, wtap *file, const wtap_rec *record);

/* To be called when the file has been read, before it is closed (NULL: it is); another one may follow. */
void capture_drops_end_file(capture_drops *drops, wtap *file);

/* Packets dropped by interfaces and operating system; false if no file has these counts. */
bool capture_drops_get(const capture_drops *drops, guint64 *packets);
