/*
 * ip_header.c - the raw bytes of IP headers that epan has decoded; see ip_header.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ip_header.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/ipproto.h>
#include <string.h>

#include "../../flow/raw_frame.h"

enum { IPV4_BYTES_MIN = 20, IPV4_BYTES_MAX = 60, IPV6_BYTES = 40, EXTENSION_BYTES_MIN = 8 };
enum { IPV4_MORE_FRAGMENTS = 0x2000, IPV4_OFFSET_MASK = 0x1fff, IPV6_MORE_FRAGMENTS = 1, IPV6_OFFSET_MASK = 0xfff8 };

/* The bytes of one data source. */
typedef struct {
    const guint8 *data;
    guint length;
} byte_range;

static byte_range
range_of(tvbuff_t *tvb)
{
    guint length = tvb_captured_length(tvb);
    return (byte_range){length > 0 ? tvb_get_ptr(tvb, 0, (gint)length) : NULL, length};
}

static bool
has_bytes(const guint8 *p, const address *a)
{
    return memcmp(p, a->data, (size_t)a->len) == 0;
}

/* With IPv4 options the destination in the header may be a hop of a source route, while epan reports the final one. */
static bool
is_ipv4_at(byte_range range, guint offset, const address *src, const address *dst)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a range without bytes has the length 0. */
    if (offset + IPV4_BYTES_MIN > range.length || range.data[offset] >> 4 != 4 || (range.data[offset] & 15) < 5)
        return false;
    bool has_options = (range.data[offset] & 15) > 5;
    return has_bytes(range.data + offset + 12, src) && (has_options || has_bytes(range.data + offset + 16, dst));
}

static bool
is_ipv6_at(byte_range range, guint offset, const address *src)
{
    return offset + IPV6_BYTES <= range.length && range.data[offset] >> 4 == 6 &&
           has_bytes(range.data + offset + 8, src);
}

/* Sets the bytes of the datagram that come with the header. */
static void
set_payload(byte_range range, guint offset, guint length, ip_header *header)
{
    guint captured = range.length - offset > header->bytes ? range.length - offset - header->bytes : 0;

    header->payload = captured > 0 ? range.data + offset + header->bytes : NULL;
    header->payload_bytes = length;
    header->payload_captured = MIN(captured, length);
}

static void
read_ipv4(byte_range range, guint offset, ip_header *header)
{
    const guint8 *p = range.data + offset;
    guint total = raw_get16(p + 2);
    guint fragment = raw_get16(p + 6);

    *header = (ip_header){
        .version = 4,
        .protocol = p[9],
        .ttl = p[8],
        .is_fragment = (fragment & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) != 0,
        .has_more = (fragment & IPV4_MORE_FRAGMENTS) != 0,
        .offset_bytes = (fragment & IPV4_OFFSET_MASK) * 8,
        .identification = raw_get16(p + 4),
        .bytes = (guint)(p[0] & 15) * 4,
    };
    if (total == 0)
        total = range.length - offset;
    set_payload(range, offset, total > header->bytes ? total - header->bytes : 0, header);
}

static bool
is_extension(guint8 protocol)
{
    switch (protocol) {
    case IP_PROTO_HOPOPTS:
    case IP_PROTO_ROUTING:
    case IP_PROTO_FRAGMENT:
    case IP_PROTO_AH:
    case IP_PROTO_DSTOPTS:
    case IP_PROTO_MIPV6:
    case IP_PROTO_SHIM6:
        return true;
    default:
        return false;
    }
}

bool
ip_header_is_cut(const ip_header *header)
{
    return header->version == 6 && is_extension(header->protocol);
}

static guint
extension_bytes(guint8 protocol, const guint8 *p)
{
    if (protocol == IP_PROTO_FRAGMENT)
        return EXTENSION_BYTES_MIN;
    if (protocol == IP_PROTO_AH)
        return ((guint)p[1] + 2) * 4;
    return ((guint)p[1] + 1) * 8;
}

/* Follows the chain of extension headers as far as captured. Stops at a fragment header: after reassembly the following
 * bytes are in another data source. */
static void
read_ipv6(byte_range range, guint offset, ip_header *header)
{
    const guint8 *p = range.data + offset;

    *header = (ip_header){.version = 6, .protocol = p[6], .ttl = p[7], .bytes = IPV6_BYTES};
    while (is_extension(header->protocol) && offset + header->bytes + EXTENSION_BYTES_MIN <= range.length) {
        const guint8 *extension = p + header->bytes;
        guint8 protocol = header->protocol;
        header->bytes += extension_bytes(protocol, extension);
        header->protocol = extension[0];
        guint fragment = raw_get16(extension + 2);
        if (protocol != IP_PROTO_FRAGMENT || (fragment & (IPV6_OFFSET_MASK | IPV6_MORE_FRAGMENTS)) == 0)
            continue;
        header->is_fragment = true;
        header->has_more = (fragment & IPV6_MORE_FRAGMENTS) != 0;
        header->offset_bytes = fragment & IPV6_OFFSET_MASK;
        header->identification = raw_get32(extension + 4);
        guint whole = IPV6_BYTES + raw_get16(p + 4);
        set_payload(range, offset, whole > header->bytes ? whole - header->bytes : 0, header);
        return;
    }
}

/* Follows extension headers in the first fragment; returns their length and sets the protocol after them. */
static guint
skip_extensions(const ip_header *header, guint8 *protocol)
{
    guint at = 0;

    while (is_extension(*protocol) && *protocol != IP_PROTO_FRAGMENT &&
           (header->version == 6 || *protocol == IP_PROTO_AH) && at + EXTENSION_BYTES_MIN <= header->payload_captured) {
        const guint8 *extension = header->payload + at;
        at += extension_bytes(*protocol, extension);
        *protocol = extension[0];
    }
    return at;
}

