"""Random frames for the java dialects: few endpoints and many kinds of header, so that flows meet every rule.

Whole frames only; times and lengths on the wire are chosen too.  A frame is (time in microseconds, length on the wire,
captured bytes).  The same seed gives the same frames.  Most frames are proper TCP, UDP or ICMP, the rest is what the tools'
packet library treats in its own ways: padding, fragments, options, tags, tunnels, quoted datagrams, cut and garbled bytes.
"""
import random
import struct

ADDRESSES = tuple(bytes(address) for address in ((10, 0, 0, 1), (10, 0, 0, 2), (192, 168, 1, 7), (255, 1, 2, 3)))
PORTS = (80, 443, 40000, 1701, 53)
MAC_STARTS = (0x00, 0x45, 0x46, 0x02, 0x4F, 0x65, 0x84)
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
FLAGS = (ACK, ACK, ACK, PSH | ACK, SYN, SYN | ACK, FIN | ACK, FIN, RST, RST | ACK, FIN | RST, URG | PSH, 0xC0, 0, 0xFF)
CALM_FLAGS = (ACK,) * 20 + (PSH | ACK,) * 10 + (SYN, FIN | ACK)  # flows that last
GAPS_US = (0, 1, 7, 999, 1000, 20000, 20000, 300000, 1000000, 1000001, 1500000, 5000000, 5000001, 7000000, 31000000,
           60000000, 119000000, 120000001, -1, -1000, -3000000)
MORE_FRAGMENTS = 0x2000
IP4_OPTIONS = (b"\x01\x01\x01\x01", b"\x94\x04\0\0", b"\x07\x07\x04\0\0\0\0\0", b"\x44\x08\x05\0\0\0\0\0",
               b"\0\0\0\0", b"\x83\x08\0\0\1\2\3\4",
               b"\x07\x27\x04\0", b"\x9e\x04\0\0", b"\x16\x04\0\0", b"\x01\x01\x01\x07", b"\x01\x01\x01\xff")
TCP_OPTIONS = (b"\x01\x01\x08\x0a12345678", b"\x02\x04\x05\xb4", b"\0\0\0\0", b"\x05\x0a12345678", b"\xff\xff\xff\xff", b"")
WHOLE_FRAMES = 100  # before the first of more bytes than the wire had, by which Wireshark would take the file for another kind
OTHER_PROTOCOLS = (0, 41, 50, 51, 58, 61, 62, 89, 94, 103, 111, 112, 118, 133, 137, 200, 255)
ETHERTYPES = (0x0806, 0x86DD, 0x8847, 0x8863, 0x8864, 0x88CC, 0x0801, 0x9100, 0x88A8)


