/*
 * ip_header.h - the raw bytes of IP headers that epan has decoded.
 *
 * epan's ws_ip4 and ws_ip6 have addresses and protocol, but not the header length nor, for IPv6, the fragment's
 * identification. The bytes of a decoded header are still in memory; they are found here by the addresses that epan
 * reports, never by parsing the frame from its link layer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../flow/fragment_table.h"
#include "../compat.h"

typedef struct {
    guint8 version, ttl;
    guint8 protocol;        /* protocol after the header and its extensions (IPv6: as far as captured) */
    bool is_fragment;       /* fragment of a datagram; the members below are then set */
    bool has_more;          /* more fragments follow */
    guint32 offset_bytes;   /* offset in the datagram */
    guint32 identification; /* identification of the datagram */
    const guint8 *payload;  /* captured bytes of the fragment; borrowed from the frame */
    guint32 payload_bytes, payload_captured;
    guint32 bytes; /* header length, with IPv6 extension headers */
} ip_header;

/* A position in a frame's bytes. Reassembled datagrams are data sources of their own, so there can be several. */
typedef struct {
    const tvbuff_t *source; /* NULL: beginning of the frame */
    guint offset;
} ip_position;

/* The bytes of an IP address of epan. */
flow_address flow_address_of(const address *a);

/* The position at which tvb begins. */
ip_position ip_position_of(tvbuff_t *tvb);

/* The first header with these addresses at or after `from`. */
bool ip_header_find(packet_info *pinfo, const address *src, const address *dst, ip_position from, ip_header *header);

/* The piece described by a fragment's header, identified by these addresses. */
datagram_piece ip_header_piece(const ip_header *header, const address *src, const address *dst, guint16 vlan);

/* Whether the protocol is still an extension header because the chain of them was cut. */
bool ip_header_is_cut(const ip_header *header);

/* Length of the IP header (with IPv6 extension headers) before a transport header at the start of tvb. `ip` is what the
 * transport dissector was handed; the header is at or after `from`. */
guint32 ip_header_bytes(tvbuff_t *tvb, packet_info *pinfo, const void *ip, ip_position from);

/* Whether the IPv6 header ends directly before tvb, with neither extension headers nor fragmentation. */
bool ip_header_is_plain_v6(tvbuff_t *tvb, const void *ip);
