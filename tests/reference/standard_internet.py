"""From a frame to the one packet of it that counts: IPv4, IPv6, reassembly, TCP, UDP, ICMP.

A Walk goes through one frame and notes every IP header it meets as a Layer, outermost first, with what follows it: a
Packet, or the reason why there is none. Decoder.decode then picks the innermost (or outermost) layer whose transport is
one of the four. Because the protocol number decides and not whether its header could be decoded, a tunnelled packet that
is cut, or still waits for fragments, never turns into a packet of the tunnel around it.
"""
import ipaddress
import socket
from collections import namedtuple

import standard_links as links
import standard_tunnels as tunnels
from standard_fragments import FragmentTable

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
COUNTED = (ICMP, TCP, UDP, ICMPV6)

EXT_FRAGMENT, EXT_AUTHENTICATION = 44, 51
EXT_GENERIC = (0, 43, 60, 135, 139, 140)        # length in units of 8 bytes, the first not counted
EXTENSIONS = EXT_GENERIC + (EXT_FRAGMENT, EXT_AUTHENTICATION)
HOP_BY_HOP, OPTION_PAD, OPTION_JUMBO, NO_NEXT_HEADER = 0, 0, 0xC2, 59

ICMP_WITH_IDENTIFIER = {ICMP: (0, 8, 13, 14, 15, 16, 17, 18, 42, 43), ICMPV6: (128, 129, 160, 161)}
ICMP_LEAST = {ICMP: 8, ICMPV6: 4}
ICMP_HEADER = 8

NO_IP, OTHER_TRANSPORT, UNDECODABLE, FRAGMENT = "no_ip", "other_transport", "undecodable", "fragment"

Packet = namedtuple("Packet", "source destination source_port destination_port protocol icmp_type icmp_id "
                              "header_bytes payload_bytes flags window sequence acknowledgement vlans", defaults=[()])
Layer = namedtuple("Layer", "protocol frames packet reason")


class Ip:
    """What transports need of the IP header above them."""

    def __init__(self, source, destination, header_bytes, frames, vlans):
        self.source, self.destination, self.vlans = source, destination, vlans
        self.header_bytes, self.frames = header_bytes, frames


class Walk:
    """One way through one frame."""

    def __init__(self, fragments, frame):
        self.fragments, self.frame, self.frames = fragments, frame, [getattr(frame, "number", frame)]
        self.layers, self.vlan, self.vlans = [], 0, ()
        self.is_outer = False       # the outermost packet counts: pieces inside it are no concern
        self.is_cut = False         # in a datagram of which bytes are missing: tunnels in it are not opened

    def note(self, ip, protocol, packet, reason=None):
        self.layers.append(Layer(protocol, ip.frames if ip else self.frames, packet, reason))

    def ipv4(self, part):
        head = part.number(0, 1)
        size = 4 * (head & 15)
        total = part.number(2) or part.length       # 0: left to the network card's segmentation
        if not part.has(20) or head >> 4 != 4 or size < 20 or total < size:
            self.note(None, None, None, UNDECODABLE)
            return
        ip = Ip(part.data[12:16], part.data[16:20], size, self.frames, self.vlans)
        protocol, fragment = part.data[9], part.number(6)
        if not part.has(size):
            self.note(ip, protocol, None, UNDECODABLE)
            return
        identity = part.number(4)
        part = part.limit(total).skip(size)
        if fragment & 0x3FFF:
            key = (4, ip.source, ip.destination, protocol, identity, self._fragment_vlan(ip))
            part = self._reassemble(key, (fragment & 0x1FFF) * 8, fragment & 0x2000, part, ip, protocol)
        if part:
            self.extensions(protocol, part, ip, (EXT_AUTHENTICATION,))

    def _fragment_vlan(self, ip):
        """Private addresses may be used again in another VLAN, public ones may not."""
        addresses = [ipaddress.IPv4Address(address) for address in (ip.source, ip.destination)]
        private = any(address in network for address in addresses for network in PRIVATE_NETWORKS)
        return self.vlan if private else 0

    def ipv6(self, part):
        if not part.has(40) or part.data[0] >> 4 != 6:
            self.note(None, None, None, UNDECODABLE)
            return
        ip = Ip(part.data[8:24], part.data[24:40], 40, self.frames, self.vlans)
        protocol, size = part.data[6], part.number(4)
        part = part.skip(40)
        if size == 0 and protocol == HOP_BY_HOP:
            size = jumbo_length(part)
        elif size == 0 and protocol != NO_NEXT_HEADER:
            size = part.length                      # left to the network card's segmentation
        self.extensions(protocol, part.limit(size), ip, EXTENSIONS)

    def extensions(self, protocol, part, ip, known):
        """Steps over extension headers; in IPv6 they count as part of the IP header."""
        while protocol in known:
            size = 8
            if protocol == EXT_AUTHENTICATION and part.has(2):
                size = 4 * (part.data[1] + 2)
            elif protocol in EXT_GENERIC and part.has(2):
                size = 8 * (part.data[1] + 1)
            if not part.has(size):
                self.note(ip, protocol, None, UNDECODABLE)
                return
            here, protocol, header = protocol, part.data[0], part
            part = part.skip(size)
            if len(ip.source) == 16:
                ip.header_bytes += size
            if here == EXT_FRAGMENT and header.number(2) & 0xFFF9:
                place = header.number(2)
                key = (6, ip.source, ip.destination, header.number(4, 4))
                part = self._reassemble(key, place & 0xFFF8, place & 1, part, ip, protocol)
                if not part:
                    return
        self._transport(protocol, part, ip)

    def _reassemble(self, key, offset, more, part, ip, protocol):
        done = None
        if self.is_outer and any(layer.protocol in COUNTED for layer in self.layers):
            self.note(ip, protocol, None, FRAGMENT)
            return None
        if part.length:
            done = self.fragments.add(key, self.frame, offset, part, more, ip.frames, ip, protocol)
        if done is None:
            self.note(ip, protocol, None, FRAGMENT)
            return None
        ip.frames = self.frames = done.frames
        data = done.bytes()
        self.is_cut = self.is_cut or len(data) < done.end
        return links.Part(data, done.end)

    def _transport(self, protocol, part, ip):
        if protocol not in COUNTED:
            self.note(ip, protocol, None, OTHER_TRANSPORT)
            if not self.is_cut:
                tunnels.over_ip(protocol, part, self)
            return
        packet = TRANSPORTS[protocol](protocol, part, ip)
        packet = packet and packet._replace(vlans=ip.vlans)
        self.note(ip, protocol, packet, None if packet else UNDECODABLE)
        if packet and protocol == UDP and not self.is_cut:
            ports = (packet.source_port, packet.destination_port)
            tunnels.over_udp(ports, part.skip(8).limit(packet.payload_bytes), self)


