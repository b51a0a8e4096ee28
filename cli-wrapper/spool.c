/* spool.c - appends undelivered records to a file. */
#include "spool.h"

#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static gboolean fail(struct spool *spool)
{
    if (!spool->failed)
        report_error("cannot write the spool file '%s': %s", spool->path, g_strerror(errno));
    spool->failed = TRUE;
    return FALSE;
}

gboolean spool_add(struct spool *spool, const char *lines, gsize length)
{
    if (spool->failed)
        return FALSE;
    if (spool->fd < 0)
        spool->fd = open(spool->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (spool->fd < 0)
        return fail(spool);
    while (length) {
        gssize written = write(spool->fd, lines, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(spool);
        lines += written;
        length -= (gsize)written;
    }
    return TRUE;
}

void spool_close(struct spool *spool)
{
    if (spool->fd >= 0 && close(spool->fd))
        fail(spool);
    spool->fd = -1;
}
