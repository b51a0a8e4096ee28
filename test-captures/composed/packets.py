"""Packets as bytes, from the transport outwards, with right lengths and checksums unless a caller asks for wrong ones.

A transport is a Segment (protocol number, bytes, where its checksum goes); ipv4() and ipv6() fill the checksum in, because
it covers their addresses. Everything else takes bytes and returns bytes.
"""
import ipaddress
import struct
from collections import namedtuple

ICMP, IGMP, IPIP, TCP, UDP, IPV6_IN_IP, GRE, AH, ICMPV6, OSPF, SCTP, UDPLITE = 1, 2, 4, 6, 17, 41, 47, 51, 58, 89, 132, 136
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 0, 43, 44, 60
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))
TYPE_IPV4, TYPE_ARP, TYPE_VLAN, TYPE_IPV6, TYPE_QINQ, TYPE_OLD_QINQ = 0x0800, 0x0806, 0x8100, 0x86DD, 0x88A8, 0x9100
TYPE_MPLS, TYPE_PPPOE, TYPE_BRIDGED = 0x8847, 0x8864, 0x6558
MAC_A, MAC_B = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
MORE_FRAGMENTS = 0x2000

Segment = namedtuple("Segment", "protocol data checksum_at", defaults=(None,))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def put_checksum(data, at, covered=None):
    """data with the checksum of `covered` (itself, unless told) written at this place."""
    value = checksum(data if covered is None else covered)
    return data[:at] + struct.pack("!H", value) + data[at + 2:]


def sealed(segment, source, destination):
    """The segment's bytes with its checksum over the pseudo header of these addresses."""
    if segment.checksum_at is None:
        return segment.data
    if segment.protocol == ICMP:
        return put_checksum(segment.data, segment.checksum_at)
    pseudo = source + destination + struct.pack("!IHH", len(segment.data), 0, segment.protocol)
    return put_checksum(segment.data, segment.checksum_at, pseudo + segment.data)


def tcp(source, destination, flags, payload=b"", seq=1, ack=1, window=1000, options=b"", offset=None, urgent=0):
    """options: a multiple of 4 bytes; offset: the data offset in words, when it is to be wrong."""
    words = 5 + len(options) // 4 if offset is None else offset
    head = struct.pack("!HHIIBBHHH", source, destination, seq, ack if flags & ACK else 0, words << 4, flags, window, 0, urgent)
    return Segment(TCP, head + options + payload, 16)


def udp(source, destination, payload=b"", length=None):
    """length: the length field, when it is to be wrong."""
    size = 8 + len(payload) if length is None else length
    return Segment(UDP, struct.pack("!HHHH", source, destination, size, 0) + payload, 6)


def icmp(kind, code=0, identifier=0, sequence=0, payload=b"", protocol=ICMP):
    return Segment(protocol, struct.pack("!BBHHH", kind, code, 0, identifier, sequence) + payload, 2)


def icmpv6(kind, code=0, identifier=0, sequence=0, payload=b""):
    return icmp(kind, code, identifier, sequence, payload, ICMPV6)


def ipv4(source, destination, segment, identity=0, options=b"", fragment=0, ttl=64, total=None):
    """fragment: flags and offset field; options: a multiple of 4 bytes; total: the length field, when it is to be wrong."""
    ends = [ipaddress.IPv4Address(address).packed for address in (source, destination)]
    body = sealed(segment, *ends)
    size = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 | size // 4, 0, total or size + len(body), identity, fragment, ttl,
                       segment.protocol, 0) + ends[0] + ends[1] + options
    return put_checksum(head, 10) + body


def ipv6(source, destination, segment, extensions=(), size=None):
    """extensions: (number, header bytes without their first, the next header) from the outside in; size: the length field,
    when it is to be another."""
    ends = [ipaddress.IPv6Address(address).packed for address in (source, destination)]
    body, following = sealed(segment, *ends), segment.protocol
    for number, rest in reversed(extensions):
        body, following = bytes([following]) + rest + body, number
    size = len(body) if size is None else size
    return struct.pack("!IHBB", 6 << 28, size, following, 64) + ends[0] + ends[1] + body


