/*
 * capture_drops.h - how many packets the capture dropped, according to its file.
 *
 * A pcapng file tells it in statistics of its interfaces, which usually come last, or beside single packets. What is
 * told of an interface is kept with its description, and a description is held on to here, so that its statistics can
 * be read after the file was closed: tshark closes it before anybody is told that it was read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CAPTURE_DROPS_H
#define CICFLOW_CAPTURE_DROPS_H

#include <stdbool.h>
#include <wiretap/wtap.h>

typedef struct capture_drops capture_drops;

/* Free with capture_drops_free(). */
capture_drops *capture_drops_new(void);
void capture_drops_free(capture_drops *drops);

/* Takes notice of a record, and of the interfaces that its file has told of so far. The file may be NULL. */
void capture_drops_watch(capture_drops *drops, wtap *file, const wtap_rec *record);

/* The file was read, before it is closed; another one may follow. */
void capture_drops_end_file(capture_drops *drops, wtap *file);

/* Packets dropped by interfaces and operating system; false when no file told. */
bool capture_drops_get(const capture_drops *drops, guint64 *packets);

#endif
