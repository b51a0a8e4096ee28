"""Composes the bytes of frames: link layers, VLAN, IPv4 with options and fragments, IPv6, TCP, UDP, SCTP, ICMP, VXLAN.

Every function returns bytes and puts one header before what it is given.  Lengths and the IPv4 header checksum are right
unless the caller says otherwise; transport checksums are left 0, because nothing here checks them.  Knows no files and no text.
"""
import socket
import struct

ICMP, TCP, UDP, ICMPV6, SCTP = 1, 6, 17, 58, 132
ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_VLAN = 0x0800, 0x86DD, 0x8100
ETHERNET_BYTES, IPV4_BYTES, UDP_BYTES, TCP_BYTES = 14, 20, 8, 20
FLAG_LETTERS = "FSRPAUEC"
MORE_FRAGMENTS = 0x2000
NO_OPERATION = b"\x01"  # as an IP option and as a TCP option
MAC_ADDRESSES = bytes.fromhex("020000000002020000000001")


def flag_bits(letters):
    return sum(1 << FLAG_LETTERS.index(letter) for letter in letters)


def tcp(ports, payload, flags=0, window=0, header=TCP_BYTES, numbers=(1, 1)):
    """A segment; `header` is the length of the header, a multiple of 4 from 20 to 60, `numbers` sequence and acknowledgement."""
    fields = struct.pack("!HHIIBBHHH", *ports, *numbers, header // 4 << 4, flags, window, 0, 0)
    return fields + NO_OPERATION * (header - TCP_BYTES) + payload


def udp(ports, payload):
    return struct.pack("!HHHH", *ports, UDP_BYTES + len(payload), 0) + payload


def sctp(ports, payload):
    return struct.pack("!HHII", *ports, 1, 0) + payload


def icmp(kind, identifier, payload, code=0):
    return struct.pack("!BBHHH", kind, code, 0, identifier, 1) + payload


def vxlan(frame):
    return struct.pack("!II", 0x08000000, 1 << 8) + frame


def _checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(addresses, protocol, content, options=0, fragment=0, identification=1, total=None):
    """`options`: bytes of options, a multiple of 4; `fragment`: the flags and offset word; `total`: a wrong length."""
    header_bytes = IPV4_BYTES + options
    total = header_bytes + len(content) if total is None else total
    source, destination = (socket.inet_aton(address) for address in addresses)
    start = struct.pack("!BBHHHBB", 0x40 | header_bytes // 4, 0, total, identification, fragment, 64, protocol)
    end = source + destination + NO_OPERATION * options
    return start + struct.pack("!H", _checksum(start + b"\0\0" + end)) + end + content


def ipv6(addresses, protocol, content):
    source, destination = (socket.inet_pton(socket.AF_INET6, address) for address in addresses)
    return struct.pack("!IHBB", 6 << 28, len(content), protocol, 64) + source + destination + content


def ethernet(content, ethertype=ETHERTYPE_IPV4, vlan=None):
    tag = b"" if vlan is None else struct.pack("!HH", ETHERTYPE_VLAN, vlan)
    return MAC_ADDRESSES + tag + struct.pack("!H", ethertype) + content


def _cooked(content, ethertype):
    return struct.pack("!HHH8sH", 0, 1, 6, bytes(8), ethertype) + content


def _cooked_2(content, ethertype):
    return struct.pack("!HHIHBB8s", ethertype, 0, 1, 1, 0, 6, bytes(8)) + content


# Name -> (link type of a pcap file, function of datagram and ethertype that puts the header before it).
LINKS = {
    "ethernet": (1, ethernet),
    "cooked": (113, _cooked),
    "cooked-2": (276, _cooked_2),
    "raw": (101, lambda content, _: content),
    "raw-ipv4": (228, lambda content, _: content),
    "null": (0, lambda content, _: struct.pack("<I", socket.AF_INET) + content),
    "loop": (108, lambda content, _: struct.pack("!I", socket.AF_INET) + content),
}


def link(name, datagram, ethertype=ETHERTYPE_IPV4, vlan=None):
    """A frame of the link layer with this name; only Ethernet has VLAN tags."""
    return ethernet(datagram, ethertype, vlan) if vlan is not None else LINKS[name][1](datagram, ethertype)
