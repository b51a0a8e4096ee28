/*
 * compat.c - what Wireshark has no exported function for; see compat.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

/* The time of a frame is a member of its frame_data. NULL: there is no such frame. */
static const frame_data *
find_frame(const epan_t *epan, guint32 frame)
{
    const struct {
        struct packet_provider_data *provider;
        struct packet_provider_funcs functions;
    } *session = (const void *)epan;

    const nstime_t *time =
        session->functions.get_frame_ts ? session->functions.get_frame_ts(session->provider, frame) : NULL;
    return time ? (const void *)((const char *)time - offsetof(frame_data, abs_ts)) : NULL;
}

guint32
compat_next_dissected(const epan_t *epan, guint32 frame)
{
    const frame_data *data;

    while ((data = find_frame(epan, ++frame)) != NULL) {
        if (data->num == frame && !data->ignored)
            return frame;
    }
    return 0;
}

bool
compat_is_displayed(const epan_t *epan, guint32 frame)
{
    const frame_data *data = find_frame(epan, frame);
    return data && data->passed_dfilter;
}
