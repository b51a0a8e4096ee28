"""Random frames with the faults that captures have: cut headers, wrong lengths, options, fragments, tunnels, padding.

Most frames have addresses of their own, so that the effect of each one shows in a record of its own.  This module knows no dialect.
"""
import random
import struct

import pcap
import wire

START_NS = 1_700_000_000 * pcap.NS_PER_SECOND
PORTS = (8, 53, 80, 443, 1701, 2152, 3544, 4789)
ICMP_TYPES = (0, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 30, 37, 38, 40, 255)
QUOTING_TYPES = (3, 4, 5, 11, 12)
TOTAL_LENGTHS = (0, 10, 19, 20, 21, 22, 24, 26, 28, 30, 32, 34, 36, 38, 39, 40, 41, 44, 60, 61, 1500, 65535)
FRAGMENT_WORDS = (0,) * 8 + (0x2000, 0x4000, 1, 0x2001, 0x8000)
ETHERTYPES = (wire.ETHERTYPE_IPV4,) * 12 + (wire.ETHERTYPE_VLAN, wire.ETHERTYPE_IPV6, 0x0806, 40)


class BrokenFrames:
    def __init__(self, link, seed):
        self.link = link
        self.chance = random.Random(f"{link} {seed}")

    def records(self, frames):
        """Yield the pcap records of so many frames."""
        now_ns = START_NS
        for number in range(frames):
            now_ns += self.chance.choice((0, 1, 1000, 500_000)) * 1000
            again = self.chance.random() < 0.3
            frame = self._frame(self.chance.randrange(1 + frames // 3) if again else 1000 + number)
            yield pcap.record(now_ns, frame + bytes(self.chance.choice((0, 0, 100))), len(frame))

    def _one_in(self, count):
        return self.chance.randrange(count) == 0

    def _bytes(self, *counts):
        return self.chance.randbytes(self.chance.choice(counts))

    def _frame(self, number):
        datagram = self._datagram(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        if self.link == "ethernet":
            frame = wire.ethernet(datagram, self.chance.choice(ETHERTYPES))
        else:
            frame = wire.link(self.link, datagram, self.chance.choice(ETHERTYPES))
        if self.link in ("null", "loop") and self._one_in(8):
            frame = self.chance.choice((b"\x18\0\0\0", b"\1\0\0\0", b"\0\0\0\x18")) + frame[4:]
        return frame[:self.chance.randint(1, len(frame))] if self._one_in(7) else frame

    def _datagram(self, source):
        protocol = self.chance.choice((wire.TCP, wire.TCP, wire.UDP, wire.UDP, wire.ICMP, wire.ICMP, wire.ICMP, 2, 4, 41, 47))
        content = self._transport(protocol)
        if self._one_in(3):
            content = content[:self.chance.randrange(30)]
        options = self.chance.choice((0, 0, 0, 0, 4, 8, 40))
        total = self.chance.choice(TOTAL_LENGTHS) if self._one_in(3) else None
        datagram = wire.ipv4((source, "10.0.0.1"), protocol, content, options, self.chance.choice(FRAGMENT_WORDS), total=total)
        if options and self._one_in(2):
            datagram = datagram[:20] + self.chance.randbytes(options) + datagram[20 + options:]
        if self._one_in(7):
            datagram = bytes([self.chance.choice((4, 4, 5, 6, 0)) << 4 | self.chance.randrange(16)]) + datagram[1:]
        return datagram + self._bytes(0, 0, 0, 1, 2, 4, 4, 6, 18)

    def _transport(self, protocol):
        if protocol == wire.TCP:
            return self._tcp()
        if protocol == wire.ICMP:
            return self._icmp()
        return self._udp()

    def _tcp(self):
        segment = wire.tcp(self.chance.choices(PORTS, k=2), self._bytes(0, 0, 1, 6, 30), self.chance.randrange(256),
                           self.chance.choice((0, 1, 8192, 65535)), self.chance.choice((20, 20, 24, 32, 60)))
        if self._one_in(5):
            segment = segment[:12] + self.chance.randbytes(1) + segment[13:]
        return segment[:20] + self.chance.randbytes(len(segment) - 20) if self._one_in(8) else segment

    def _udp(self):
        if self._one_in(5):
            inner = wire.ipv4(("10.1.0.1", "10.1.0.2"), wire.TCP, self._tcp())
            return wire.udp((1000, 4789), wire.vxlan(wire.ethernet(inner)))
        datagram = wire.udp(self.chance.choices(PORTS, k=2), self._bytes(0, 1, 8, 50))
        if self._one_in(3):
            datagram = datagram[:4] + struct.pack("!H", self.chance.choice((0, 1, 7, 8, 9, 2000))) + datagram[6:]
        return datagram

    def _icmp(self):
        kind = self.chance.choice(ICMP_TYPES)
        payload = self._bytes(0, 0, 1, 4, 12, 40)
        if kind in QUOTING_TYPES and self._one_in(2):
            payload = wire.ipv4(("10.0.0.1", "10.2.0.1"), wire.TCP, self._tcp()[:self.chance.choice((4, 8, 20, 30))])
        return wire.icmp(kind, self.chance.randrange(4), payload, self.chance.choice((0, 1, 3)))
