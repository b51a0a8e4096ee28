/*
 * ip_header.h - the raw bytes of IP headers that epan has decoded.
 *
 * epan's tap structures have addresses and protocol, but not the length of the headers nor, for IPv6, the fragment's
 * identification. Where epan has decoded a header, its bytes are in memory; they are found again here by addresses
 * that epan reports, never by parsing a frame from its link layer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_IP_HEADER_H
#define CICFLOW_IP_HEADER_H

#include "../../flow/fragment_table.h"
#include "../compat.h"

typedef struct {
    guint8 version, ttl;
    guint8 protocol;        /* of what follows the header and its extensions (IPv6: as far as the bytes go) */
    bool is_fragment;       /* piece of a datagram; then these follow */
    bool has_more;          /* and not its last */
    guint32 offset_bytes;   /* in the datagram */
    guint32 identification; /* of the datagram */
    const guint8 *payload;  /* what is captured of the piece; borrowed from the frame */
    guint32 payload_bytes, payload_captured;
    guint32 bytes; /* length, with IPv6 extension headers */
} ip_header;

/* A position in the bytes of a frame, of which there are several ranges when datagrams are reassembled. */
typedef struct {
    const tvbuff_t *source; /* NULL: the beginning of the frame */
    guint offset;
} ip_position;

/* Where the bytes of tvb begin. */
ip_position ip_position_of(tvbuff_t *tvb);

/* The first header with these addresses at or after `from`. */
bool ip_header_find(packet_info *pinfo, const address *src, const address *dst, ip_position from, ip_header *header);

/* The piece that a fragment's header announces, by its addresses. */
datagram_piece ip_header_piece(const ip_header *header, const address *src, const address *dst, guint16 vlan);

/* Whether the protocol is an extension header still: the chain of them was cut. */
bool ip_header_is_cut(const ip_header *header);

/* Length of the header (with IPv6 extension headers) in front of a transport header that starts with tvb. `ip` is what
 * epan told the transport; the header is at or after `from`. */
guint32 ip_header_bytes(tvbuff_t *tvb, packet_info *pinfo, const void *ip, ip_position from);

/* Whether the IPv6 header comes directly before tvb, so that there are no extension headers and no fragments. */
bool ip_header_is_plain_v6(tvbuff_t *tvb, const void *ip);

#endif