class Frames:
    def __init__(self, seed, link="ethernet"):
        self.random = random.Random(seed)
        self.link = link
        self.count = 0
        self.flags = CALM_FLAGS if seed % 3 == 0 else FLAGS
        self.time_us = 1500000000000000 + self.random.randrange(1000000)

    def __iter__(self):
        while True:
            yield self.frame()

    def frame(self):
        """The next frame; most come soon after the one before."""
        pick = self.random
        self.time_us += pick.choice(GAPS_US) if pick.random() < 0.3 else pick.randrange(50000)
        data = self.linked() if self.link == "ethernet" else self.datagram()
        if pick.random() < 0.04:
            data = self.garbled(data)
        wire = len(data)
        if pick.random() < 0.06:
            data = data[:pick.randrange(1, len(data) + 1)]
        self.count += 1
        if pick.random() < 0.01 and self.count > WHOLE_FRAMES:
            wire = max(1, len(data) - pick.randrange(5))
        return self.time_us, wire, data

    def garbled(self, data):
        data = bytearray(data)
        for _ in range(self.random.randrange(1, 4)):
            data[self.random.randrange(min(len(data), 60))] = self.random.randrange(256)
        return bytes(data)

    def linked(self):
        """A frame of Ethernet."""
        pick = self.random
        kind = pick.random()
        if kind < 0.70:
            return self.ethernet(0x0800, self.datagram())
        if kind < 0.78:
            return self.ethernet(pick.choice((0x8100, 0x88A8, 0x9100)), self.tag(0x0800, self.datagram()))
        if kind < 0.80:
            return self.ethernet(0x8100, self.tag(0x8100, self.tag(0x0800, self.datagram())))
        if kind < 0.83:
            return self.ethernet(0x8100, self.tag(*self.other_payload()))
        if kind < 0.89:
            return self.ethernet(0x86DD, self.ip6())
        if kind < 0.94:
            return self.logical_link()
        return self.ethernet(*self.other_payload())

    def ethernet(self, ethertype, payload):
        """With padding to the minimum length, and sometimes more after it."""
        pick = self.random
        head = bytes((pick.choice(MAC_STARTS), 1, 2, 3, 4, 5, pick.choice((0, 0x40, 0x20, 1)), 7, 8,
                      pick.choice((6, 17, 1, 132, 2, 200, 61, 62)), 10, 11)) + struct.pack(">H", ethertype)
        data = head + payload
        if pick.random() < 0.6:
            data += bytes(max(0, 60 - len(data)))
        return data + pick.randbytes(pick.choice((0, 0, 0, 0, 4, 12)))

    def tag(self, ethertype, payload):
        return struct.pack(">HH", self.random.randrange(65536), ethertype) + payload

    def other_payload(self):
        pick = self.random
        return pick.choice(ETHERTYPES), pick.randbytes(pick.choice((0, 4, 28, 46, 90)))

    def logical_link(self):
        """802.3 with a length that is right or not, then LLC and perhaps SNAP."""
        pick = self.random
        llc = bytes((pick.choice((0xAA, 0xAA, 0xAA, 0x42)), 0xAA, pick.choice((3, 0, 1))))
        snap = pick.choice((b"\0\0\0", b"\0\0\xf8", b"\0\0\x0c")) + struct.pack(">H", pick.choice((0x0800, 0x86DD, 0x8100)))
        payload = llc + snap + self.datagram()
        length = len(payload) + pick.choice((0, 0, 0, 0, -3, 5, 14))
        tagged = pick.random() < 0.2
        body = struct.pack(">HH", 5, max(0, min(length, 0x5FF))) + payload
        return self.ethernet(0x8100, body) if tagged else self.ethernet(max(0, min(length, 0x5FF)), payload)

    def datagram(self, depth=0):
        """IPv4 with one of the transports, of a pool of few flows."""
        pick = self.random
        protocol, content = self.transport(depth)
        source, destination = pick.sample(ADDRESSES, 2) if pick.random() < 0.97 else (ADDRESSES[0],) * 2
        return self.ip4(protocol, content, source, destination)

    def ip4(self, protocol, content, source, destination):
        pick = self.random
        options = b""
        if pick.random() < 0.08:
            options = b"".join(pick.choice(IP4_OPTIONS) for _ in range(pick.choice((1, 1, 2, 3))))[:40]
        fragment = 0x4000
        if pick.random() < 0.08:
            fragment = pick.choice((MORE_FRAGMENTS, MORE_FRAGMENTS | 1, MORE_FRAGMENTS | 2, 1, 2, 185, 370, 0x8000))
        length = 20 + len(options) + len(content)
        if pick.random() < 0.04:
            length = pick.choice((0, 20, 24, length - 1, length + 1, length + 40, 65535))
        words = (20 + len(options)) // 4
        if pick.random() < 0.01:
            words = pick.randrange(16)
        return struct.pack(">BBHHHBBH", 0x40 | words, 0, max(0, length), pick.randrange(65536), fragment, 64, protocol,
                           0) + source + destination + options + content

    def transport(self, depth):
        pick = self.random
        kind = pick.random()
        if kind < 0.55:
            return 6, self.tcp()
        if kind < 0.75:
            return 17, self.udp(depth)
        if kind < 0.87:
            return 1, self.icmp(depth)
        if kind < 0.90:
            ports = pick.choice(PORTS), pick.choice(PORTS)
            return 132, struct.pack(">HHII", *ports, 1, 2) + pick.randbytes(pick.choice((0, 4, 20)))
        if kind < 0.92:
            return 2, b"\x16\0\0\0\xe0\0\0\x01"
        if kind < 0.94 and depth < 3:
            return 4, self.datagram(depth + 1)
        if kind < 0.96 and depth < 3:
            return 115, self.l2tp(depth)
        if kind < 0.97 and depth < 3:
            return 47, struct.pack(">HH", 0, 0x0800) + self.datagram(depth + 1)
        return pick.choice(OTHER_PROTOCOLS), pick.randbytes(pick.randrange(40))

    def payload(self):
        pick = self.random
        return pick.randbytes(pick.choice((0, 0, 0, 1, 2, 5, 12, 100, 100, 700, 1400)))

    def tcp(self):
        pick = self.random
        options = pick.choice(TCP_OPTIONS) if pick.random() < 0.3 else b""
        words = 5 + len(options) // 4
        if pick.random() < 0.03:
            words = pick.randrange(16)
        ports = pick.choice(PORTS[:3]), pick.choice(PORTS[:3])
        header = struct.pack(">HHIIBBHHH", *ports, pick.choice((1, 2, 3)), pick.choice((1, 2)), words << 4,
                             pick.choice(self.flags), pick.choice((0, 100, 65535)), 0, 0)
        return header + options + self.payload()

    def udp(self, depth):
        pick = self.random
        ports = pick.choice(PORTS), pick.choice(PORTS)
        content = self.l2tp(depth) if 1701 in ports and depth < 3 else self.payload()
        return struct.pack(">HHHH", *ports, 8 + len(content), 0) + content

    def l2tp(self, depth):
        pick = self.random
        flags = pick.choice((0, 0x40, 0x08, 0x02, 0x4A, 0x80, 0xC8))
        extra = (2 if flags & 0x40 else 0) + (4 if flags & 8 else 0) + (4 if flags & 2 else 0)
        protocol = pick.choice((0x0021, 0x0021, 0x0057, 0xC021))
        inner = self.ip6() if protocol == 0x0057 else self.datagram(depth + 1)
        return bytes((flags, 2)) + bytes(4 + extra) + b"\xff\x03" + struct.pack(">H", protocol) + inner

    def icmp(self, depth):
        pick = self.random
        kind = pick.choice((8, 0, 8, 0, 3, 11, 12, 5, 13, 63, 64, 200))
        quotes = kind in (3, 5, 11, 12) and depth < 3
        content = self.datagram(depth + 1)[:pick.choice((28, 28, 60, 10))] if quotes else self.payload()
        return bytes((kind, pick.choice((0, 0, 0, 1, 3)), 0, 0, 0, 1, 0, 1)) + content

    def ip6(self):
        pick = self.random
        protocol, content = self.transport(2)
        extensions = b""
        for _ in range(pick.choice((0, 0, 0, 1, 2))):
            size = pick.choice((0, 0, 1, 2))
            extensions = bytes((protocol, size)) + bytes(6 + 8 * size) + extensions
            protocol = pick.choice((0, 43, 44, 50, 51, 60, 135))
        length = len(extensions) + len(content) + pick.choice((0, 0, 0, 0, -1, 3))
        header = struct.pack(">IHBB", 0x60000000 | pick.randrange(1 << 20), max(0, length), protocol, 64)
        return header + bytes(range(32)) + extensions + content
