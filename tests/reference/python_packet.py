"""Turns one captured frame into the facts the Python fork takes from it, or into nothing.

Two gates: the capture filter `ip and (tcp or udp or icmp)`, which looks at fixed places of the frame only, and the
dissection, which must find a whole transport header inside the IPv4 datagram.  Fragments after the first pass the
filter but have no transport.  Payload reaches to the end of the captured frame, link-layer padding included.
"""
import ipaddress
import struct
from collections import namedtuple

from python_tunnel import inner_tcp

ICMP, TCP, UDP = 1, 6, 17
ETHERTYPE_IPV4 = 0x0800
ICMP_ECHO_REPLY, ICMP_ECHO = 0, 8
ICMP_WITH_IDENTIFIER = frozenset((0, 8, 13, 14, 15, 16, 17, 18))
ICMP_HEADER_LENGTH = {13: 20, 14: 20, 17: 12, 18: 12}
FRAGMENT_OFFSET_MASK = 0x1FFF
FLAG_BITS = {"FIN": 0x01, "SYN": 0x02, "RST": 0x04, "PSH": 0x08, "ACK": 0x10, "URG": 0x20, "ECE": 0x40}

# Link type -> (bytes before the IPv4 header, where the ethertype is; None: the IP version is looked at instead).
LINK_LAYERS = {1: (14, 12), 113: (16, 14), 276: (20, 0), 12: (0, None), 14: (0, None), 101: (0, None), 228: (0, None)}

# `key` is (source, destination, source port or ICMP type, destination port or identifier).
Packet = namedtuple("Packet", "time_us length protocol key window flags header_length payload_length")


def packet(time_us, link_type, frame):
    """The Packet of a frame, or None when the fork ignores it."""
    start = _ipv4_start(link_type, frame)
    if start is None or len(frame) < start + 20:
        return None
    protocol = frame[start + 9]
    if protocol not in (ICMP, TCP, UDP):
        return None
    if struct.unpack_from("!H", frame, start + 6)[0] & FRAGMENT_OFFSET_MASK:
        return None
    header_length = 4 * (frame[start] & 0x0F)
    if header_length < 20:
        return None
    total_length = struct.unpack_from("!H", frame, start + 2)[0]
    # A total length smaller than the header (0 with segmentation offload) bounds nothing.
    end = start + total_length if total_length >= header_length else len(frame)
    facts = _transport(frame, protocol, start + header_length, end)
    if facts is None:
        return None
    first, second, window, flags, payload_at = facts
    source, destination = (str(ipaddress.IPv4Address(frame[start + at:start + at + 4])) for at in (12, 16))
    return Packet(time_us, len(frame), protocol, (source, destination, first, second), window, flags, header_length,
                  max(len(frame) - payload_at, 0))


def _transport(frame, protocol, at, end):
    """(first and second part of the key, window, flags, offset of the payload) of the frame's first transport."""
    inner = inner_tcp(frame, at) if protocol == UDP else None
    if inner is not None:
        protocol, at, end = TCP, inner, len(frame)
    facts = TRANSPORTS[protocol](frame[at:end])
    return facts and facts[:-1] + (at + facts[-1],)


def _ipv4_start(link_type, frame):
    if link_type not in LINK_LAYERS:
        return None
    start, ethertype_at = LINK_LAYERS[link_type]
    if len(frame) <= start + 9:
        return None
    if ethertype_at is None:
        return start if frame[start] >> 4 == 4 else None
    return start if struct.unpack_from("!H", frame, ethertype_at)[0] == ETHERTYPE_IPV4 else None


def _tcp(segment):
    if len(segment) < 20:
        return None
    source, destination = struct.unpack_from("!HH", segment)
    return source, destination, struct.unpack_from("!H", segment, 14)[0], segment[13], max(4 * (segment[12] >> 4), 20)


def _udp(datagram):
    if len(datagram) < 8:
        return None
    source, destination = struct.unpack_from("!HH", datagram)
    return source, destination, 0, 0, 8


def _icmp(message):
    """ICMP has no ports: type and identifier take their places in the key."""
    if len(message) < 8:
        return None
    kind = message[0]
    identifier = struct.unpack_from("!H", message, 4)[0] if kind in ICMP_WITH_IDENTIFIER else None
    length = ICMP_HEADER_LENGTH.get(kind, 8)
    return kind, identifier, 0, 0, length


TRANSPORTS = {TCP: _tcp, UDP: _udp, ICMP: _icmp}


def reverse_key(packet_facts):
    """The key under which a flow is stored that this packet answers."""
    source, destination, first, second = packet_facts.key
    if packet_facts.protocol == ICMP:
        return destination, source, ICMP_ECHO if first == ICMP_ECHO_REPLY else first, second
    return destination, source, second, first
