/*
 * capture.c - see capture.h. Wiretap's callbacks get no context, so the capture being read stands in a static variable:
 * a process reads one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include <epan/secrets.h>
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
    guint next; /* of the paths */
    wtap *file;
    gint64 closed_bytes; /* of files before */
    capture_drops *drops;
    compat_record record;
    gint64 offset;
    GPtrArray *lessons;
};

static struct capture *reading;

static void
free_lesson(gpointer data)
{
    struct lesson *lesson = data;
    if (lesson->bytes)
        g_bytes_unref(lesson->bytes);
    g_free(lesson->name);
    g_free(lesson);
}

static void
keep_lesson(struct lesson lesson)
{
    g_ptr_array_add(reading->lessons, g_memdup2(&lesson, sizeof lesson));
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
capture_teach(struct capture *capture)
{
    for (guint i = 0; i < capture->lessons->len; i++)
        teach(g_ptr_array_index(capture->lessons, i));
    g_ptr_array_set_size(capture->lessons, 0);
}

void
capture_init(void)
{
    wtap_init(TRUE);
}

/* Takes over the detail. */
static void
set_read_error(GError **error, int reason, char *detail)
{
    if (reason == WTAP_ERR_SHORT_READ)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_IO,
                            "the capture is cut short in the middle of a packet.");
    else if (reason == WTAP_ERR_FILE_UNKNOWN_FORMAT)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                            "this isn't a capture file in a format that Wireshark understands.");
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
    capture->file = wtap_open_offline(path, WTAP_TYPE_AUTO, &reason, &detail, FALSE);
    if (!capture->file) {
        set_read_error(error, reason, detail);
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
    capture->lessons = g_ptr_array_new_with_free_func(free_lesson);
    compat_record_init(&capture->record);
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
    compat_record_clear(&capture->record);
    capture_drops_free(capture->drops);
    g_ptr_array_unref(capture->lessons);
    g_free(capture);
    reading = NULL;
}

gboolean
capture_next(struct capture *capture, GError **error)
{
    char *detail = NULL;
    int reason = 0;

    wtap_rec_reset(&capture->record.rec);
    while (!compat_read(capture->file, &capture->record, &reason, &detail, &capture->offset)) {
        if (reason != 0) {
            set_read_error(error, reason, detail);
            return FALSE;
        }
        capture_drops_end_file(capture->drops, capture->file);
        if (capture->next == capture->paths->len)
            return FALSE;
        close_file(capture);
        if (!open_next(capture, error))
            return FALSE;
    }
    capture_drops_watch(capture->drops, capture->file, &capture->record.rec);
    return TRUE;
}

compat_record *
capture_record(struct capture *capture)
{
    return &capture->record;
}

gint64
capture_offset(const struct capture *capture)
{
    return capture->offset;
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
