"""Finds a TCP header carried inside UDP, the only place where a frame of the fork can have a second transport.

The fork takes the first TCP header of a frame wherever it is, and the packet library under it opens VXLAN.  So such a
frame has the outer addresses but the ports, flags, window and payload of the inner TCP.  An inner UDP or ICMP header
changes nothing, because the outer UDP comes first.  Offsets are counted from the start of the frame.
"""
import struct

VXLAN_PORTS = frozenset((4789, 4790, 6633, 8472))
VXLAN_DESTINATION_PORT = 48879
UDP_HEADER, VXLAN_HEADER, ETHERNET_HEADER, VLAN_TAG, IPV6_HEADER, TCP_HEADER = 8, 8, 14, 4, 40, 20
IPV4_IN_IP, TCP, UDP, IPV6_IN_IP = 4, 6, 17, 41
VLAN_TYPES = (0x8100, 0x88A8)
FRAGMENT_OFFSET_MASK = 0x1FFF


def inner_tcp(frame, udp):
    """Offset of the TCP header inside the UDP datagram at offset `udp`, or None."""
    if len(frame) < udp + UDP_HEADER:
        return None
    source, destination = struct.unpack_from("!HH", frame, udp)
    if not VXLAN_PORTS & {source, destination} and destination != VXLAN_DESTINATION_PORT:
        return None
    return _ethernet(frame, udp + UDP_HEADER + VXLAN_HEADER)


def _ethernet(frame, at):
    at += ETHERNET_HEADER - 2
    while frame[at:at + 2] and int.from_bytes(frame[at:at + 2], "big") in VLAN_TYPES:
        at += VLAN_TAG
    return NETWORKS.get(frame[at:at + 2], _nothing)(frame, at + 2)


def _ipv4(frame, at):
    if len(frame) < at + 20 or struct.unpack_from("!H", frame, at + 6)[0] & FRAGMENT_OFFSET_MASK:
        return None
    return _above_ip(frame, frame[at + 9], at + 4 * (frame[at] & 0x0F))


def _ipv6(frame, at):
    return _above_ip(frame, frame[at + 6], at + IPV6_HEADER) if len(frame) > at + IPV6_HEADER else None


def _above_ip(frame, protocol, at):
    if protocol == TCP:
        return at if len(frame) >= at + TCP_HEADER else None
    return CARRIERS.get(protocol, _nothing)(frame, at)


def _nothing(_frame, _at):
    return None


NETWORKS = {b"\x08\x00": _ipv4, b"\x86\xdd": _ipv6}
CARRIERS = {UDP: inner_tcp, IPV4_IN_IP: _ipv4, IPV6_IN_IP: _ipv6}