def fragments(packet, sizes, identity):
    """An IPv4 packet without options cut into fragments whose payloads have these sizes (multiples of 8 but the last)."""
    head, body, at, pieces = packet[:20], packet[20:], 0, []
    for size in sizes:
        more = MORE_FRAGMENTS if at + size < len(body) else 0
        piece = body[at:at + size]
        new = head[:2] + struct.pack("!HHH", 20 + len(piece), identity, more | at // 8) + head[8:10] + b"\0\0" + head[12:20]
        pieces.append(put_checksum(new, 10) + piece)
        at += size
    return pieces


def fragments_v6(packet, sizes, identity):
    """The same for an IPv6 packet without extension headers."""
    head, body, at, pieces = packet[:40], packet[40:], 0, []
    for size in sizes:
        piece = body[at:at + size]
        more = 1 if at + size < len(body) else 0
        inserted = struct.pack("!BBHI", head[6], 0, at | more, identity)
        pieces.append(head[:4] + struct.pack("!HB", 8 + len(piece), FRAGMENT) + head[7:] + inserted + piece)
        at += size
    return pieces


def of_version(packet):
    return TYPE_IPV6 if packet[0] >> 4 == 6 else TYPE_IPV4


def ethernet(packet, kind=None, least=0):
    """least: pad with zeros to this length, as network cards do to 60."""
    kind = of_version(packet) if kind is None else kind
    return (MAC_B + MAC_A + struct.pack("!H", kind) + packet).ljust(least, b"\0")


def tagged(packet, *tags):
    """tags: (EtherType of the tag, VLAN number) from the outside in."""
    data, kind = packet, of_version(packet)
    for tag, vlan in reversed(tags):
        data, kind = struct.pack("!HH", vlan, kind) + data, tag
    return ethernet(data, kind)


def arp():
    data = struct.pack("!HHBBH", 1, TYPE_IPV4, 6, 4, 1) + MAC_A + bytes((10, 0, 0, 1)) + bytes(6) + bytes((10, 0, 0, 2))
    return ethernet(data, TYPE_ARP)


def gre(packet, kind=None, key=None, sequence=None, with_checksum=False):
    kind = of_version(packet) if kind is None else kind
    flags = (0x8000 if with_checksum else 0) | (0x2000 if key is not None else 0) | (0x1000 if sequence is not None else 0)
    data = struct.pack("!HH", flags, kind) + (bytes(4) if with_checksum else b"")
    data += b"".join(struct.pack("!I", number) for number in (key, sequence) if number is not None) + packet
    return Segment(GRE, put_checksum(data, 4) if with_checksum else data)


def vxlan(frame, network=42):
    return struct.pack("!II", 0x08000000, network << 8) + frame


def geneve(data, kind, options=b"", network=42):
    return struct.pack("!BBHI", len(options) // 4, 0, kind, network << 8) + options + data


def gtp_u(packet, sequence=None):
    extra = struct.pack("!HBB", sequence, 0, 0) if sequence is not None else b""
    return struct.pack("!BBHI", 0x32 if extra else 0x30, 255, len(extra) + len(packet), 7) + extra + packet


def mpls(packet, *labels):
    words = [label << 12 | (index == len(labels) - 1) << 8 | 64 for index, label in enumerate(labels)]
    return b"".join(struct.pack("!I", word) for word in words) + packet


def sctp():
    """An INIT chunk; its checksum is left 0, which nobody verifies by default."""
    chunk = struct.pack("!BBHIIHHI", 1, 0, 20, 1, 65535, 1, 1, 1)
    return Segment(SCTP, struct.pack("!HHII", 40000, 2905, 0, 0) + chunk)


def authentication_header(segment, source, destination):
    """AH with a 12 byte check value around a segment whose checksum is for these addresses."""
    ends = [ipaddress.ip_address(address).packed for address in (source, destination)]
    head = struct.pack("!BBHII", segment.protocol, 4, 0, 1, 1) + bytes(12)
    return Segment(AH, head + sealed(segment, *ends))
