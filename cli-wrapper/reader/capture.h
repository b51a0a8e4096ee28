/*
 * capture.h - reads the records of one capture, which may be several files in succession, through wiretap.
 *
 * Names and decryption secrets in a file travel with the next record, for the thread that dissects; the dropped packets
 * in its statistics are summed up. A record does not refer to its capture, so that another thread may dissect it while
 * the next ones are read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "epan/compat.h"

struct capture;

/* A record with all that its dissection needs. */
struct capture_record {
    compat_record data;
    gint64 offset;
    int file_type;
    GPtrArray *lessons;                                 /* names and secrets read since the last record; NULL: none */
    const char *interface_name, *interface_description; /* never freed; NULL: not in the file */
};

/* To be called once in each process, before the first capture. */
void capture_init(void);

/* Opens the first of the files (const char *; "-" is standard input), which are borrowed. NULL with an error, without
 * the file's name, when it cannot be opened or is not a capture. */
struct capture *capture_open(const GPtrArray *paths, GError **error);
void capture_close(struct capture *capture);

/* Reads the next record, which is valid until the next call. FALSE at the end; with an error when a file is cut short
 * or cannot be opened. */
gboolean capture_next(struct capture *capture, GError **error);

compat_record *capture_data(struct capture *capture);

/* Gives the caller the current record, and takes back one that is no longer needed (or NULL) to read the next into. The
 * record has the lessons since the last record that was given away. */
struct capture_record *capture_exchange(struct capture *capture, struct capture_record *unused);
/* Call from the thread that reads: records share memory with wiretap's reader. */
void capture_record_free(struct capture_record *record);

/* Passes the names and secrets that came with the record to the dissectors. */
void capture_record_teach(struct capture_record *record);

/* Prevents files from being opened while epan starts, which may register file types. From any thread. */
void capture_lock_files(struct capture *capture);
void capture_unlock_files(struct capture *capture);

/* The file being read; NULL between two. */
wtap *capture_file(const struct capture *capture);

/* Bytes read so far of all files, for the progress. */
gint64 capture_position(const struct capture *capture);

/* Packets dropped while capturing, according to what was read so far; false when the files do not say. */
bool capture_dropped(const struct capture *capture, guint64 *packets);
