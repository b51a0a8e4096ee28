/*
 * compat.c - what Wireshark has no exported function for; see compat.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

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
