/*
 * capture.h - the records of one capture, which may be several files one after the other, through wiretap.
 *
 * What a capture file has beside its records (names, secrets) is kept in the order in which it comes, for whoever
 * dissects; what its statistics say of dropped packets is summed up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_CAPTURE_H
#define CICFLOWMETER_CAPTURE_H

#include "epan/compat.h"

struct capture;

/* Once a process, before the first capture. */
void capture_init(void);

/* Opens the first of the files (const char *; "-" is standard input), which are borrowed. NULL with an error, without
 * the file's name, when it cannot be opened or is no capture. */
struct capture *capture_open(const GPtrArray *paths, GError **error);
void capture_close(struct capture *capture);

/* Reads the next record, which stays until the next call. FALSE at the end, and with an error where a file breaks off
 * or cannot be opened. */
gboolean capture_next(struct capture *capture, GError **error);

compat_record *capture_record(struct capture *capture);
gint64 capture_offset(const struct capture *capture);
/* The file being read; NULL between two. */
wtap *capture_file(const struct capture *capture);

/* Bytes read so far of all files, for the share of what there is. */
gint64 capture_position(const struct capture *capture);

/* Packets that were dropped while capturing, as far as what was read says; false when it does not. */
bool capture_dropped(const struct capture *capture, guint64 *packets);

/* Gives the dissection what came with the records since the last call. */
void capture_teach(struct capture *capture);

#endif