flow_address
flow_address_of(const address *a)
{
    flow_address out = {0};
    memcpy(out.bytes, a->data, MIN((size_t)a->len, sizeof out.bytes));
    return out;
}

datagram_piece
ip_header_piece(const ip_header *header, const address *src, const address *dst, guint16 vlan)
{
    datagram_piece piece = {
        .key_src = flow_address_of(src),
        .key_dst = flow_address_of(dst),
        .identification = header->identification,
        .offset_bytes = header->offset_bytes,
        .length_bytes = header->payload_bytes,
        .has_more = header->has_more,
        .packet = {.ip_version = header->version,
                   .protocol = header->protocol,
                   .ttl = header->ttl,
                   .ip_header_bytes = header->bytes},
    };

    datagram_piece_set_vlan(&piece, vlan);
    piece.inner_protocol = header->protocol;
    if (header->offset_bytes == 0)
        piece.prefix_bytes = skip_extensions(header, &piece.inner_protocol);
    if (header->payload_captured > piece.prefix_bytes)
        datagram_piece_set_bytes(&piece, header->payload + piece.prefix_bytes,
                                 header->payload_captured - piece.prefix_bytes);
    return piece;
}

ip_position
ip_position_of(tvbuff_t *tvb)
{
    return (ip_position){tvb_get_ds_tvb(tvb), (guint)tvb_raw_offset(tvb)};
}

static bool
find_in_range(byte_range range, guint from, const address *src, const address *dst, ip_header *header)
{
    for (guint offset = from; offset + IPV4_BYTES_MIN <= range.length; offset++) {
        if (src->type == AT_IPv4 && is_ipv4_at(range, offset, src, dst)) {
            read_ipv4(range, offset, header);
            return true;
        }
        if (src->type == AT_IPv6 && is_ipv6_at(range, offset, src)) {
            read_ipv6(range, offset, header);
            return true;
        }
    }
    return false;
}

bool
ip_header_find(packet_info *pinfo, const address *src, const address *dst, ip_position from, ip_header *header)
{
    bool reached = from.source == NULL;

    if ((src->type != AT_IPv4 && src->type != AT_IPv6) || src->type != dst->type)
        return false;
    for (const GSList *source = pinfo->data_src; source; source = source->next) {
        tvbuff_t *tvb = get_data_source_tvb(source->data);
        bool is_first = tvb == from.source;
        reached = reached || is_first;
        if (reached && find_in_range(range_of(tvb), is_first ? from.offset : 0, src, dst, header))
            return true;
    }
    return false;
}

/* The header ends where the transport begins, unless there is an authentication header between them. */
static guint32
ipv4_bytes_before(byte_range range, guint end, const address *src, const address *dst)
{
    for (guint distance = IPV4_BYTES_MIN; distance <= end && distance <= IPV4_BYTES_MAX + 1024; distance += 4) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): as above, and no end is beyond the length. */
        guint bytes = (guint)(range.data[end - distance] & 15) * 4;
        if (bytes <= distance && is_ipv4_at(range, end - distance, src, dst))
            return bytes;
    }
    return 0;
}

static guint32
ipv4_bytes(tvbuff_t *tvb, packet_info *pinfo, const ws_ip4 *ip, ip_position from)
{
    tvbuff_t *source = tvb_get_ds_tvb(tvb);
    ip_header header;
    guint32 bytes = 0;

    if (source && !(ip->ip_off & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)))
        bytes = ipv4_bytes_before(range_of(source), (guint)tvb_raw_offset(tvb), &ip->ip_src, &ip->ip_dst);
    if (bytes == 0 && ip_header_find(pinfo, &ip->ip_src, &ip->ip_dst, from, &header))
        bytes = header.bytes;
    return bytes > 0 ? bytes : IPV4_BYTES_MIN;
}

bool
ip_header_is_plain_v6(tvbuff_t *tvb, const void *ip)
{
    const ws_ip6 *header = ip;
    tvbuff_t *source = tvb_get_ds_tvb(tvb);
    guint end = (guint)tvb_raw_offset(tvb);

    return source && end >= IPV6_BYTES && tvb_reported_length(tvb) == header->ip6_len &&
           is_ipv6_at(range_of(source), end - IPV6_BYTES, &header->ip6_src);
}

static guint32
ipv6_bytes(tvbuff_t *tvb, packet_info *pinfo, const ws_ip6 *ip, ip_position from)
{
    guint payload = tvb_reported_length(tvb);
    ip_header header;

    if (ip_header_is_plain_v6(tvb, ip))
        return IPV6_BYTES;
    if (!ip_header_find(pinfo, &ip->ip6_src, &ip->ip6_dst, from, &header))
        return payload < ip->ip6_len ? IPV6_BYTES + ip->ip6_len - payload : IPV6_BYTES;
    /* After a fragment header further extension headers are in the reassembled datagram, before the transport. */
    return header.is_fragment ? header.bytes + (guint)tvb_raw_offset(tvb) : header.bytes;
}

guint32
ip_header_bytes(tvbuff_t *tvb, packet_info *pinfo, const void *ip, ip_position from)
{
    return *(const guint8 *)ip == 6 ? ipv6_bytes(tvb, pinfo, ip, from) : ipv4_bytes(tvb, pinfo, ip, from);
}
