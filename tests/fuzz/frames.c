/*
 * frames.c - fuzz target: any bytes as a frame of every link layer, through every decoder of ours.
 *
 * Checked of every frame that is decoded: lengths stay within the frame, and only flow packets come out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/dialect.h"
#include "flow/flow_rules.h"
#include "flow/plain_frame.h"
#include "fuzz.h"

static void
check_plain(const raw_frame *frame)
{
    observation packet;
    plain_form form;

    if (!plain_frame_decode(frame, &packet, &form) || form.fate != FRAME_USED)
        return;
    FUZZ_CHECK(packet.payload_bytes == 0 || form.payload_at + packet.payload_bytes <= frame->wire_bytes);
    FUZZ_CHECK(packet.ip_version == 4 || packet.ip_version == 6);
    FUZZ_CHECK(packet.protocol == TRANSPORT_TCP || packet.protocol == TRANSPORT_UDP || observation_is_icmp(&packet));
    FUZZ_CHECK(packet.ip_header_bytes + packet.transport_header_bytes <= form.payload_at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes bytes = {data, size};
    uint64_t form = fuzz_take(&bytes, 1);
    size_t cut = (size_t)fuzz_take(&bytes, (form & 0x80) != 0 ? 1 : 0);

    for (link_layer link = LINK_OTHER; link <= LINK_RAW_IP; link++) {
        raw_frame frame = {
            .bytes = bytes.at,
            .captured_bytes = bytes.left,
            .wire_bytes = bytes.left + cut,
            .link = link,
            .number = 1,
        };
        observation packet;
        if (bytes.left == 0)
            return 0;
        check_plain(&frame);
        for (size_t i = 0; dialect_at(i); i++) {
            if (dialect_at(i)->rules->decode)
                (void)dialect_at(i)->rules->decode(&frame, &packet);
        }
    }
    return 0;
}
