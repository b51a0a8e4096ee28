/* spool.h - the file that keeps records which could not be delivered: JSON lines, appended, made when first needed. */
#ifndef CICFLOWMETER_SPOOL_H
#define CICFLOWMETER_SPOOL_H

#include <glib.h>

struct spool {
    const char *path;
    int fd; /* -1: not open */
    gboolean failed;
};

/* Appends whole lines; FALSE, with one report, when they could not be kept. */
gboolean spool_add(struct spool *spool, const char *lines, gsize length);
void spool_close(struct spool *spool);

#endif
