/*
 * spool.h - the file that keeps records which could not be delivered: JSON lines, appended, made when first needed.
 *
 * Records may be confidential: the file is readable by its owner alone, and a symbolic link or somebody else's file is
 * refused. It holds whole lines only, whatever goes wrong, also when several runs share it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_SPOOL_H
#define CICFLOWMETER_SPOOL_H

#include <glib.h>

struct spool;

/* Nothing is opened yet; the path is copied. */
struct spool *spool_new(const char *path);

/* Whether the file could be written, as far as is known without making it. */
gboolean spool_check(const char *path, GError **error);

/* Appends a record, which has no line end, as a line; FALSE, with one report of the first failure, when it was not
 * kept. */
gboolean spool_add(struct spool *spool, const char *record);

/* Closes and frees; FALSE, with a report, when what was added may not have reached the disk. */
gboolean spool_free(struct spool *spool);

#endif
