/*
 * capture_identity.c - names, sizes and hashes of captures; see capture_identity.h.
 *
 * Uses Libgcrypt, which Wireshark links and initialises anyway: it is several times faster than GLib's SHA-256.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "capture_identity.h"

#include <fcntl.h>
#include <gcrypt.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../output/json_text.h"

enum { SHA256_BYTES = 32, BLOCK_BYTES = 256 * 1024 };

typedef struct {
    char *path;
    guint64 bytes;
    bool is_regular, has_hash;
    char hash[2 * SHA256_BYTES + 1];
} hashed_file;

struct capture_identity {
    GArray *files;
    GThread *thread;
    gint is_unwanted; /* atomic */
};

static bool
hash_all(const capture_identity *identity, int fd, gcry_md_hd_t digest)
{
    g_autofree guint8 *block = g_malloc(BLOCK_BYTES);
    ssize_t got = 1;

    while (got > 0 && !g_atomic_int_get(&identity->is_unwanted)) {
        got = read(fd, block, BLOCK_BYTES);
        if (got > 0)
            gcry_md_write(digest, block, (size_t)got);
    }
    return got == 0;
}

static void
hash_file(const capture_identity *identity, hashed_file *file)
{
    gcry_md_hd_t digest;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return;
    if (gcry_md_open(&digest, GCRY_MD_SHA256, 0) == 0) {
        file->has_hash = hash_all(identity, fd, digest);
        const guint8 *hash = gcry_md_read(digest, GCRY_MD_SHA256);
        for (int i = 0; i < SHA256_BYTES; i++)
            g_snprintf(file->hash + (size_t)2 * i, 3, "%02x", hash[i]);
        gcry_md_close(digest);
    }
    close(fd);
}

static gpointer
work(gpointer user)
{
    capture_identity *identity = user;

    for (guint i = 0; i < identity->files->len; i++) {
        hashed_file *file = &g_array_index(identity->files, hashed_file, i);
        if (file->is_regular && !g_atomic_int_get(&identity->is_unwanted))
            hash_file(identity, file);
    }
    return NULL;
}

static void
clear_file(gpointer file)
{
    g_free(((hashed_file *)file)->path);
}

capture_identity *
capture_identity_begin(const char *const *paths, size_t count)
{
    capture_identity *identity = g_new0(capture_identity, 1);
    struct stat status;
    bool has_regular = false;

    identity->files = g_array_new(FALSE, FALSE, sizeof(hashed_file));
    g_array_set_clear_func(identity->files, clear_file);
    for (size_t i = 0; i < count; i++) {
        hashed_file file = {.path = g_strdup(paths[i])};
        file.is_regular = stat(paths[i], &status) == 0 && S_ISREG(status.st_mode);
        file.bytes = file.is_regular ? (guint64)status.st_size : 0;
        has_regular = has_regular || file.is_regular;
        g_array_append_val(identity->files, file);
    }
    if (!has_regular) {
        capture_identity_free(identity);
        return NULL;
    }
    gcry_check_version(NULL); /* initialises Libgcrypt where epan has not done it */
    identity->thread = g_thread_new("cicflow-hash", work, identity);
    return identity;
}

static void
wait_for_hashes(capture_identity *identity)
{
    if (identity->thread)
        g_thread_join(identity->thread);
    identity->thread = NULL;
}

static void
note_one(const hashed_file *file, outputs *out)
{
    g_autofree char *name = g_path_get_basename(file->path);
    g_autofree char *bytes = g_strdup_printf("%" G_GUINT64_FORMAT, file->bytes);

    outputs_note(out, "cicflow:capture", name);
    outputs_note(out, "cicflow:capture_bytes", bytes);
    if (file->has_hash)
        outputs_note(out, "cicflow:capture_sha256", file->hash);
}

static void
note_several(const GArray *files, outputs *out)
{
    g_autoptr(GString) json = g_string_new("[");

    for (guint i = 0; i < files->len; i++) {
        const hashed_file *file = &g_array_index(files, hashed_file, i);
        g_autofree char *name = g_path_get_basename(file->path);
        g_string_append(json, i > 0 ? ",{\"capture\":" : "{\"capture\":");
        json_append_text(json, name);
        if (file->is_regular)
            g_string_append_printf(json, ",\"bytes\":%" G_GUINT64_FORMAT, file->bytes);
        if (file->has_hash)
            g_string_append_printf(json, ",\"sha256\":\"%s\"", file->hash);
        g_string_append_c(json, '}');
    }
    g_string_append_c(json, ']');
    outputs_note(out, "cicflow:captures", json->str);
}

void
capture_identity_note(capture_identity *identity, outputs *out)
{
    if (!identity)
        return;
    wait_for_hashes(identity);
    if (identity->files->len == 1)
        note_one(&g_array_index(identity->files, hashed_file, 0), out);
    else
        note_several(identity->files, out);
    capture_identity_free(identity);
}

void
capture_identity_free(capture_identity *identity)
{
    if (!identity)
        return;
    g_atomic_int_set(&identity->is_unwanted, 1);
    wait_for_hashes(identity);
    g_array_free(identity->files, TRUE);
    g_free(identity);
}
