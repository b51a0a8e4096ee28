/*
 * frame_fate.h - what became of a frame: used, or skipped for one reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

typedef enum {
    FRAME_USED,
    FRAME_NO_IP,           /* epan decodes no IP header in it */
    FRAME_OTHER_TRANSPORT, /* IP, but neither TCP, UDP, ICMP nor ICMPv6 */
    FRAME_UNDECODABLE,     /* one of these, but truncated or malformed */
    FRAME_FRAGMENT,        /* a fragment whose datagram is not complete yet, or never had its first fragment */
    FRAME_NOT_IN_DIALECT,  /* ignored by the tool that the dialect reproduces */
    FRAME_FILTERED,        /* excluded by the user's filter */
    FRAME_FATES
} frame_fate;
