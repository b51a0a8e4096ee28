/*
 * capture.c - see capture.h. Wiretap's callbacks get no context, so the capture being read is in a static variable: a
 * process reads only one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include <epan/secrets.h>
#include <errno.h>
#include <string.h>

#include "epan/capture_drops.h"

struct lesson {
    enum { LESSON_IPV4, LESSON_IPV6, LESSON_SECRETS } kind;
    guint32 number; /* IPv4 address, or type of secrets */
    GBytes *bytes;  /* IPv6 address, or secrets */
    char *name;
};

struct capture {
    const GPtrArray *paths;
    guint next; /* index into the paths */
    wtap *file;
    gint64 closed_bytes; /* in the files read before */
    capture_drops *drops;
    struct capture_record *record;
    GMutex files; /* held while a file is opened */
};

static struct capture *reading;

static void
free_lesson(gpointer data)
{
    struct lesson *lesson = data;
    g_clear_pointer(&lesson->bytes, g_bytes_unref);
    g_free(lesson->name);
    g_free(lesson);
}

static void
keep_lesson(struct lesson lesson)
{
    struct capture_record *record = reading->record;

    if (!record->lessons)
        record->lessons = g_ptr_array_new_with_free_func(free_lesson);
    g_ptr_array_add(record->lessons, g_memdup2(&lesson, sizeof lesson));
}

static void
COMPAT_IPV4_NAME(note_ipv4_name)
{
    keep_lesson((struct lesson){.kind = LESSON_IPV4, .number = address, .name = g_strdup(name)});
}

static void
COMPAT_IPV6_NAME(note_ipv6_name)
{
    GBytes *bytes = g_bytes_new(address, sizeof(ws_in6_addr));
    keep_lesson((struct lesson){.kind = LESSON_IPV6, .bytes = bytes, .name = g_strdup(name)});
}

static void
note_secrets(guint32 type, const void *secrets, guint size)
{
    keep_lesson((struct lesson){.kind = LESSON_SECRETS, .number = type, .bytes = g_bytes_new(secrets, size)});
}

static void
teach(const struct lesson *lesson)
{
    switch (lesson->kind) {
    case LESSON_IPV4:
        compat_add_ipv4_name(lesson->number, lesson->name);
        break;
    case LESSON_IPV6:
        compat_add_ipv6_name(g_bytes_get_data(lesson->bytes, NULL), lesson->name);
        break;
    case LESSON_SECRETS:
        secrets_wtap_callback(lesson->number, g_bytes_get_data(lesson->bytes, NULL),
                              (guint)g_bytes_get_size(lesson->bytes));
        break;
    }
}

void
capture_record_teach(struct capture_record *record)
{
    for (guint i = 0; record->lessons && i < record->lessons->len; i++)
        teach(g_ptr_array_index(record->lessons, i));
    g_clear_pointer(&record->lessons, g_ptr_array_unref);
}

static struct capture_record *
record_new(void)
{
    struct capture_record *record = g_new0(struct capture_record, 1);

    compat_record_init(&record->data);
    return record;
}

void
capture_record_free(struct capture_record *record)
{
    if (!record)
        return;
    compat_record_clear(&record->data);
    g_clear_pointer(&record->lessons, g_ptr_array_unref);
    g_free(record);
}

void
capture_init(void)
{
    wtap_init(TRUE);
}

/* Compressed in a way that wiretap cannot undo. */
static gboolean
is_to_be_unpacked(const char *path)
{
    static const char *const endings[] = {".xz", ".bz2", ".zip", ".7z", ".rar", ".Z"};

    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(path, endings[i]))
            return TRUE;
    }
    return FALSE;
}

/* Takes ownership of detail. */
static void
set_read_error(GError **error, const char *path, int reason, char *detail)
{
    if (reason == WTAP_ERR_SHORT_READ)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_IO,
                            "the capture is cut short in the middle of a packet.");
    else if (reason == EISDIR)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR,
                            "this is a folder; -d reads the captures below a folder.");
    else if (reason == WTAP_ERR_FILE_UNKNOWN_FORMAT)
        g_set_error_literal(
            error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
            is_to_be_unpacked(path)
                ? "Wireshark reads captures compressed as .gz, .zst or .lz4 only; unpack this one first."
                : "this isn't a capture file in a format that Wireshark understands.");
    else
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "%s%s%s.", wtap_strerror(reason), detail ? ": " : "",
                    detail ? detail : "");
    g_free(detail);
}

