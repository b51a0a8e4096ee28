#!/usr/bin/env python3
"""Random frames, whole and damaged, through the ordinary and the fast ways: the same bytes.

usage: differential_fuzz.py PLUGIN_FOLDER [--seeds FIRST-LAST] [--frames N] [--keep FOLDER]

The builders of test-captures/composed make the frames. A seed always gives the same capture; the seed of a capture on which the ways differ is
printed, and --keep writes that capture. A long search: differential_fuzz.py build/plugin --seeds 1-2000 --frames 5000
"""
import argparse
import os
import random
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test-captures", "composed"))
import files  # noqa: E402
import packets as p  # noqa: E402
from differential import EXTRA, difference  # noqa: E402

LINKS = [files.Interface(link, 9) for link in (files.ETHERNET, files.SLL, files.RAW_IP, files.LOOPBACK)]
PORTS = [53, 67, 69, 80, 123, 443, 500, 646, 1194, 1701, 2002, 2152, 3478, 3544, 3868, 4341, 4500, 4739, 4754, 4789, 5060, 6081,
         6346, 6635, 6653, 7471, 8080, 8472, 9996, 17185, 47808, 60000]

OTHER_DIALECTS = ["python", "java", "java-fixed"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.streams = {}

    def address4(self):
        return f"10.0.{self.r.randrange(2)}.{self.r.randrange(1, 5)}"

    def address6(self):
        return f"2001:db8::{self.r.randrange(1, 5):x}"

    def port(self):
        return self.r.choice(PORTS) if self.r.random() < 0.4 else self.r.randrange(1, 65536)

    def some(self, most):
        return self.r.randbytes(self.r.randrange(most))

    def rpcap(self):
        frame = self.ethernet(2)
        head = struct.pack("!IIIII", 1, 2, len(frame), len(frame), 1)
        return struct.pack("!BBHI", 0, 7, 0, len(head) + len(frame)) + head + frame

    def payload(self, depth):
        kind = self.r.randrange(16)
        if kind < 6:
            return self.some(80)
        if depth > 2:
            return b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        return [lambda: self.network(depth + 1),
                lambda: self.network(depth + 1, version=6),
                lambda: bytes((0, 1, 0, 0)) + bytes(9) + self.network(depth + 1, version=6),
                lambda: bytes(8) + self.network(depth + 1, version=6),
                lambda: (b"\x47" + self.r.randbytes(187)) * self.r.randrange(1, 4) + self.some(2),
                self.rpcap,
                lambda: b"RFta" + self.r.choice([struct.pack("<HHI", 3, 1, 1) + self.ethernet(depth + 1),
                                                 struct.pack("<HHI", 3, 1, 101) + self.network(depth + 1)]),
                lambda: p.vxlan(self.ethernet(depth + 1)),
                lambda: p.gtp_u(self.network(depth + 1)),
                lambda: struct.pack("!BBIBBIBBIBB", 1, 4, 5, 2, 4, 6, 3, 4, 7, 0, 0) + self.network(depth + 1)][kind - 6]()

    def segment(self, depth, version):
        kind = self.r.randrange(10)
        if kind < 4:
            options = self.r.choice([b"", b"", bytes(4), b"\x02\x04\x05\xb4" + bytes(8)])
            offset = self.r.choice([None] * 20 + [0, 4, 5, 15])
            return p.tcp(self.port(), self.port(), self.r.randrange(256), self.payload(depth), seq=self.r.randrange(1 << 32),
                         options=options, offset=offset)
        if kind < 7:
            payload = self.payload(depth)
            length = self.r.choice([None] * 15 + [0, 7, 8, len(payload) + 7, len(payload) + 9])
            return p.udp(self.port(), self.port(), payload, length)
        if kind == 7:
            types = [0, 3, 5, 8, 11, 13] if version == 4 else [1, 2, 3, 128, 129, 135, 137]
            make = p.icmp if version == 4 else p.icmpv6
            quoted = self.network(depth + 1, version)[:self.r.choice([28, 48, 200])] if depth < 3 else b""
            return make(self.r.choice(types), self.r.randrange(3), self.r.randrange(4), 1, quoted)
        if kind == 8 and depth < 3:
            return self.r.choice([lambda: p.gre(self.network(depth + 1)), lambda: p.Segment(p.IPIP, self.network(depth + 1, 4)),
                                  lambda: p.Segment(p.IPV6_IN_IP, self.network(depth + 1, 6))])()
        return p.Segment(self.r.choice([p.IGMP, p.OSPF, p.SCTP, p.ICMP, p.ICMPV6, p.TCP, p.UDP]), self.some(30))

    def network4(self, depth):
        options = self.r.choice([b""] * 8 + [bytes(4), b"\x83\x07\x04\x0a\x00\x00\x09\x00", b"\x44\x08\x05\x00" + bytes(4)])
        fragment = self.r.choice([0] * 8 + [0x4000] * 8 + [0x8000, 0x2000, 1, 185])
        packet = p.ipv4(self.address4(), self.address4(), self.segment(depth, 4), self.r.randrange(65536), options, fragment)
        if self.r.random() < 0.06:
            total = self.r.choice([0, 19, 20, 21, len(packet) - 1, len(packet) + 1, len(packet) + 40]) % 65536
            packet = packet[:2] + struct.pack("!H", total) + packet[4:]
        return packet

    def hop_option(self):
        """An option that may be longer than its header, or than the frame; two kinds of them say where the packet goes."""
        return b"\0" + bytes((self.r.choice([1, 5, 0x26, 0xc2, 0xc9]), self.r.choice([0, 2, 4, 5, 43, 255]))) + self.r.randbytes(4)

    def network6(self, depth):
        extensions = self.r.choice([()] * 6 + [((p.HOP_BY_HOP, b"\0" + bytes(6)),), ((p.HOP_BY_HOP, self.hop_option()),),
                                               ((p.DESTINATION, b"\0" + bytes(6)),),
                                               ((p.ROUTING, b"\x02\0\1" + bytes(4) + self.r.randbytes(16)),),
                                               ((p.FRAGMENT, bytes(7)),), ((p.FRAGMENT, b"\0\0\1\0\0\0\5"),)])
        packet = p.ipv6(self.address6(), self.address6(), self.segment(depth, 6), extensions)
        if self.r.random() < 0.06:
            length = self.r.choice([0, 1, len(packet) - 41, len(packet) - 39]) % 65536
            packet = packet[:4] + struct.pack("!H", length) + packet[6:]
        return packet

    def network(self, depth=0, version=None):
        return (self.network4 if (version or self.r.choice([4, 4, 6])) == 4 else self.network6)(depth)

    def ethernet(self, depth=0):
        packet, kind = self.network(depth), self.r.randrange(20)
        if kind < 12:
            return p.ethernet(packet, least=self.r.choice([0, 60])) + self.r.choice([b""] * 5 + [bytes(4)])
        tags = [(p.TYPE_VLAN, 5)], [(p.TYPE_VLAN, 0xe000)], [(p.TYPE_VLAN, 1), (p.TYPE_VLAN, 2)], [(p.TYPE_QINQ, 1)], \
            [(p.TYPE_VLAN, n) for n in range(3)], [(p.TYPE_OLD_QINQ, 1), (p.TYPE_VLAN, 1)]
        if kind < 16:
            return p.tagged(packet, *self.r.choice(tags))
        return [lambda: p.ethernet(p.mpls(packet, 16), p.TYPE_MPLS),
                lambda: p.ethernet(b"\xaa\xaa\x03\0\0\0\x08\0" + packet, min(len(packet) + 8, 1500)),
                lambda: p.arp(),
                lambda: p.ethernet(b"\x11\0\0\1" + struct.pack("!HH", len(packet) + 2, 0x21) + packet, p.TYPE_PPPOE)][kind - 16]()

    def stream(self):
        """A segment of one of a few connections that carry remote capture, with losses, repetition and disorder."""
        port = self.r.randrange(50000, 50003)
        if port not in self.streams or self.r.random() < 0.02:
            sequence = self.r.randrange(1 << 32)
            self.streams[port] = [sequence + 1, b"", []]
            return p.ethernet(p.ipv4("10.0.0.1", "10.0.0.2", p.tcp(port, 9999, p.SYN, seq=sequence)))
        sequence, data, sent = self.streams[port]
        kind = self.r.randrange(12)
        if kind == 0:
            return p.ethernet(p.ipv4("10.0.0.2", "10.0.0.1", p.tcp(9999, port, p.ACK, ack=sequence % (1 << 32))))
        if kind == 1 and sent:
            return self.r.choice(sent[-3:])
        while len(data) < 400:
            data += self.rpcap()
        size = self.r.choice([1, 20, 100, 400])
        frame = p.ethernet(p.ipv4("10.0.0.1", "10.0.0.2", p.tcp(port, 9999, p.ACK | p.PSH, data[:size], seq=sequence % (1 << 32))))
        self.streams[port] = [sequence + size, data[size:], sent + [frame]]
        return frame if kind != 2 else p.arp()

    def frame(self, number):
        kind = self.r.randrange(20)
        link = 0
        if kind < 12:
            data = self.ethernet()
        elif kind < 14:
            data = self.stream()
        elif kind < 16:
            link, packet = 1, self.network()
            device = self.r.choice([1] * 6 + [512, 772, 778, 803, 0xfffe, 824])
            data = struct.pack("!HHHQH", self.r.randrange(5), device, 6, 0, p.of_version(packet)) + packet
        elif kind < 19:
            link, data = 2, self.network()
        else:
            link, packet = 3, self.network()
            data = struct.pack("<I", 24 if packet[0] >> 4 == 6 else 2) + packet
        if self.r.random() < 0.25:
            damaged = bytearray(data)
            for _ in range(self.r.choice([1, 1, 2, 8])):
                damaged[self.r.randrange(min(len(damaged), 80))] = self.r.randrange(256)
            data = bytes(damaged)
        captured = self.r.randrange(1, len(data) + 1) if self.r.random() < 0.08 else None
        return files.at(number * 1_000_003 * self.r.choice([1, 1, 1, 2]), data, captured, interface=link)


def write_capture(path, seed, count):
    maker = Maker(seed)
    with open(path, "wb") as file:
        file.write(files.pcapng_section([maker.frame(n) for n in range(count)], LINKS))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plugin")
    parser.add_argument("--seeds", default="1-4")
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--keep")
    options = parser.parse_args()
    first, last = (int(number) for number in options.seeds.split("-"))
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last + 1):
            path = os.path.join(options.keep or folder, f"seed{seed}.pcapng")
            write_capture(path, seed, options.frames)
            tunnel = ["-o", f"cicflow.tunnel:{'outer' if seed % 3 == 0 else 'inner'}", "-o", EXTRA]
            teredo = ["--enable-heuristic", "teredo_udp"] if seed % 2 == 0 else []
            runs = [tunnel + teredo] + [["-o", f"cicflow.dialect:{name}"] for name in OTHER_DIALECTS if seed % 4 == 0]
            problem = next(filter(None, (difference(path, run) for run in runs)), None)
            if problem:
                wrong.append(seed)
                print(f"seed {seed}: {problem}", flush=True)
            else:
                os.unlink(path)
    print(f"{last - first + 1 - len(wrong)} of {last - first + 1} captures: no difference")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
