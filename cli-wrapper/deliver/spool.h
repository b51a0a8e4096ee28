/*
 * spool.h - the file for records that could not be delivered: JSON lines, appended; created when first needed.
 *
 * Records may be confidential: the file is readable by its owner alone, and a symbolic link or somebody else's file is
 * refused. It holds whole lines only, whatever goes wrong, also when several runs share it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

struct spool;

/* Nothing is opened yet; the path is copied. */
struct spool *spool_new(const char *path);

/* Whether the file could be written, as far as can be told without creating it. */
gboolean spool_check(const char *path, GError **error);

/* Appends a record, which has no line end, as a line. FALSE when it was not kept; the first failure is reported. */
gboolean spool_add(struct spool *spool, const char *record);

/* Closes and frees; FALSE, after reporting it, when the records may not have reached the disk. */
gboolean spool_free(struct spool *spool);
