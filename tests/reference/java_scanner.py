"""Which headers the packet library of the Java tools (jnetpcap 1.4) sees in a frame, and how long it takes them to be.

The scan starts with a header given by the caller at offset 0, whatever the link type, and follows the library's own
chain of bindings: Ethernet, 802.3/LLC/SNAP, VLAN, IPv4, IPv6, ICMP, TCP, UDP, SCTP, L2TP and PPP; nothing else leads
on. Each header gets a payload length, cut to what was captured and to what the outer headers leave. The rules, odd ones
included, are the library's; java_dialect.md lists them.
"""
import struct
from collections import namedtuple

Header = namedtuple("Header", "kind offset length payload")

(ETHERNET, LLC, SNAP, VLAN, IP4, IP6, ICMP, TCP, UDP, SCTP, L2TP, PPP, OTHER) = (
    "ethernet", "llc", "snap", "vlan", "ip4", "ip6", "icmp", "tcp", "udp", "sctp", "l2tp", "ppp", "other")

ETHERTYPES = {0x0800: IP4, 0x86DD: IP6, 0x8100: VLAN, 0x88A8: VLAN, 0x9100: VLAN}
IP4_PROTOCOLS = {1: ICMP, 4: IP4, 6: TCP, 17: UDP, 115: L2TP, 132: SCTP}
IP6_PROTOCOLS = {1: ICMP, 4: IP4, 6: TCP, 17: UDP, 132: SCTP}
IP6_EXTENSIONS = {0, 43, 44, 50, 51, 60, 135}
LOWEST_ETHERTYPE = 0x600
L2TP_PORT = 1701
ICMP_WITH_DATAGRAM = {3, 12}


class Scan:
    """State of one scan: the library's own variables, because later headers depend on what earlier ones left."""

    def __init__(self, data, wire_length):
        self.data = data
        self.end = len(data)
        self.wire_length = wire_length
        self.headers = []
        self.start(0)

    def start(self, offset):
        self.offset = offset
        self.length = 0
        self.next = OTHER

    def left(self):
        return self.end - self.offset

    def accessible(self, count):
        return self.offset + count <= self.end

    def byte(self, at):
        return self.data[self.offset + at]

    def short(self, at):
        return struct.unpack_from(">H", self.data, self.offset + at)[0]


def scan(data, wire_length, first):
    """The headers of a frame, outermost first, when its first byte is taken for the start of a `first` header."""
    s = Scan(data, wire_length)
    kind = first
    while kind != OTHER:
        s.payload = s.postfix = 0
        SCANNERS[kind](s)
        if s.length == 0:
            break
        s.headers.append(record(s, kind))
        kind, offset = s.next, s.offset + s.length
        if offset >= s.end:
            break
        s.start(offset)
    return s.headers


def record(s, kind):
    s.wire_length -= s.postfix
    s.end = min(s.end, s.wire_length)
    if s.payload == 0:
        s.payload = max(0, s.wire_length - (s.offset + s.length))
    body = s.offset + s.length
    if body + s.payload + s.postfix > s.end and body + s.payload > s.end:
        s.payload = max(0, s.end - body)
        if body > s.end:
            s.length = max(0, s.end - s.offset)
    return Header(kind, s.offset, s.length, s.payload)


def scan_ethernet(s):
    if s.left() < 14:
        return
    s.length = 14
    kind = s.short(12)
    if kind >= LOWEST_ETHERTYPE:
        s.next = ETHERTYPES.get(kind, OTHER)
        return
    s.next = LLC
    s.payload = kind - 14
    s.postfix = s.end - kind


def scan_llc(s):
    if s.left() < 4:
        return
    s.length = 3 if s.byte(2) & 1 else 4
    if s.byte(0) == 0xAA:
        s.next = SNAP


def scan_snap(s):
    if s.left() < 5:
        return
    s.length = 5
    if s.data[s.offset:s.offset + 3] == b"\0\0\0":
        s.next = ETHERTYPES.get(s.short(3), OTHER)


def scan_vlan(s):
    if s.left() < 4:
        return
    s.length = 4
    if not s.accessible(14):
        return
    kind = s.short(2)
    if kind >= LOWEST_ETHERTYPE:
        s.next = ETHERTYPES.get(kind, OTHER)
        return
    s.next = LLC
    s.payload = kind - 4 - s.offset


def scan_ip4(s):
    if s.left() < 20:
        return
    total, flags = s.short(2), s.short(6)
    s.length = (s.byte(0) & 15) * 4
    s.payload = total - s.length
    if s.headers and s.headers[-1].kind == ETHERNET and total <= s.end:
        s.end -= max(0, s.end - s.offset - total)
    if flags & 0x2000 or flags & 1:
        s.payload = s.end - s.length - s.offset
    if s.accessible(16) and not flags & 0x1FFF:
        s.next = IP4_PROTOCOLS.get(s.byte(9), OTHER)


def scan_ip6(s):
    if s.left() < 40:
        return
    s.length = 40
    s.payload = s.short(4)
    if len(s.headers) > 1 and s.headers[-1].kind == ETHERNET:
        s.end -= max(0, s.end - s.offset - s.payload - 40)
    kind = s.byte(6)
    while kind in IP6_EXTENSIONS:
        if not s.accessible(s.length + 2):
            return
        kind, size = s.byte(s.length), s.byte(s.length + 1) * 8 + 8
        if not s.accessible(s.offset + size):
            return
        s.length += size
        s.payload -= size
    s.next = IP6_PROTOCOLS.get(kind, OTHER)


def scan_icmp(s):
    if s.left() < 4:
        return
    s.length = 8
    if s.byte(0) in ICMP_WITH_DATAGRAM:
        s.next = IP4


def scan_tcp(s):
    if s.left() >= 20:
        s.length = (s.byte(12) >> 4) * 4


def scan_udp(s):
    if s.left() < 8:
        return
    s.length = 8
    if L2TP_PORT in (s.short(0), s.short(2)):
        s.next = L2TP


def scan_sctp(s):
    s.length = 12


def scan_l2tp(s):
    if s.left() < 2:
        return
    flags = s.byte(0)
    s.length = 6 + (2 if flags & 0x40 else 0) + (4 if flags & 0x08 else 0) + (4 if flags & 0x02 else 0)
    if not flags & 0x80:
        s.next = PPP


def scan_ppp(s):
    if s.left() < 4:
        return
    s.length = 4
    s.next = {0x0021: IP4, 0x0057: IP6}.get(s.short(2), OTHER)


SCANNERS = {ETHERNET: scan_ethernet, LLC: scan_llc, SNAP: scan_snap, VLAN: scan_vlan, IP4: scan_ip4, IP6: scan_ip6,
            ICMP: scan_icmp, TCP: scan_tcp, UDP: scan_udp, SCTP: scan_sctp, L2TP: scan_l2tp, PPP: scan_ppp}
