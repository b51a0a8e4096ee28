"""From a frame's first byte to the IP packets in it: link layers, tags, labels.

Every function takes a Part and the walk in progress, and either hands the part on or lets it drop (no IP in it). IP itself
belongs to standard_internet.py, which calls back here for what tunnels carry.
"""
import struct

ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_BRIDGED, ETHERTYPE_PPP = 0x0800, 0x86DD, 0x6558, 0x880B
ETHERTYPE_PPPOE = 0x8864
VLAN_TAGS = (0x8100, 0x88A8, 0x9100)
MPLS_TYPES = (0x8847, 0x8848)
SMALLEST_ETHERTYPE = 0x0600          # below: an 802.3 length
SLL_LLC = 0x0004
SNAP_HEADER = b"\xaa\xaa\x03\0\0\0"
PPP_ADDRESS_CONTROL = b"\xff\x03"
PPP_IPV4, PPP_IPV6 = 0x0021, 0x0057
FAMILY_IPV4, FAMILIES_IPV6 = 2, (10, 24, 28, 30)


class Part:
    """A piece of a packet: the bytes captured of it, and how long it was on the wire."""

    def __init__(self, data, length):
        self.length = max(0, length)
        self.data = data[:self.length]

    def skip(self, count):
        return Part(self.data[count:], self.length - count)

    def limit(self, length):
        return Part(self.data, min(self.length, length))

    def has(self, count):
        """True when that many bytes were captured."""
        return len(self.data) >= count

    def number(self, at, size=2):
        return int.from_bytes(self.data[at:at + size], "big")


def frame(link, part, walk):
    """Walks one frame of the given pcap link type."""
    handler = LINKS.get(link)
    if handler:
        handler(part, walk)


def ethertype(kind, part, walk):
    """Walks what an EtherType announces."""
    if kind == ETHERTYPE_IPV4:
        walk.ipv4(part)
    elif kind == ETHERTYPE_IPV6:
        walk.ipv6(part)
    elif kind in VLAN_TAGS:
        vlan(part, walk)
    elif kind in MPLS_TYPES:
        mpls(part, walk)
    elif kind == ETHERTYPE_BRIDGED:
        ethernet(part, walk)
    elif kind == ETHERTYPE_PPP:
        ppp(part, walk)
    elif kind == ETHERTYPE_PPPOE and part.has(6):
        ppp(part.skip(6).limit(part.number(4)), walk)


def length_or_type(kind, part, walk):
    """An Ethernet type field: an EtherType, or the length of an LLC frame."""
    if kind >= SMALLEST_ETHERTYPE:
        ethertype(kind, part, walk)
    else:
        llc(part.limit(kind), walk)


def llc(part, walk):
    if part.has(8) and part.data.startswith(SNAP_HEADER):
        ethertype(part.number(6), part.skip(8), walk)


def ethernet(part, walk):
    if part.has(14):
        length_or_type(part.number(12), part.skip(14), walk)


def vlan(part, walk):
    if part.has(4):
        number = part.number(0) & 0x0FFF
        walk.vlan = walk.vlan or number
        if number:                                  # 0 is a priority, no VLAN
            walk.vlans += (number,)
        length_or_type(part.number(2), part.skip(4), walk)


def mpls(part, walk):
    while part.has(4):
        bottom = part.data[2] & 1
        part = part.skip(4)
        if bottom:
            by_version(part, walk)
            return


def by_version(part, walk):
    """IP without a type in front of it: the first four bits tell."""
    version = part.data[0] >> 4 if part.has(1) else 0
    if version == 4:
        walk.ipv4(part)
    elif version == 6:
        walk.ipv6(part)


def ppp(part, walk):
    if part.data.startswith(PPP_ADDRESS_CONTROL):
        part = part.skip(2)
    if not part.has(2):
        return
    size = 1 if part.data[0] & 1 else 2
    protocol = part.number(0, size)
    if protocol == PPP_IPV4:
        walk.ipv4(part.skip(size))
    elif protocol == PPP_IPV6:
        walk.ipv6(part.skip(size))


def cooked(header, protocol_at):
    """Linux cooked captures: a header of this size with the protocol at this place."""
    def walk_cooked(part, walk):
        if not part.has(header):
            return
        kind = part.number(protocol_at)
        if kind == SLL_LLC:
            llc(part.skip(header), walk)
        else:
            ethertype(kind, part.skip(header), walk)
    return walk_cooked


def loopback(part, walk):
    """BSD loopback: an address family in the byte order of whoever captured."""
    if not part.has(4):
        return
    families = struct.unpack("<I", part.data[:4]) + struct.unpack(">I", part.data[:4])
    if FAMILY_IPV4 in families:
        walk.ipv4(part.skip(4))
    elif any(family in FAMILIES_IPV6 for family in families):
        walk.ipv6(part.skip(4))


LINKS = {
    0: loopback, 108: loopback,
    1: ethernet,
    9: ppp,
    12: by_version, 14: by_version, 101: by_version,
    113: cooked(16, 14), 276: cooked(20, 0),
    228: lambda part, walk: walk.ipv4(part),
    229: lambda part, walk: walk.ipv6(part),
}
