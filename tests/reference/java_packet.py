"""From a frame to the facts the Java tools keep of a packet, or to nothing when they drop the frame.

A frame is scanned as Ethernet first. When that gives no IPv4 header, or reading the headers fails, it is scanned again
with its very first byte taken for the start of an IPv4 header, whatever it is: raw IP captures work by that, and ARP,
IPv6 and other frames become packets between "addresses" made of their bytes 12 to 19.
"""
from collections import namedtuple

import java_scanner as scanner

Packet = namedtuple("Packet", "time_us source destination source_port destination_port protocol payload header "
                              "flags window sequence acknowledgement icmp_type icmp_code")

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))
IP4_OPTIONS = set(range(22)) | {23, 24, 25}
OPTION_END, OPTION_NOP = 0, 1
ICMP_TYPES = 64
KNOWN_PROTOCOLS = set(range(62)) | {94, 103, 111, 118, 132, 133, 137}
NO_PROTOCOL, PROTOCOL_ICMP, PROTOCOL_IGMP, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_SCTP = 0, 1, 2, 6, 17, 132


class Unreadable(Exception):
    """A header cannot be read to its end; the tools give the scan up."""


class View:
    """The bytes of one header; reading beyond them fails."""

    def __init__(self, data, header):
        if header.offset + header.length > len(data):
            raise Unreadable
        self.bytes = data[header.offset:header.offset + header.length]

    def read(self, at, count=1):
        if at + count > len(self.bytes):
            raise Unreadable
        return int.from_bytes(self.bytes[at:at + count], "big")


def packet_of(frame, fixed):
    """The packet in a frame under the `java-fixed` (fixed) or `java` rules, None when there is none."""
    if frame.wire_length < len(frame.data):
        return None
    for first in (scanner.ETHERNET, scanner.IP4):
        try:
            packet = read_packet(frame, scanner.scan(frame.data, frame.wire_length, first), fixed)
        except Unreadable:
            packet = None
        if packet:
            return packet
    return None


def read_packet(frame, headers, fixed):
    found = {}
    for h in headers:
        found.setdefault(h.kind, h)
    if scanner.IP4 not in found:
        return None
    ip = View(frame.data, found[scanner.IP4])
    check_ip4_options(ip)
    packet = Packet(frame.time_us, address(ip.read(12, 4)), address(ip.read(16, 4)), 0, 0, NO_PROTOCOL,
                    0, 0, 0, 0, 0, 0, -1, -1)
    for kind, read in FIXED_READERS if fixed else READERS:
        if kind in found:
            return read(packet, View(frame.data, found[kind]), found[kind])
    return other_protocol(packet, ip.read(9)) if fixed else packet


def address(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def check_ip4_options(ip):
    length, at = (ip.read(0) & 15) * 4, 20
    ip.read(16, 4)
    while at < length:
        option = ip.read(at) & 31
        if option not in IP4_OPTIONS or option == OPTION_END:
            return
        if option != OPTION_NOP:
            at += ip.read(at + 1)
        at += 1


def read_icmp(packet, view, header):
    if view.read(0) >= ICMP_TYPES:
        raise Unreadable
    return packet._replace(protocol=PROTOCOL_ICMP, icmp_type=view.read(0), icmp_code=view.read(1))


def read_tcp(packet, view, header):
    if view.read(12) >> 4 > 5 and view.read(20) != OPTION_END and view.read(20) != OPTION_NOP:
        view.read(21)
    return packet._replace(protocol=PROTOCOL_TCP, source_port=view.read(0, 2), destination_port=view.read(2, 2),
                           sequence=view.read(4, 4), acknowledgement=view.read(8, 4), flags=view.read(13),
                           window=view.read(14, 2), payload=header.payload, header=header.length)


def read_udp(packet, view, header):
    return packet._replace(protocol=PROTOCOL_UDP, source_port=view.read(0, 2), destination_port=view.read(2, 2),
                           payload=header.payload, header=header.length)


def read_sctp(packet, view, header):
    return packet._replace(protocol=PROTOCOL_SCTP, source_port=view.read(0, 2), destination_port=view.read(2, 2),
                           payload=header.payload, header=header.length)


def other_protocol(packet, number):
    if number not in KNOWN_PROTOCOLS:
        raise Unreadable
    return packet._replace(protocol=PROTOCOL_IGMP if number == PROTOCOL_IGMP else NO_PROTOCOL)


READERS = ((scanner.TCP, read_tcp), (scanner.UDP, read_udp))
FIXED_READERS = ((scanner.ICMP, read_icmp),) + READERS + ((scanner.SCTP, read_sctp),)
