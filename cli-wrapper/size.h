/*
 * size.h - amounts of memory as users write them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_SIZE_H
#define CICFLOWMETER_SIZE_H

#include <glib.h>

/* "N": bytes; with K, M, G or T: units of 1024; "N%": that share of the machine's memory, or of the container's. FALSE
 * when the text is not a size. */
gboolean size_parse(const char *text, guint64 *bytes);

#endif
