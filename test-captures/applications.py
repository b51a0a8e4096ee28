#!/usr/bin/env python3
"""Composes a capture of application protocols, encapsulations, retransmissions and hostile names.

usage: applications.py CAPTURE

A flow of each kind, told apart by the last number of its client's address. The same bytes every time.
"""
import struct
import sys

from composed.files import MS, S, at, pcap
from composed.packets import (ACK, FIN, PSH, SYN, TYPE_BRIDGED, TYPE_MPLS, TYPE_PPPOE, TYPE_QINQ, TYPE_VLAN, ethernet, gre,
                              icmp, icmpv6, ipv4, ipv6, mpls, Segment, tagged, tcp, udp, vxlan, IPIP, IPV6_IN_IP)

SERVER = "192.0.2.80"
RESOLVER = "192.0.2.53"
STEP = 10 * MS


def client(number):
    return f"10.0.0.{number}"


def plain(packet):
    return ethernet(packet)


def dns_query(name, identifier=1):
    """name: labels as bytes, or text with dots."""
    labels = name.encode().split(b".") if isinstance(name, str) else name
    question = b"".join(bytes([len(label)]) + label for label in labels) + b"\0\0\x01\0\x01"
    return struct.pack("!HHHHHH", identifier, 0x0100, 1, 0, 0, 0) + question


def dns_answer(name, identifier=1):
    query = dns_query(name, identifier)
    answer = struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + bytes((192, 0, 2, 1))
    return query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + query[12:] + answer


def http_request(host):
    """host: bytes."""
    return b"GET /index.html HTTP/1.1\r\nHost: " + host + b"\r\nUser-Agent: test\r\n\r\n"


HTTP_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def client_hello(name, padding=0):
    """A TLS 1.2 ClientHello with the server name (bytes), and an extension to make it longer."""
    def vector(size, data):
        return len(data).to_bytes(size, "big") + data
    server_name = b"\0\0" + vector(2, vector(2, b"\0" + vector(2, name)))
    extensions = server_name + (b"\0\x15" + vector(2, bytes(padding)) if padding else b"")
    body = b"\x03\x03" + bytes(range(32)) + vector(1, b"") + vector(2, b"\xc0\x2f") + vector(1, b"\0") + vector(2, extensions)
    return b"\x16\x03\x01" + vector(2, b"\x01" + vector(3, body))


class Conversation:
    """TCP packets of two ends, with right sequence numbers. No protocol has the near port: of two that a packet's ports
    belong to, the one that Wireshark takes may depend on whether it makes a protocol tree."""

    def __init__(self, near, far=SERVER, port=80, near_port=45678, packet=ipv4, wrap=plain):
        self.ends = (near, near_port), (far, port)
        self.next = [1000, 5000]
        self.packet, self.wrap, self.frames = packet, wrap, []

    def segment(self, side, flags, payload=b"", seq=None):
        (address, port), (other, other_port) = self.ends[side], self.ends[1 - side]
        start = self.next[side] if seq is None else seq
        data = tcp(port, other_port, flags, payload, start, self.next[1 - side])
        self.frames.append(self.wrap(self.packet(address, other, data)))
        if seq is None:
            self.next[side] += len(payload) + bool(flags & (SYN | FIN))
        return start

    def open(self):
        self.segment(0, SYN)
        self.segment(1, SYN | ACK)
        self.segment(0, ACK)
        return self

    def send(self, payload, side=0):
        self.segment(side, PSH | ACK, payload)
        self.segment(1 - side, ACK)
        return self

    def again(self, payload, side=0):
        """The payload just sent, once more."""
        self.segment(side, PSH | ACK, payload, self.next[side] - len(payload))
        return self

    def close(self):
        for side in (0, 1):
            self.segment(side, FIN | ACK)
        self.segment(0, ACK)
        return self.frames


def exchange(near, request, answer=None, far=RESOLVER, port=53, packet=ipv4, wrap=plain, near_port=41000):
    frames = [wrap(packet(near, far, udp(near_port, port, request)))]
    if answer:
        frames.append(wrap(packet(far, near, udp(port, near_port, answer))))
    return frames


def pppoe(packet):
    data = struct.pack("!BBHHH", 0x11, 0, 1, len(packet) + 2, 0x0021) + packet
    return ethernet(data, TYPE_PPPOE)


def in_vxlan(packet, outer_tags=((TYPE_VLAN, 10),), inner_tags=((TYPE_VLAN, 20),)):
    inner = tagged(packet, *inner_tags)
    return tagged(ipv4("172.16.0.1", "172.16.0.2", udp(50000, 4789, vxlan(inner))), *outer_tags)


