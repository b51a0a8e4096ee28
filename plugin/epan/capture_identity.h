/*
 * capture_identity.h - names, sizes and SHA-256 of the files of a capture, recorded in the outputs.
 *
 * The hash covers the file as it is on disk. A separate thread reads it while the capture is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../run/outputs.h"

typedef struct capture_identity capture_identity;

/* Starts hashing the files of one capture. NULL if none of the paths is a regular file, as with standard input. */
capture_identity *capture_identity_begin(const char *const *paths, size_t count);

/* Waits for the hashes and notes them in the outputs. One file: cicflow:capture (its name without folders),
 * cicflow:capture_bytes and cicflow:capture_sha256, which is left out if the file cannot be read. Several:
 * cicflow:captures, a JSON list of objects with "capture", "bytes" and "sha256". Frees the identity, which may be NULL.
 */
void capture_identity_note(capture_identity *identity, outputs *out);

/* Frees without waiting for the hashes. */
void capture_identity_free(capture_identity *identity);
