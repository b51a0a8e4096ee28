/*
 * java_scan.c - the scan of a frame for headers; see java_scan.h.
 *
 * Each header changes the state for those after it, so the state is the same as the library's: the end of readable
 * bytes, which padding and lengths move, and the length on the wire.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "java_scan.h"

enum {
    LOWEST_ETHERTYPE = 0x600, /* smaller values are lengths */
    LLC_SNAP = 0xaa,
    MORE_FRAGMENTS = 0x2000,
    ODD_FRAGMENT = 0x0001, /* bug of the library: an odd offset counts as "more fragments" */
    FRAGMENT_OFFSET_MASK = 0x1fff,
    IP6_BYTES = 40,
    L2TP_PORT = 1701,
    PPP_IP4 = 0x0021,
    PPP_IP6 = 0x0057
};

typedef struct {
    const uint8_t *bytes;
    int64_t end, wire;        /* end never exceeds the captured bytes */
    int64_t offset, length;   /* of the current header; length 0 ends the scan */
    int64_t payload, postfix; /* 0: not known from this header */
    java_header_kind kind, before, next;
} scan;

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
at_least_zero(int64_t a)
{
    return a > 0 ? a : 0;
}

/* Whether that many bytes of the current header are captured. */
static bool
has(const scan *s, int64_t count)
{
    return s->offset + count <= s->end;
}

static uint8_t
byte_at(const scan *s, int64_t at)
{
    return s->bytes[s->offset + at];
}

static uint16_t
short_at(const scan *s, int64_t at)
{
    return raw_get16(s->bytes + s->offset + at);
}

static java_header_kind
kind_of_ethertype(uint16_t type)
{
    switch (type) {
    case 0x0800:
        return JAVA_IP4;
    case 0x86dd:
        return JAVA_IP6;
    case 0x8100:
    case 0x88a8:
    case 0x9100:
        return JAVA_VLAN;
    default:
        return JAVA_NO_HEADER;
    }
}

static void
scan_ethernet(scan *s)
{
    if (!has(s, 14))
        return;
    s->length = 14;
    uint16_t type = short_at(s, 12);
    if (type >= LOWEST_ETHERTYPE) {
        s->next = kind_of_ethertype(type);
        return;
    }
    s->next = JAVA_LLC;
    s->payload = (int64_t)type - 14;
    s->postfix = s->end - type;
}

static void
scan_llc(scan *s)
{
    if (!has(s, 4))
        return;
    s->length = byte_at(s, 2) & 1 ? 3 : 4;
    if (byte_at(s, 0) == LLC_SNAP)
        s->next = JAVA_SNAP;
}

static void
scan_snap(scan *s)
{
    if (!has(s, 5))
        return;
    s->length = 5;
    if (short_at(s, 0) == 0 && byte_at(s, 2) == 0)
        s->next = kind_of_ethertype(short_at(s, 3));
}

static void
scan_vlan(scan *s)
{
    if (!has(s, 4))
        return;
    s->length = 4;
    if (!has(s, 14))
        return;
    uint16_t type = short_at(s, 2);
    if (type >= LOWEST_ETHERTYPE) {
        s->next = kind_of_ethertype(type);
        return;
    }
    s->next = JAVA_LLC;
    s->payload = (int64_t)type - 4 - s->offset;
}

static java_header_kind
kind_of_protocol(uint8_t protocol)
{
    switch (protocol) {
    case 1:
        return JAVA_ICMP;
    case 4:
        return JAVA_IP4;
    case 6:
        return JAVA_TCP;
    case 17:
        return JAVA_UDP;
    case 132:
        return JAVA_SCTP;
    default:
        return JAVA_NO_HEADER;
    }
}

/* Padding is only removed directly after Ethernet. */
static void
scan_ip4(scan *s)
{
    if (!has(s, 20))
        return;
    int64_t total = short_at(s, 2);
    uint16_t fragment = short_at(s, 6);

    s->length = (int64_t)(byte_at(s, 0) & 15) * 4;
    s->payload = total - s->length;
    if (s->before == JAVA_ETHERNET && total <= s->end)
        s->end = least(s->end, s->offset + total);
    if (fragment & (MORE_FRAGMENTS | ODD_FRAGMENT))
        s->payload = s->end - s->length - s->offset;
    if (has(s, 16) && !(fragment & FRAGMENT_OFFSET_MASK))
        s->next = byte_at(s, 9) == 115 ? JAVA_L2TP : kind_of_protocol(byte_at(s, 9));
}