def in_gre(packet):
    return ethernet(ipv4("172.16.0.1", "172.16.0.2", gre(packet)))


def in_bridged_gre_in_ip(packet):
    inner = ipv4("172.16.0.1", "172.16.0.2", gre(ethernet(packet), TYPE_BRIDGED))
    return ethernet(ipv4("172.16.1.1", "172.16.1.2", Segment(IPIP, inner)))


def in_ipv4(packet):
    protocol = IPV6_IN_IP if packet[0] >> 4 == 6 else IPIP
    return ethernet(ipv4("172.16.0.1", "172.16.0.2", Segment(protocol, packet)))


def web(number, host=b"www.example.com", **more):
    return Conversation(client(number), **more).open().send(http_request(host)).send(HTTP_ANSWER, 1).close()


def split_hello():
    hello = client_hello(b"split.example.net", 300)
    return Conversation(client(4), port=443).open().send(hello[:60]).send(hello[60:]).close()


def retransmissions():
    talk = Conversation(client(5), port=9000).open()
    talk.send(b"a" * 100).again(b"a" * 100).again(b"a" * 100).send(b"b" * 50, 1).again(b"b" * 50, 1)
    return talk.send(b"c" * 10).close()


def unreachable():
    """An error about a DNS query, whose name is not that of the ICMP flow."""
    query = ipv4(client(6), RESOLVER, udp(41000, 53, dns_query("quoted.example.com")))
    return [plain(ipv4(RESOLVER, client(6), icmp(3, 3, payload=query)))]


def applications():
    secure = Conversation(client(3), port=443).open().send(client_hello(b"mail.example.org"))
    two = dns_query("first.example.com") , dns_query("second.example.com", 2)
    return [
        exchange(client(1), dns_query("www.example.com"), dns_answer("www.example.com")),
        web(2, b"shop.example.com:8080"),
        secure.send(bytes.fromhex("150303000202 28"), 1).close(),
        split_hello(),
        retransmissions(),
        unreachable(),
        [plain(ipv4(client(7), SERVER, tcp(45678, port, SYN))) for port in (21, 22, 23)],
        exchange(client(8), two[0]) + exchange(client(8), two[1]),
        Conversation(client(9), port=9001).open().send(b"\x01\x02\x03 nothing known \xff").close(),
        Conversation("2001:db8::10", "2001:db8::80", 443, packet=ipv6).open().send(client_hello(b"six.example.org")).close(),
        [plain(ipv4(client(11), SERVER, icmp(8, 0, 7, 1, b"ping"))), plain(ipv4(SERVER, client(11), icmp(0, 0, 7, 1, b"ping")))],
    ]


def encapsulations():
    return [
        web(21, wrap=lambda p: tagged(p, (TYPE_VLAN, 100))),
        exchange(client(22), dns_query("qinq.example.com"), wrap=lambda p: tagged(p, (TYPE_QINQ, 200), (TYPE_VLAN, 300))),
        web(23, wrap=in_vxlan),
        exchange(client(24), dns_query("gre.example.com"), wrap=in_gre),
        web(25, wrap=in_ipv4),
        [in_ipv4(ipv6("2001:db8::26", "2001:db8::80", icmpv6(128, 0, 9, 1)))],
        web(27, wrap=lambda p: ethernet(mpls(p, 16, 17), TYPE_MPLS)),
        web(28, wrap=pppoe),
        exchange(client(29), dns_query("deep.example.com"), wrap=in_bridged_gre_in_ip),
    ]


HOSTILE_HOSTS = (b"=cmd|' /C calc'!A0", b"+1+1", b"-2", b"@SUM(A1)", b'a,"b"', b"\x1b[31mred", b"raw \xff\xfe bytes", b"x" * 4000,
                 "\u202eevil \u00e9\u0085".encode(), b"back\\slash", b"&<tag>")


def hostile():
    """Host names in HTTP from client 101 on, then in DNS and TLS."""
    flows = [web(101 + index, host) for index, host in enumerate(HOSTILE_HOSTS)]
    name = [b"line\nbreak", b"t\tab", b"nul\0end", b"=1"]
    flows.append(exchange(client(150), dns_query(name)))
    flows.append(Conversation(client(151), port=443).open().send(client_hello(b"\r\n=sni\x07")).close())
    return flows


def frames():
    time, result = 0, []
    for flow in applications() + encapsulations() + hostile():
        for data in flow:
            result.append(at(time, data))
            time += STEP
        time += S
    return result


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        file.write(pcap(frames()))
