/*
 * compat.c - what Wireshark has no exported function for; see compat.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "compat.h"

#include <cfile.h>
#include <dlfcn.h>
#include <string.h>

#if CICFLOW_WIRESHARK(4, 2)

compat_read *
compat_read_function(const epan_t *epan, bool *waits)
{
    (void)epan;
    (void)waits;
    return NULL;
}

#else

/* struct wtap, as far as needed: the same in all releases of 4.0. */
typedef struct {
    void *file, *random_file;
    gboolean is_pipe;
    int file_type_subtype;
    guint snapshot_length;
    GArray *section_headers, *interfaces;
    guint next_interface;
    GArray *name_resolutions, *secrets;
    char *pathname;
    void *private_data, *lua_data;
    compat_read read;
    void (*seek_read)(void), (*sequential_close)(void), (*close)(void);
    int file_encap;
    int file_tsprec;
} capture_layout;

/* Whether the layout holds, by what wiretap says itself, and the reading function is one of wiretap's. */
static bool
is_as_laid_out(wtap *capture)
{
    const capture_layout *layout = (const void *)capture;
    Dl_info reader, wiretap;

    return layout->file_type_subtype == wtap_file_type_subtype(capture) &&
           layout->snapshot_length == wtap_snapshot_length(capture) && layout->file_encap == wtap_file_encap(capture) &&
           layout->file_tsprec == wtap_file_tsprec(capture) && layout->read &&
           dladdr((void *)(uintptr_t)layout->read, &reader) != 0 &&
           dladdr((void *)(uintptr_t)wtap_read, &wiretap) != 0 && reader.dli_fbase == wiretap.dli_fbase;
}

static wtap *
capture_of(const epan_t *epan)
{
    const struct {
        struct packet_provider_data *provider;
    } *session = (const void *)epan;

    return session->provider ? session->provider->wth : NULL;
}

compat_read *
compat_read_function(const epan_t *epan, bool *waits)
{
    wtap *capture = capture_of(epan);
    int error = 0;

    if (!capture || !is_as_laid_out(capture))
        return NULL;
    *waits = wtap_file_size(capture, &error) <= 0;
    return &((capture_layout *)(void *)capture)->read;
}

#endif

void
compat_renew_record(wtap *capture, wtap_rec *rec)
{
    wtap_rec_reset(rec);
    rec->rec_header.packet_header.pkt_encap = wtap_file_encap(capture);
    rec->tsprec = wtap_file_tsprec(capture);
    rec->section_number = 0;
}

/* The time of a frame is a member of its frame_data. */
guint32
compat_next_dissected(const epan_t *epan, guint32 frame)
{
    const struct {
        struct packet_provider_data *provider;
        struct packet_provider_funcs functions;
    } *session = (const void *)epan;

    while (session->functions.get_frame_ts) {
        const nstime_t *time = session->functions.get_frame_ts(session->provider, ++frame);
        if (!time)
            return 0;
        const frame_data *data = (const void *)((const char *)time - offsetof(frame_data, abs_ts));
        if (data->num == frame && !data->ignored)
            return frame;
    }
    return 0;
}
