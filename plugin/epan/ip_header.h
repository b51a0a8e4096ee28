/*
 * ip_header.h - the raw IP header behind what epan decoded.
 *
 * epan's tap structures have addresses and protocol, but not the length of the headers nor, for IPv6, the fragment's
 * identification. Where epan has decoded a header, its bytes are in memory; they are found again here by addresses
 * that epan reports, never by parsing a frame from its link layer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_IP_HEADER_H
#define CICFLOW_IP_HEADER_H

#include "compat.h"

typedef struct {
    guint8 version;
    guint8 protocol;        /* of what follows the header and its extensions (IPv6: as far as the bytes go) */
    bool is_fragment;       /* piece of a datagram */
    guint32 identification; /* of the datagram, when it is one */
    guint32 bytes;          /* length, with IPv6 extension headers */
} ip_header;

/* The header with these addresses, in any of the frame's data sources: the last one that has it. */
bool ip_header_find(packet_info *pinfo, const address *src, const address *dst, ip_header *header);

/* Length of the header (with IPv6 extension headers) in front of a transport header that starts with tvb. `ip` is what
 * epan's IP dissectors hand to transports: ws_ip4 or ws_ip6. */
guint32 ip_header_bytes(tvbuff_t *tvb, packet_info *pinfo, const void *ip);

#endif
