/*
 * timestamp.h - points in time as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_TIMESTAMP_H
#define CICFLOW_TIMESTAMP_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    TIMESTAMP_LOCAL,   /* YYYY-MM-DD HH:MM:SS in the local time zone */
    TIMESTAMP_UTC,     /* the same in UTC */
    TIMESTAMP_ISO8601, /* YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ */
    TIMESTAMP_EPOCH,   /* seconds since 1970 with nine decimals */
    TIMESTAMP_FORMS
} timestamp_form;

/* Name of a form as users write it: "local", "utc", "iso8601", "epoch". */
extern const char *const timestamp_form_names[TIMESTAMP_FORMS];

enum { TIMESTAMP_BYTES_MAX = 48 };

/* Writes at out, without a final NUL, and returns the number of bytes written. */
size_t timestamp_write(char *out, int64_t time_ns, timestamp_form form);

#endif
