#!/usr/bin/env python3
"""The rules for published data sets, against a table of the attacks: flows that begin at, and a nanosecond beside, both ends of every
interval, with and without the other properties that the rules ask for.

usage: ready_labels.py COMMAND SOURCE
"""
import csv
import datetime
import ipaddress
import itertools
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest

from published_attacks import CIC_IDS2017, CSE_CIC_IDS2018, PUBLISHED_2017, PUBLISHED_2018, Flow, label_of

COMMAND, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
ENVIRONMENT = dict(os.environ, TZ="UTC")
SETS = {"cic-ids2017": (CIC_IDS2017, PUBLISHED_2017, 2017, 3), "cse-cic-ids2018": (CSE_CIC_IDS2018, PUBLISHED_2018, 2018, 4)}
MILLISECOND, SYN, RST, ACK = 10 ** 6, 2, 4, 16

# Payloads of the packets in forward and in backward direction, whether each direction ends with a RST, and seconds before the last packet.
SHAPES = (
    ((0,), (), 0, 0, 0), ((0, 30), (), 0, 0, 0), ((0, 176), (0, 500), 0, 0, 0), ((0, 408), (0,), 0, 0, 0), ((0, 300, 300), (10,), 0, 0, 0),
    ((0, 100, 0, 0, 0), (0, 0, 50, 0, 0), 0, 0, 0), ((0, *[40] * 24), (5,), 0, 0, 0), ((0, *[7] * 149), (5,), 0, 0, 0),
    ((0, 90), (0,), 1, 0, 0), ((0, 90), (0, 0), 1, 0, 6), ((0, 90), (0,), 0, 1, 0), ((0, 90), (0,), 0, 1, 101), ((0, 0), (0,), 0, 0, 0.2),
)


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    return ~(total % 0xffff) & 0xffff


def transport(flow, forward, payload, flags, sequence):
    ports = (flow.sport, flow.dport) if forward else (flow.dport, flow.sport)
    if flow.protocol == 17:
        return struct.pack(">HHHH", *ports, 8 + payload, 0) + bytes(payload)
    if flow.protocol == 1:
        return struct.pack(">BBHI", 3, 3, 0, 0) + bytes(payload)
    return struct.pack(">HHIIBBHHH", *ports, sequence, 1, 5 << 4, flags, 1000, 0, 0) + bytes(payload)


def frame(flow, forward, payload, flags, sequence):
    ends = [ipaddress.ip_address(end).packed for end in ((flow.src, flow.dst) if forward else (flow.dst, flow.src))]
    body = transport(flow, forward, payload, flags, sequence)
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, 64, flow.protocol, 0, *ends)
    header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
    return bytes(12) + b"\x08\x00" + header + body


def packets(flow, shape):
    """Times and frames of the flow; fills in its properties."""
    forward, backward, fwd_rst, bwd_rst, pause = shape
    if flow.protocol == 1:
        forward, backward, fwd_rst, bwd_rst, pause = (28,), (), 0, 0, 0
    rst = flow.protocol == 6
    order = [(True, payload) for payload in forward] + [(False, payload) for payload in backward]
    order.sort(key=lambda packet: packet != (True, forward[0]))
    result = []
    for number, (is_forward, payload) in enumerate(order):
        last = number == len(order) - 1
        resets = rst and ((is_forward and fwd_rst and number == len(forward) - 1) or (not is_forward and bwd_rst and last))
        flags = SYN if number == 0 and rst else ACK | (RST if resets else 0)
        time = flow.start + number * MILLISECOND + (int(pause * 10 ** 9) if last and number else 0)
        result.append((time, frame(flow, is_forward, payload, flags, 1 if number == 0 else 2 + number)))
    flow.duration = (result[-1][0] - flow.start) / 10 ** 9
    flow.fwd_packets, flow.bwd_packets = len(forward), len(backward)
    flow.fwd_payload, flow.bwd_payload, flow.fwd_payload_max = sum(forward), sum(backward), max(forward)
    flow.fwd_rst, flow.bwd_rst = int(rst and fwd_rst), int(rst and bwd_rst and bool(backward))
    return result


def named_numbers(attacks):
    """Ports that some condition names are source ports of flows, too."""
    return sorted({port for attack in attacks for port in attack.sport or ()} | {54114, 44464, 36190, 68, 59173, 33372})


