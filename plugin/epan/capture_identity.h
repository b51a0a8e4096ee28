/*
 * capture_identity.h - which file a capture is: its name, size and SHA-256, for outputs that say how they were made.
 *
 * The hash is of the file's bytes as they are on the disk. They are read a second time, by a thread of its own while
 * the capture is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CAPTURE_IDENTITY_H
#define CICFLOW_CAPTURE_IDENTITY_H

#include "../run/outputs.h"

typedef struct capture_identity capture_identity;

/* Begins to read the file. NULL where the path leads to no regular file, such as standard input. */
capture_identity *capture_identity_begin(const char *path);

/* Waits for the hash, and notes what the file is: cicflow:capture (its name without folders), cicflow:capture_bytes and
 * cicflow:capture_sha256, which is left out if the file cannot be read. Frees; the file may be NULL. */
void capture_identity_note(capture_identity *file, outputs *out);

/* Does not wait, and frees. */
void capture_identity_free(capture_identity *file);

#endif