PRIVATE_NETWORKS = [ipaddress.ip_network(text) for text in
                    ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")]


def jumbo_length(part):
    """The jumbo payload length of a hop-by-hop header (RFC 2675), 0 when there is none."""
    at, end = 2, 8 * (part.number(1, 1) + 1)
    while at + 2 <= end and part.has(end):
        if part.data[at] == OPTION_PAD:
            at += 1
            continue
        if part.data[at] == OPTION_JUMBO:
            return part.number(at + 2, 4)
        at += 2 + part.data[at + 1]
    return 0


def tcp(protocol, part, ip):
    size = 4 * (part.number(12, 1) >> 4)
    if size < 20 or size > part.length or not part.has(20):
        return None
    return Packet(ip.source, ip.destination, part.number(0), part.number(2), protocol, None, None,
                  ip.header_bytes, part.length - size, part.data[13], part.number(14), part.number(4, 4), part.number(8, 4))


def udp(protocol, part, ip):
    size = part.number(4)
    if size == 0 and len(ip.source) == 16:
        size = part.length                          # RFC 2675: as long as the IP payload
    if size < 8 or not part.has(8):
        return None
    return Packet(ip.source, ip.destination, part.number(0), part.number(2), protocol, None, None,
                  ip.header_bytes, size - 8, 0, 0, 0, 0)


def icmp(protocol, part, ip):
    if not part.has(ICMP_LEAST[protocol]):
        return None
    kind = part.data[0]
    named = kind in ICMP_WITH_IDENTIFIER[protocol]
    if named and not part.has(ICMP_HEADER):
        return None
    return Packet(ip.source, ip.destination, -1, -1, protocol, kind, part.number(4) if named else 0,
                  ip.header_bytes, max(0, part.length - ICMP_HEADER), 0, 0, 0, 0)


TRANSPORTS = {TCP: tcp, UDP: udp, ICMP: icmp, ICMPV6: icmp}


def address_text(address):
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)


def late_packet(datagram):
    """The packet of a datagram that lacks pieces, or None and the reason."""
    if datagram.protocol is None:
        return None, FRAGMENT
    held = datagram.held()
    part = links.Part(datagram.bytes(), held + 1000 if datagram.end is None else datagram.end)
    walk = Walk(None, datagram.frames[-1])
    walk.is_cut = True
    walk.extensions(datagram.protocol, part, datagram.ip, EXTENSIONS if len(datagram.ip.source) == 16 else (EXT_AUTHENTICATION,))
    packet, reason = walk.layers[-1].packet, walk.layers[-1].reason
    if packet and packet.protocol != UDP:       # whose payload is what is there
        headers = part.length - packet.payload_bytes
        packet = packet._replace(payload_bytes=max(0, held - headers))
    return packet, reason


class Decoder:
    """Frames in, packets out; keeps the open fragments and what became of every frame."""

    def __init__(self, tunnel="inner"):
        self.fragments, self.pick = FragmentTable(), -1 if tunnel == "inner" else 0
        self.lengths, self.fate = {}, {}

    def decode(self, frame):
        """The frame's flow packet and its packet length, or (None, 0)."""
        walk = Walk(self.fragments, frame)
        walk.is_outer = self.pick == 0
        links.frame(frame.link, links.Part(frame.data, frame.length), walk)
        self.lengths[frame.number] = frame.length
        counted = [layer for layer in walk.layers if layer.protocol in COUNTED]
        chosen = counted[self.pick] if counted else walk.layers[-1] if walk.layers else None
        reason = "used" if chosen and chosen.packet else chosen.reason if chosen else NO_IP
        for number in chosen.frames if chosen else walk.frames:
            self.fate[number] = reason
        if reason != "used":
            return None, 0
        return chosen.packet, sum(self.lengths[number] for number in chosen.frames)

    def overdue(self, now_ns=None):
        """(time, packet, packet length) of the datagrams that are not waited for any longer."""
        for datagram in self.fragments.overdue(now_ns):
            packet, reason = late_packet(datagram)
            for number in datagram.frames:
                self.fate[number] = "used" if packet else reason
            if packet:
                yield datagram.newest_ns, packet, sum(self.lengths[number] for number in datagram.frames)

    def statistics(self):
        """Frames read, used (every fragment of a counted datagram included), and skipped by reason."""
        counts = dict.fromkeys(("used", NO_IP, OTHER_TRANSPORT, UNDECODABLE, FRAGMENT), 0)
        for reason in self.fate.values():
            counts[reason] += 1
        return {"packets": len(self.fate), **counts}
