/*
 * messages.c - see messages.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "messages.h"

#include <errno.h>
#include <unistd.h>

struct head {
    guint32 kind, length;
};

/* FALSE when the other end of the pipe is closed. */
static gboolean
write_all(int fd, const void *bytes, gsize length)
{
    const char *at = bytes;

    while (length) {
        gssize written = write(fd, at, length);
        if (written < 0 && errno != EINTR)
            return FALSE;
        at += MAX(written, 0);
        length -= (gsize)MAX(written, 0);
    }
    return TRUE;
}

static gboolean
read_all(int fd, void *bytes, gsize length)
{
    char *at = bytes;

    while (length) {
        gssize got = read(fd, at, length);
        if (got == 0 || (got < 0 && errno != EINTR))
            return FALSE;
        at += MAX(got, 0);
        length -= (gsize)MAX(got, 0);
    }
    return TRUE;
}

gboolean
message_send(int fd, enum message_kind kind, gconstpointer bytes, gsize length)
{
    struct head head = {(guint32)kind, (guint32)length};
    return write_all(fd, &head, sizeof head) && write_all(fd, bytes, length);
}

GBytes *
message_receive(int fd, enum message_kind *kind)
{
    struct head head;

    if (!read_all(fd, &head, sizeof head))
        return NULL;
    g_autofree char *bytes = g_malloc(head.length + 1U);
    if (!read_all(fd, bytes, head.length))
        return NULL;
    *kind = (enum message_kind)head.kind;
    return g_bytes_new_take(g_steal_pointer(&bytes), head.length);
}
