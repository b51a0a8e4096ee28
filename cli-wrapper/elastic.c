/*
 * elastic.c - a thread with two non-blocking descriptors, a memory queue and an overflow file; see elastic.h.
 *
 * Order: memory first, then the file; new bytes go to the file as long as it holds any. Invariant: the bytes waiting
 * are memory[taken..len), file[read_at..write_at), then late: what a full disk refused. Nothing is read while late has
 * bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "elastic.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

enum { MEMORY_BYTES = 16 << 20, CHUNK_BYTES = 256 << 10 };

/* The file gives room back in pieces of this size. */
enum { HOLE_BYTES = 4 << 20 };

struct elastic {
    int from, to;
    GByteArray *memory;
    gsize taken;
    int file;
    goffset read_at, write_at;
    goffset freed; /* up to here the file has given its room back */
    gboolean file_failed, is_broken;
    GByteArray *late;
    gboolean ended;
    guint8 chunk[CHUNK_BYTES];
    GThread *thread;
};

static gsize
in_memory(const struct elastic *e)
{
    return e->memory->len - e->taken;
}

static gboolean
is_empty(const struct elastic *e)
{
    return !in_memory(e) && e->read_at == e->write_at && !e->late->len;
}

static gboolean
may_read(const struct elastic *e)
{
    return !e->ended && !e->late->len;
}

static int
open_overflow(void)
{
    char *name = NULL;
    int file = g_file_open_tmp("cicflowmeter-XXXXXX", &name, NULL);
    if (file >= 0)
        unlink(name);
    g_free(name);
    return file;
}

static void
keep_in_memory(struct elastic *e, const guint8 *bytes, gsize length)
{
    if (e->taken > MEMORY_BYTES / 2 || e->taken == e->memory->len) {
        g_byte_array_remove_range(e->memory, 0, (guint)e->taken);
        e->taken = 0;
    }
    g_byte_array_append(e->memory, bytes, (guint)length);
}

/* Returns how much of it found room. */
static gsize
keep_in_file(struct elastic *e, const guint8 *bytes, gsize length)
{
    if (e->file < 0)
        e->file = open_overflow();
    gssize written = e->file < 0 ? -1 : pwrite(e->file, bytes, length, e->write_at);
    if (written < 0) {
        if (!e->file_failed)
            report_error("no room for packets that wait for tshark: %s; the capture may drop packets",
                         g_strerror(errno));
        e->file_failed = TRUE;
        return 0;
    }
    e->write_at += written;
    return (gsize)written;
}

static void
keep(struct elastic *e, const guint8 *bytes, gsize length)
{
    if (e->read_at == e->write_at && in_memory(e) + length <= MEMORY_BYTES) {
        keep_in_memory(e, bytes, length);
        return;
    }
    gsize kept = keep_in_file(e, bytes, length);
    g_byte_array_append(e->late, bytes + kept, (guint)(length - kept));
}

/* A reader that is always a little behind would otherwise let the file grow by all that is ever captured. */
static void
free_room(struct elastic *e)
{
    if (e->read_at == e->write_at) {
        e->read_at = e->write_at = e->freed = 0;
        e->file_failed = ftruncate(e->file, 0) != 0;
        return;
    }
    if (e->read_at - e->freed < HOLE_BYTES)
        return;
    if (fallocate(e->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, e->freed, e->read_at - e->freed))
        g_debug("no holes in this file system: %s", g_strerror(errno));
    e->freed = e->read_at;
}

static void
refill_from_file(struct elastic *e)
{
    gssize length = pread(e->file, e->chunk, MIN(CHUNK_BYTES, (gsize)(e->write_at - e->read_at)), e->read_at);
    if (length <= 0) {
        report_error("packets that wait for tshark cannot be read back: %s", g_strerror(length < 0 ? errno : EIO));
        e->is_broken = TRUE;
        return;
    }
    e->read_at += length;
    keep_in_memory(e, e->chunk, (gsize)length);
    free_room(e);
}

static void
refill(struct elastic *e)
{
    if (in_memory(e))
        return;
    if (e->read_at < e->write_at) {
        refill_from_file(e);
        return;
    }
    keep_in_memory(e, e->late->data, e->late->len);
    g_byte_array_set_size(e->late, 0);
}

static void
take_in(struct elastic *e)
{
    gssize length = read(e->from, e->chunk, CHUNK_BYTES);
    if (length > 0)
        keep(e, e->chunk, (gsize)length);
    else if (length == 0 || (errno != EAGAIN && errno != EINTR))
        e->ended = TRUE;
}

/* FALSE when nobody reads any more. */
static gboolean
pass_on(struct elastic *e)
{
    refill(e);
    if (e->is_broken)
        return FALSE;
    gssize length = write(e->to, e->memory->data + e->taken, MIN(in_memory(e), CHUNK_BYTES));
    if (length < 0)
        return errno == EAGAIN || errno == EINTR;
    e->taken += (gsize)length;
    return TRUE;
}

static gpointer
run(gpointer data)
{
    struct elastic *e = data;
    gboolean is_read = TRUE;
    while (is_read && !(e->ended && is_empty(e))) {
        struct pollfd fds[] = {
            {.fd = may_read(e) ? e->from : -1, .events = POLLIN},
            {.fd = e->to, .events = is_empty(e) ? 0 : POLLOUT},
        };
        if (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno != EINTR)
            break;
        if (fds[0].revents)
            take_in(e);
        if (fds[1].revents & (POLLERR | POLLNVAL))
            is_read = FALSE;
        else if (fds[1].revents & POLLOUT)
            is_read = pass_on(e);
    }
    close(e->from);
    close(e->to);
    return NULL;
}

static void
set_nonblocking(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

struct elastic *
elastic_new(int from, int to)
{
    struct elastic *e = g_new0(struct elastic, 1);
    e->from = from;
    e->to = to;
    e->file = -1;
    e->memory = g_byte_array_new();
    e->late = g_byte_array_new();
    set_nonblocking(from);
    set_nonblocking(to);
    e->thread = g_thread_new("elastic", run, e);
    return e;
}

void
elastic_free(struct elastic *e)
{
    if (!e)
        return;
    g_thread_join(e->thread);
    if (e->file >= 0)
        close(e->file);
    g_byte_array_unref(e->memory);
    g_byte_array_unref(e->late);
    g_free(e);
}
