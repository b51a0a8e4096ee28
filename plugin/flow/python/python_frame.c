/*
 * python_frame.c - decodes frames as the Python fork does; see python_frame.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "python_frame.h"

#include <glib.h>
#include <string.h>

enum {
    ETHERTYPE_IPV4 = 0x0800,
    FAMILY_IPV4 = 2,
    FRAGMENT_OFFSET_MASK = 0x1fff,
    LONGEST_FRAME = 65535,
    IPV4_BYTES = 20
};

/* The library's defaults for fields missing from a truncated TCP header. */
enum { DEFAULT_PORT = 80, DEFAULT_FLAGS = TCP_SYN, DEFAULT_WINDOW = 8192 };

/* A range of the frame's bytes that headers are read from. */
typedef struct {
    const uint8_t *bytes;
    size_t count;
} region;

/* The library reads a header field by field, and accepts it if the bytes end between two fields. */
typedef struct {
    size_t bytes;          /* length of the whole header, without TCP options */
    uint32_t field_starts; /* bit n: n bytes are enough */
} header_shape;

#define AT(offset) (1u << (offset))

static bool
is_readable(header_shape shape, region r)
{
    return r.count >= shape.bytes || (shape.field_starts >> r.count & 1);
}

static bool
is_family_ipv4(const uint8_t *p, link_layer link)
{
    static const uint8_t little_endian[4] = {FAMILY_IPV4};

    return raw_get32(p) == FAMILY_IPV4 || (link == LINK_NULL && memcmp(p, little_endian, sizeof little_endian) == 0);
}

/* Offset of the IPv4 header; false if the capture filter does not match the frame. */
static bool
find_ipv4(const raw_frame *frame, size_t captured, size_t *at)
{
    static const struct {
        size_t header_bytes, type_at;
    } links[] = {
        [LINK_ETHERNET] = {14, 12}, [LINK_LINUX_COOKED] = {16, 14}, [LINK_LINUX_COOKED_2] = {20, 0},
        [LINK_RAW_IP] = {0, 0},     [LINK_RAW_IPV4] = {0, 0},       [LINK_NULL] = {4, 0},
        [LINK_LOOP] = {4, 0},
    };

    if (frame->link == LINK_OTHER)
        return false;
    *at = links[frame->link].header_bytes;
    if (captured < *at + IPV4_BYTES)
        return false;
    switch (frame->link) {
    case LINK_RAW_IP:
        return frame->bytes[0] >> 4 == 4;
    case LINK_RAW_IPV4:
        return true;
    case LINK_NULL:
    case LINK_LOOP:
        return is_family_ipv4(frame->bytes, frame->link);
    default:
        return raw_get16(frame->bytes + links[frame->link].type_at) == ETHERTYPE_IPV4;
    }
}

/* The bytes in which the library looks for a transport header. With a header length below 20 the length of options is
 * negative, so it counts from the end. A total length below the header length (0 with segmentation offload) is no
 * limit. */
static region
find_transport(const uint8_t *ip, size_t captured)
{
    size_t header = (size_t)(ip[0] & 15) * 4, total = raw_get16(ip + 2);
    size_t at = header < captured ? header : captured;

    if (header < IPV4_BYTES)
        at = captured - IPV4_BYTES > IPV4_BYTES - header ? captured - (IPV4_BYTES - header) : IPV4_BYTES;
    region r = {ip + at, captured - at};
    if (total >= header && total - header < r.count)
        r.count = total - header;
    return r;
}

static header_shape
icmp_shape(uint8_t type)
{
    const uint32_t start = AT(1) | AT(2) | AT(4), echo = start | AT(6), error = echo | AT(5);

    switch (type) {
    case 0:
    case 8:
    case 15:
    case 16:
        return (header_shape){8, echo};
    case 13:
    case 14:
        return (header_shape){20, echo | AT(8) | AT(12) | AT(16)};
    case 17:
    case 18:
    case 37:
    case 38:
        return (header_shape){12, echo | AT(8)};
    case 3:
    case 11:
    case 12:
        return (header_shape){8, error};
    default:
        return (header_shape){8, start};
    }
}

/* The functions below return the length of the header, 0 if the library cannot read it. */

static size_t
read_tcp(region r, observation *packet)
{
    const header_shape shape = {20, AT(2) | AT(4) | AT(8) | AT(12) | AT(14) | AT(16) | AT(18)};
    const uint8_t *p = r.bytes;

    if (!is_readable(shape, r))
        return 0;
    packet->src_port = raw_get16(p);
    packet->dst_port = r.count >= 4 ? raw_get16(p + 2) : DEFAULT_PORT;
    packet->tcp_sequence = r.count >= 8 ? raw_get32(p + 4) : 0;
    packet->tcp_acknowledgement = r.count >= 12 ? raw_get32(p + 8) : 0;
    packet->tcp_flags = r.count >= 14 ? p[13] : DEFAULT_FLAGS;
    packet->tcp_window = r.count >= 16 ? raw_get16(p + 14) : DEFAULT_WINDOW;
    size_t header = r.count > shape.bytes ? (size_t)(p[12] >> 4) * 4 : shape.bytes;
    return MIN(MAX(header, shape.bytes), r.count);
}

static size_t
read_udp(region r, observation *packet)
{
    const header_shape shape = {8, AT(6)};

    if (!is_readable(shape, r))
        return 0;
    packet->src_port = raw_get16(r.bytes);
    packet->dst_port = raw_get16(r.bytes + 2);
    return MIN(shape.bytes, r.count);
}

static size_t
read_icmp(region r, observation *packet)
{
    if (r.count == 0 || !is_readable(icmp_shape(r.bytes[0]), r))
        return 0;
    packet->icmp_type = r.bytes[0];
    packet->icmp_code = r.count >= 2 ? r.bytes[1] : 0;
    packet->icmp_identifier = r.count >= 6 ? raw_get16(r.bytes + 4) : 0;
    return MIN(icmp_shape(r.bytes[0]).bytes, r.count);
}

static size_t
read_transport(region r, uint8_t protocol, observation *packet)
{
    switch (protocol) {
    case TRANSPORT_TCP:
        return read_tcp(r, packet);
    case TRANSPORT_UDP:
        return read_udp(r, packet);
    case TRANSPORT_ICMP:
        return read_icmp(r, packet);
    default:
        return 0;
    }
}

bool
python_frame_decode(const raw_frame *frame, observation *packet)
{
    size_t captured = MIN(frame->captured_bytes, LONGEST_FRAME), ip_at;

    if (!find_ipv4(frame, captured, &ip_at))
        return false;
    const uint8_t *ip = frame->bytes + ip_at;
    if (raw_get16(ip + 6) & FRAGMENT_OFFSET_MASK)
        return false;
    *packet = (observation){
        .time_ns = observation_whole_microseconds_ns(frame->time_ns),
        .frame = frame->number,
        .length_bytes = captured,
        .captured_bytes = captured,
        .ip_version = 4,
        .protocol = ip[9],
        .ttl = ip[8],
        .ip_header_bytes = (uint32_t)(ip[0] & 15) * 4,
    };
    memcpy(packet->src.bytes, ip + 12, 4);
    memcpy(packet->dst.bytes, ip + 16, 4);
    region transport = find_transport(ip, captured - ip_at);
    size_t header = read_transport(transport, packet->protocol, packet);
    if (header == 0)
        return false;
    packet->transport_header_bytes = (uint32_t)header;
    packet->payload_bytes = (uint32_t)(frame->bytes + captured - transport.bytes - (ptrdiff_t)header);
    return true;
}
