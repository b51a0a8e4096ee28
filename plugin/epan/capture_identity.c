/*
 * capture_identity.c - name, size and hash of a capture; see capture_identity.h.
 *
 * Libgcrypt, which Wireshark has in use and has initialised, is several times faster than GLib's own SHA-256.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "capture_identity.h"

#include <fcntl.h>
#include <gcrypt.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHA256_BYTES = 32, BLOCK_BYTES = 256 * 1024 };

struct capture_identity {
    char *name;
    int fd;
    guint64 bytes;
    GThread *thread;
    gint is_unwanted; /* atomic */
    bool has_hash;
    char hash[2 * SHA256_BYTES + 1];
};

static bool
hash_all(capture_identity *file, gcry_md_hd_t digest)
{
    guint8 *block = g_malloc(BLOCK_BYTES);
    ssize_t got = 1;

    for (off_t at = 0; got > 0 && !g_atomic_int_get(&file->is_unwanted); at += got) {
        got = pread(file->fd, block, BLOCK_BYTES, at);
        if (got > 0)
            gcry_md_write(digest, block, (size_t)got);
    }
    g_free(block);
    return got == 0;
}

static gpointer
work(gpointer user)
{
    capture_identity *file = user;
    gcry_md_hd_t digest;

    if (gcry_md_open(&digest, GCRY_MD_SHA256, 0) != 0)
        return NULL;
    file->has_hash = hash_all(file, digest);
    const guint8 *hash = gcry_md_read(digest, GCRY_MD_SHA256);
    for (int i = 0; i < SHA256_BYTES; i++)
        g_snprintf(file->hash + (size_t)2 * i, 3, "%02x", hash[i]);
    gcry_md_close(digest);
    return NULL;
}

capture_identity *
capture_identity_begin(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return NULL;
    gcry_check_version(NULL); /* where epan is not in use nobody has done it yet */
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return NULL;
    }
    capture_identity *file = g_new0(capture_identity, 1);
    file->name = g_path_get_basename(path);
    file->fd = fd;
    file->bytes = (guint64)status.st_size;
    file->thread = g_thread_new("cicflow-hash", work, file);
    return file;
}

static void
wait_for_hash(capture_identity *file)
{
    if (file->thread)
        g_thread_join(file->thread);
    file->thread = NULL;
}

void
capture_identity_note(capture_identity *file, outputs *out)
{
    if (!file)
        return;
    wait_for_hash(file);
    char *bytes = g_strdup_printf("%" G_GUINT64_FORMAT, file->bytes);
    outputs_note(out, "cicflow:capture", file->name);
    outputs_note(out, "cicflow:capture_bytes", bytes);
    if (file->has_hash)
        outputs_note(out, "cicflow:capture_sha256", file->hash);
    g_free(bytes);
    capture_identity_free(file);
}

void
capture_identity_free(capture_identity *file)
{
    if (!file)
        return;
    g_atomic_int_set(&file->is_unwanted, 1);
    wait_for_hash(file);
    close(file->fd);
    g_free(file->name);
    g_free(file);
}
