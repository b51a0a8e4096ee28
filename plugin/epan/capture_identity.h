/*
 * capture_identity.h - which files a capture is: names, sizes and SHA-256, for outputs that say how they were made.
 *
 * The hash is of a file's bytes as they are on the disk. They are read a second time, by a thread of its own while
 * the capture is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CAPTURE_IDENTITY_H
#define CICFLOW_CAPTURE_IDENTITY_H

#include "../run/outputs.h"

typedef struct capture_identity capture_identity;

/* Begins to read the files that are read as one capture. NULL where no path leads to a regular file, such as standard
 * input. */
capture_identity *capture_identity_begin(const char *const *paths, size_t count);

/* Waits for the hashes, and notes what the files are. Of one: cicflow:capture (its name without folders),
 * cicflow:capture_bytes and cicflow:capture_sha256, which is left out if the file cannot be read. Of several:
 * cicflow:captures, the same as a JSON list of objects with "capture", "bytes" and "sha256". Frees; may be NULL. */
void capture_identity_note(capture_identity *identity, outputs *out);

/* Does not wait, and frees. */
void capture_identity_free(capture_identity *identity);

#endif