class ReadyLabels(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def flows_at_edges(self, attacks, shape):
        """One flow for each edge, pair of ends and source port; never two of the same ends and ports within ten minutes."""
        used, port = {}, itertools.count(10000)
        for attack in attacks:
            if len(shape[0]) > 100 and not attack.label.startswith("Web Attack"):
                continue
            sources, targets = attack.src or ["18.219.211.138", "172.31.69.23"], attack.dst or ["18.219.211.138", "172.31.69.8"]
            pairs = [(sources[0], target) for target in targets] + [(source, targets[-1]) for source in sources[1:]]
            pairs += [(pairs[0][1], pairs[0][0]), ("203.0.113.9", pairs[0][1]), (pairs[0][0], "203.0.113.9")]
            sports = list(attack.sport or ()) + named_numbers(attacks)
            for edge in (attack.start - 1, attack.start, attack.end, attack.end + 1):
                for number, (src, dst) in enumerate(pairs):
                    if src == dst:
                        continue
                    protocol = attack.protocol or 6
                    is_inside = edge in (attack.start, attack.end)
                    for sport in [None] + (sports if number == 0 and protocol == 6 and is_inside else []):
                        flow = Flow(src, dst, next(port) % 30000 + 1024 if sport is None else sport,
                                    (attack.dport or [4444])[0], protocol, edge)
                        key = (frozenset(((flow.src, flow.sport), (flow.dst, flow.dport))) if protocol != 1 else frozenset((src, dst)), protocol)
                        if all(abs(edge - other) > 600 * 10 ** 9 for other in used.get(key, ())):
                            used.setdefault(key, []).append(edge)
                            yield flow

    def write_capture(self, name, frames):
        with open(os.path.join(self.folder.name, name), "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
            for time, data in sorted(frames):
                file.write(struct.pack("<IIII", time // 10 ** 9, time % 10 ** 9, len(data), len(data)) + data)

    def labels(self, name):
        out = os.path.join(self.folder.name, "out.csv")
        run = subprocess.run([COMMAND, "-q", "-d", self.folder.name, "--merge", "-c", out, "--labels", name, "--label", "BENIGN", "--timestamp",
                              "epoch", "--fields", "src_ip,dst_ip,src_port,dst_port,protocol,timestamp", "--extra", "capture"],
                             env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        with open(out, newline="", encoding="utf-8") as file:
            return {(r["capture"], r["src_ip"], r["dst_ip"], int(r["src_port"]), int(r["dst_port"]), int(r["timestamp"].replace(".", ""))): r["label"]
                    for r in csv.DictReader(file)}

    def check_edges(self, name):
        attacks, expected, seen = SETS[name][0], {}, set()
        for number, shape in enumerate(SHAPES):
            capture, frames = f"{number:02}.pcap", []
            for flow in self.flows_at_edges(attacks, shape):
                frames += packets(flow, shape)
                ports = (-1, -1) if flow.protocol == 1 else (flow.sport, flow.dport)
                expected[capture, flow.src, flow.dst, *ports, flow.start] = label_of(attacks, flow)
            self.write_capture(capture, frames)
        found = self.labels(name)
        found = {(os.path.basename(key[0]), *key[1:]): label for key, label in found.items()}
        self.assertEqual(found.keys(), expected.keys())
        wrong = {key: (found[key], label) for key, label in expected.items() if found[key] != label}
        self.assertEqual(wrong, {})
        self.assertEqual({label for label in expected.values()}, {attack.label for attack in attacks} | {"BENIGN"})

    def test_edges_2017(self):
        self.check_edges("cic-ids2017")

    def test_edges_2018(self):
        self.check_edges("cse-cic-ids2018")

    def test_published_times(self):
        """The corrected intervals are about where the published ones are, which tells a zone or a day that is wrong."""
        for attacks, published, year, behind in SETS.values():
            for day, first, last, label in published:
                month, day = day if isinstance(day, tuple) else (7, day)
                zone = datetime.timezone(datetime.timedelta(hours=-behind))
                begin, end = (datetime.datetime(year, month, day, *map(int, time.split(":")), tzinfo=zone).timestamp() for time in (first, last))
                near = [attack for attack in attacks if attack.label.startswith(label) and attack.start / 1e9 < end and attack.end / 1e9 > begin]
                self.assertTrue(any(abs(attack.start / 1e9 - begin) < 600 or abs(attack.end / 1e9 - end) < 300 for attack in near), (label, first))

    def test_sources_are_named(self):
        """Every block of rules is below a comment with the published times, and every file names its sources."""
        for name in SETS:
            with open(os.path.join(SOURCE, "plugin", "labels", name + ".labels"), encoding="utf-8") as file:
                head, *blocks = file.read().split("\n\n")
            self.assertIn("https://www.unb.ca/cic/datasets/ids-201", head)
            self.assertIn("https://github.com/GintsEngelen/CNS2022_Code", head)
            for block in blocks:
                self.assertTrue(block.startswith("# "), block)
                self.assertRegex(block, r"\[P\]|\[L\]|The same")
                rules = re.findall("^[^#].*", block, re.M)
                self.assertTrue(rules and all(re.search(r"cicflow\.start >= .*cicflow\.start <= ", rule) for rule in rules), block)

    def test_unknown_name(self):
        run = subprocess.run([COMMAND, "-f", "x.pcap", "-c", "-", "--labels", "cic-ids2019"], env=ENVIRONMENT, capture_output=True, text=True,
                             timeout=60)
        self.assertEqual(run.returncode, 2)
        self.assertIn('--labels: there is no file "cic-ids2019", and none of ours has this name; ours are cic-ids2017 and cse-cic-ids2018',
                      run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
