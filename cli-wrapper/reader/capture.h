/*
 * capture.h - the records of one capture, which may be several files one after the other, through wiretap.
 *
 * What a capture file has beside its records (names, secrets) goes with the record that comes next, for whoever
 * dissects; what its statistics say of dropped packets is summed up. A record does not refer to its capture, so that
 * another thread may dissect it while the next ones are read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_CAPTURE_H
#define CICFLOWMETER_CAPTURE_H

#include "epan/compat.h"

struct capture;

/* A record with all that its dissection needs. */
struct capture_record {
    compat_record data;
    gint64 offset;
    int file_type;
    GPtrArray *lessons; /* what the capture told since the record before; NULL: nothing */
    const char *interface_name, *interface_description; /* never freed; NULL: the file tells none */
};

/* Once a process, before the first capture. */
void capture_init(void);

/* Opens the first of the files (const char *; "-" is standard input), which are borrowed. NULL with an error, without
 * the file's name, when it cannot be opened or is no capture. */
struct capture *capture_open(const GPtrArray *paths, GError **error);
void capture_close(struct capture *capture);

/* Reads the next record, which stays until the next call. FALSE at the end, and with an error where a file breaks off
 * or cannot be opened. */
gboolean capture_next(struct capture *capture, GError **error);

compat_record *capture_data(struct capture *capture);

/* Gives the caller the current record, and takes one that is not needed any more (NULL: there is none) to read the next
 * into. Of lessons a record has those that no earlier one was given with. */
struct capture_record *capture_exchange(struct capture *capture, struct capture_record *unused);
/* By the thread that reads: records share memory with what reads them. */
void capture_record_free(struct capture_record *record);

/* Gives the dissection what came with the record. */
void capture_record_teach(struct capture_record *record);

/* While dissectors are started, which may add to the types of files, no file is opened. Any thread. */
void capture_lock_files(struct capture *capture);
void capture_unlock_files(struct capture *capture);

/* The file being read; NULL between two. */
wtap *capture_file(const struct capture *capture);

/* Bytes read so far of all files, for the share of what there is. */
gint64 capture_position(const struct capture *capture);

/* Packets that were dropped while capturing, as far as what was read says; false when it does not. */
bool capture_dropped(const struct capture *capture, guint64 *packets);

#endif
