/*
 * raw_frame.h - the bytes of one frame, for the dialects of tools that parse frames themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Link layers. */
typedef enum {
    LINK_OTHER,
    LINK_ETHERNET,
    LINK_LINUX_COOKED,
    LINK_LINUX_COOKED_2,
    LINK_RAW_IP,   /* IPv4 or IPv6, by the version field */
    LINK_RAW_IPV4, /* IPv4 whatever its version field says */
    LINK_NULL,     /* BSD loopback: address family in the byte order of the capturing machine */
    LINK_LOOP      /* OpenBSD loopback: address family in network byte order */
} link_layer;

typedef struct {
    const uint8_t *bytes;
    size_t captured_bytes;
    size_t wire_bytes;
    link_layer link;
    bool has_checksum; /* the capture says that the link layer's checksum is at the end */
    int64_t time_ns;
    uint64_t number; /* of the frame, from 1 */
} raw_frame;

static inline uint16_t
raw_get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
raw_get32(const uint8_t *p)
{
    return (uint32_t)raw_get16(p) << 16 | raw_get16(p + 2);
}