static gboolean
open_next(struct capture *capture, GError **error)
{
    const char *path = g_ptr_array_index(capture->paths, capture->next);
    char *detail = NULL;
    int reason = 0;

    capture->next++;
    g_mutex_lock(&capture->files);
    capture->file = wtap_open_offline(path, WTAP_TYPE_AUTO, &reason, &detail, FALSE);
    g_mutex_unlock(&capture->files);
    if (!capture->file) {
        set_read_error(error, path, reason, detail);
        if (capture->next > 1)
            g_prefix_error(error, "'%s': ", path);
        return FALSE;
    }
    wtap_set_cb_new_ipv4(capture->file, note_ipv4_name);
    wtap_set_cb_new_ipv6(capture->file, note_ipv6_name);
    wtap_set_cb_new_secrets(capture->file, note_secrets);
    return TRUE;
}

static void
close_file(struct capture *capture)
{
    if (!capture->file)
        return;
    capture->closed_bytes += wtap_read_so_far(capture->file);
    wtap_close(capture->file);
    capture->file = NULL;
}

struct capture *
capture_open(const GPtrArray *paths, GError **error)
{
    struct capture *capture = g_new0(struct capture, 1);

    capture->paths = paths;
    capture->drops = capture_drops_new();
    capture->record = record_new();
    g_mutex_init(&capture->files);
    reading = capture;
    if (open_next(capture, error))
        return capture;
    capture_close(capture);
    return NULL;
}

void
capture_close(struct capture *capture)
{
    if (!capture)
        return;
    close_file(capture);
    capture_drops_free(capture->drops);
    capture_record_free(capture->record);
    g_mutex_clear(&capture->files);
    g_free(capture);
    reading = NULL;
}

gboolean
capture_next(struct capture *capture, GError **error)
{
    char *detail = NULL;
    int reason = 0;
    struct capture_record *record = capture->record;

    wtap_rec_reset(&record->data.rec);
    while (!compat_read(capture->file, &record->data, &reason, &detail, &record->offset)) {
        if (reason != 0) {
            set_read_error(error, g_ptr_array_index(capture->paths, capture->next - 1), reason, detail);
            return FALSE;
        }
        capture_drops_end_file(capture->drops, capture->file);
        if (capture->next == capture->paths->len)
            return FALSE;
        close_file(capture);
        if (!open_next(capture, error))
            return FALSE;
    }
    capture_drops_watch(capture->drops, capture->file, &record->data.rec);
    return TRUE;
}

compat_record *
capture_data(struct capture *capture)
{
    return &capture->record->data;
}

/* The first of these options that the interface's description block has; never freed. */
static const char *
interface_text(wtap_block_t description, const guint *choices, size_t count)
{
    char *text = NULL;

    for (size_t i = 0; i < count; i++) {
        if (wtap_block_get_string_option_value(description, choices[i], &text) == WTAP_OPTTYPE_SUCCESS)
            return g_intern_string(text);
    }
    return NULL;
}

static void
describe_interface(wtap *file, struct capture_record *record)
{
    static const guint names[] = {OPT_IDB_NAME, OPT_IDB_DESCRIPTION, OPT_IDB_HARDWARE};
    static const guint descriptions[] = {OPT_IDB_DESCRIPTION};
    guint index = compat_interface_index(file, &record->data.rec);
    g_autofree wtapng_iface_descriptions_t *interfaces = wtap_file_get_idb_info(file);

    if (index < interfaces->interface_data->len) {
        wtap_block_t description = g_array_index(interfaces->interface_data, wtap_block_t, index);
        record->interface_name = interface_text(description, names, G_N_ELEMENTS(names));
        record->interface_description = interface_text(description, descriptions, G_N_ELEMENTS(descriptions));
    }
}

struct capture_record *
capture_exchange(struct capture *capture, struct capture_record *unused)
{
    struct capture_record *record = capture->record;

    record->file_type = wtap_file_type_subtype(capture->file);
    record->interface_name = record->interface_description = NULL;
    if (record->data.rec.presence_flags & WTAP_HAS_INTERFACE_ID)
        describe_interface(capture->file, record);
    capture->record = unused ? unused : record_new();
    return record;
}

void
capture_lock_files(struct capture *capture)
{
    g_mutex_lock(&capture->files);
}

void
capture_unlock_files(struct capture *capture)
{
    g_mutex_unlock(&capture->files);
}

wtap *
capture_file(const struct capture *capture)
{
    return capture->file;
}

gint64
capture_position(const struct capture *capture)
{
    return capture->closed_bytes + (capture->file ? wtap_read_so_far(capture->file) : 0);
}

bool
capture_dropped(const struct capture *capture, guint64 *packets)
{
    return capture_drops_get(capture->drops, packets);
}