static bool
is_ip6_extension(uint8_t protocol)
{
    return protocol == 0 || protocol == 43 || protocol == 44 || protocol == 50 || protocol == 51 || protocol == 60 ||
           protocol == 135;
}

/* The library adds the header's offset once too often when it checks an extension's length. */
static void
scan_ip6(scan *s)
{
    if (!has(s, IP6_BYTES))
        return;
    s->length = IP6_BYTES;
    s->payload = short_at(s, 4);
    uint8_t protocol = byte_at(s, 6);
    while (is_ip6_extension(protocol)) {
        if (!has(s, s->length + 2))
            return;
        protocol = byte_at(s, s->length);
        int64_t size = (int64_t)byte_at(s, s->length + 1) * 8 + 8;
        if (!has(s, s->offset + size))
            return;
        s->length += size;
        s->payload -= size;
    }
    s->next = kind_of_protocol(protocol);
}

/* Errors of type 3 and 12 quote a datagram, which the library decodes as well. */
static void
scan_icmp(scan *s)
{
    if (!has(s, 4))
        return;
    s->length = 8;
    if (byte_at(s, 0) == 3 || byte_at(s, 0) == 12)
        s->next = JAVA_IP4;
}

static void
scan_tcp(scan *s)
{
    if (has(s, 20))
        s->length = (int64_t)(byte_at(s, 12) >> 4) * 4;
}

static void
scan_udp(scan *s)
{
    if (!has(s, 8))
        return;
    s->length = 8;
    if (short_at(s, 0) == L2TP_PORT || short_at(s, 2) == L2TP_PORT)
        s->next = JAVA_L2TP;
}

static void
scan_sctp(scan *s)
{
    s->length = 12;
}

static void
scan_l2tp(scan *s)
{
    if (!has(s, 2))
        return;
    uint8_t flags = byte_at(s, 0);
    s->length = 6 + (flags & 0x40 ? 2 : 0) + (flags & 0x08 ? 4 : 0) + (flags & 0x02 ? 4 : 0);
    if (!(flags & 0x80))
        s->next = JAVA_PPP;
}

static void
scan_ppp(scan *s)
{
    if (!has(s, 4))
        return;
    s->length = 4;
    if (short_at(s, 2) == PPP_IP4)
        s->next = JAVA_IP4;
    else if (short_at(s, 2) == PPP_IP6)
        s->next = JAVA_IP6;
}

static void (*const scanners[JAVA_HEADER_KINDS])(scan *) = {
    [JAVA_ETHERNET] = scan_ethernet, [JAVA_LLC] = scan_llc,   [JAVA_SNAP] = scan_snap, [JAVA_VLAN] = scan_vlan,
    [JAVA_IP4] = scan_ip4,           [JAVA_IP6] = scan_ip6,   [JAVA_ICMP] = scan_icmp, [JAVA_TCP] = scan_tcp,
    [JAVA_UDP] = scan_udp,           [JAVA_SCTP] = scan_sctp, [JAVA_L2TP] = scan_l2tp, [JAVA_PPP] = scan_ppp,
};

/* Clips the current header's lengths to the frame, and records the header if it is the first of its kind. */
static void
record(scan *s, java_headers *headers)
{
    java_header *header = &headers->header[s->kind];

    s->wire -= s->postfix;
    s->end = least(s->end, s->wire);
    int64_t body = s->offset + s->length;
    if (s->payload == 0)
        s->payload = at_least_zero(s->wire - body);
    if (body + s->payload + s->postfix > s->end && body + s->payload > s->end) {
        s->payload = at_least_zero(s->end - body);
        if (body > s->end)
            s->length = at_least_zero(s->end - s->offset);
    }
    if (!header->found)
        *header = (java_header){true, s->offset, s->length, s->payload};
}

void
java_scan(const raw_frame *frame, java_header_kind first, java_headers *headers)
{
    scan s = {
        .bytes = frame->bytes,
        .end = (int64_t)frame->captured_bytes,
        .wire = (int64_t)frame->wire_bytes,
        .kind = first,
        .before = JAVA_NO_HEADER,
    };

    *headers = (java_headers){0};
    while (s.kind != JAVA_NO_HEADER && s.offset < s.end) {
        s.length = s.payload = s.postfix = 0;
        s.next = JAVA_NO_HEADER;
        scanners[s.kind](&s);
        if (s.length == 0)
            return;
        record(&s, headers);
        s.offset += s.length;
        s.before = s.kind;
        s.kind = s.next;
    }
}
