/*
 * java_scan.h - the headers and lengths that the packet library of the Java tools (jNetPcap 1.4) finds in a frame.
 *
 * A scan starts with a given kind of header at the frame's first byte, whatever the link type, and follows the
 * library's chain of headers: Ethernet, 802.3/LLC/SNAP, VLAN, IPv4, IPv6, ICMP, TCP, UDP, SCTP, L2TP and PPP. Each
 * header gets a payload length, cut to what was captured and to what the headers before it leave. The odd rules are the
 * library's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>

#include "../raw_frame.h"

typedef enum {
    JAVA_ETHERNET,
    JAVA_LLC,
    JAVA_SNAP,
    JAVA_VLAN,
    JAVA_IP4,
    JAVA_IP6,
    JAVA_ICMP,
    JAVA_TCP,
    JAVA_UDP,
    JAVA_SCTP,
    JAVA_L2TP,
    JAVA_PPP,
    JAVA_HEADER_KINDS,
    JAVA_NO_HEADER = JAVA_HEADER_KINDS /* ends the chain */
} java_header_kind;

typedef struct {
    bool found;
    int64_t offset, length, payload; /* length and offset may reach beyond the frame */
} java_header;

/* The outermost header of each kind. */
typedef struct {
    java_header header[JAVA_HEADER_KINDS];
} java_headers;

/* Scans a frame, taking its first byte for the start of a `first` header. */
void java_scan(const raw_frame *frame, java_header_kind first, java_headers *headers);
