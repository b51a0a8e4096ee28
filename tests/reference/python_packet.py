"""Turns one captured frame into the facts the Python fork takes from it, or into nothing.

Two gates: the capture filter `ip and (tcp or udp or icmp)`, which looks at fixed places of the frame only, and the packet
library, which must find a transport header behind the IPv4 header.  The library reads a header field by field and is
content when the bytes end between two fields: the missing fields then have its defaults.  Payload reaches to the end of
the captured frame, link-layer padding included.  Tunnels are payload.
"""
import ipaddress
import struct
from collections import namedtuple

ICMP, TCP, UDP = 1, 6, 17
ETHERTYPE_IPV4 = b"\x08\x00"
FAMILY_IPV4 = (b"\x02\0\0\0", b"\0\0\0\x02")  # in the byte order of whoever captured
ICMP_ECHO_REPLY, ICMP_ECHO = 0, 8
IPV4_BYTES = 20
FRAGMENT_OFFSET_MASK = 0x1FFF
FLAG_BITS = {"FIN": 0x01, "SYN": 0x02, "RST": 0x04, "PSH": 0x08, "ACK": 0x10, "URG": 0x20, "ECE": 0x40}

# Where a header may end: offsets at which the library has finished one field, the last being the whole header.
TCP_ENDS = (2, 4, 8, 12, 14, 16, 18, 20)
UDP_ENDS = (6, 8)
TCP_DEFAULT_PORT, TCP_DEFAULT_FLAGS, TCP_DEFAULT_WINDOW = 80, FLAG_BITS["SYN"], 8192
ICMP_ECHO_ENDS, ICMP_TIMESTAMP_ENDS, ICMP_TWELVE_ENDS = (1, 2, 4, 6, 8), (1, 2, 4, 6, 8, 12, 16, 20), (1, 2, 4, 6, 8, 12)
ICMP_ERROR_ENDS, ICMP_OTHER_ENDS = (1, 2, 4, 5, 6, 8), (1, 2, 4, 8)
ICMP_ENDS = {0: ICMP_ECHO_ENDS, 8: ICMP_ECHO_ENDS, 15: ICMP_ECHO_ENDS, 16: ICMP_ECHO_ENDS,
             13: ICMP_TIMESTAMP_ENDS, 14: ICMP_TIMESTAMP_ENDS,
             17: ICMP_TWELVE_ENDS, 18: ICMP_TWELVE_ENDS, 37: ICMP_TWELVE_ENDS, 38: ICMP_TWELVE_ENDS,
             3: ICMP_ERROR_ENDS, 11: ICMP_ERROR_ENDS, 12: ICMP_ERROR_ENDS}
ICMP_WITH_IDENTIFIER = frozenset((0, 8, 13, 14, 15, 16, 17, 18, 37, 38))

# `key` is (source, destination, source port or ICMP type, destination port or identifier).
Packet = namedtuple("Packet", "time_us length protocol key window flags header_length payload_length")


def packet(time_us, link_type, frame):
    """The Packet of a frame, or None when the fork ignores it."""
    start = _ipv4_start(link_type, frame)
    if start is None or len(frame) < start + IPV4_BYTES:
        return None
    protocol = frame[start + 9]
    if protocol not in TRANSPORTS or struct.unpack_from("!H", frame, start + 6)[0] & FRAGMENT_OFFSET_MASK:
        return None
    header_length = 4 * (frame[start] & 0x0F)
    at, end = _transport_region(frame, start, header_length)
    facts = TRANSPORTS[protocol](frame[at:end])
    if facts is None:
        return None
    first, second, window, flags, transport_length = facts
    source, destination = (str(ipaddress.IPv4Address(frame[start + at_:start + at_ + 4])) for at_ in (12, 16))
    return Packet(time_us, len(frame), protocol, (source, destination, first, second), window, flags, header_length,
                  len(frame) - at - transport_length)


def _ipv4_start(link_type, frame):
    """Offset of the IPv4 header where the filter passes the frame; None where it does not."""
    if link_type in (12, 101):
        return 0 if frame and frame[0] >> 4 == 4 else None
    if link_type == 228:
        return 0
    if link_type == 0:
        return 4 if frame[:4] in FAMILY_IPV4 else None
    if link_type == 108:
        return 4 if frame[:4] == FAMILY_IPV4[1] else None
    if link_type not in ETHERTYPES:
        return None
    start, at = ETHERTYPES[link_type]
    return start if frame[at:at + 2] == ETHERTYPE_IPV4 else None


# Link type -> (bytes before the IPv4 header, offset of the ethertype).
ETHERTYPES = {1: (14, 12), 113: (16, 14), 276: (20, 0)}


def _transport_region(frame, start, header_length):
    """(begin, end) of what the library looks for a transport header in."""
    options = header_length - IPV4_BYTES
    at = start + IPV4_BYTES
    if options >= 0:
        at += min(options, len(frame) - at)
    elif len(frame) - at > -options:
        at = len(frame) + options  # a negative length of options counts from the end
    total_length = struct.unpack_from("!H", frame, start + 2)[0]
    # A total length smaller than the header (0 with segmentation offload) bounds nothing.
    if total_length < header_length:
        return at, len(frame)
    return at, min(at + total_length - header_length, len(frame))


def _is_readable(data, ends):
    return len(data) >= ends[-1] or len(data) in ends


def _tcp(segment):
    """(source port, destination port, window, flags, length of the header that is there)"""
    if not _is_readable(segment, TCP_ENDS):
        return None
    source, destination = struct.unpack("!HH", segment[:4].ljust(4, b"\0"))
    if len(segment) < 4:
        destination = TCP_DEFAULT_PORT
    flags = segment[13] if len(segment) >= 14 else TCP_DEFAULT_FLAGS
    window = int.from_bytes(segment[14:16], "big") if len(segment) >= 16 else TCP_DEFAULT_WINDOW
    header = max(4 * (segment[12] >> 4), TCP_ENDS[-1]) if len(segment) > 12 else TCP_ENDS[-1]
    return source, destination, window, flags, min(header, len(segment))


def _udp(datagram):
    if not _is_readable(datagram, UDP_ENDS):
        return None
    source, destination = struct.unpack_from("!HH", datagram)
    return source, destination, 0, 0, min(UDP_ENDS[-1], len(datagram))


def _icmp(message):
    """ICMP has no ports: type and identifier take their places in the key."""
    ends = ICMP_ENDS.get(message[0], ICMP_OTHER_ENDS) if message else ICMP_OTHER_ENDS
    if not _is_readable(message, ends):
        return None
    kind, identifier = message[0], None
    if kind in ICMP_WITH_IDENTIFIER:
        identifier = int.from_bytes(message[4:6], "big") if len(message) >= 6 else 0
    return kind, identifier, 0, 0, min(ends[-1], len(message))


TRANSPORTS = {TCP: _tcp, UDP: _udp, ICMP: _icmp}


def reverse_key(packet_facts):
    """The key under which a flow is stored that this packet answers."""
    source, destination, first, second = packet_facts.key
    if packet_facts.protocol == ICMP:
        return destination, source, ICMP_ECHO if first == ICMP_ECHO_REPLY else first, second
    return destination, source, second, first
