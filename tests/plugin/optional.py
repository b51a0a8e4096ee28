#!/usr/bin/env python3
"""The optional columns, compared with Wireshark's own fields of the packets; and flows of which only the first packets are measured, compared with
captures without the later packets.

usage: optional.py PLUGIN_FOLDER CAPTURE_FOLDER... [Optional.TEST...]

A packet's flow and direction are taken from the plugin (fields cicflow.flow_id and cicflow.direction), which other tests check. The packets
themselves come from tshark, as JSON; the columns are computed from that here.
"""
import collections
import csv
import functools
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from fractions import Fraction

from plugin_run import Plugin

PLUGIN = Plugin(sys.argv[1])
CAPTURE_FOLDERS = [path for path in sys.argv[2:] if not path.startswith("Optional.")]
MANY_BYTES = 3_000_000     # captures above this are left out, so that the test takes seconds
SEQUENCE, FIRST = 12, 7
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << i for i in range(8))
FLAGS = {"fin": FIN, "syn": SYN, "rst": RST, "ack": ACK, "ece": ECE, "cwr": CWR}
WRAP = 1 << 32

Packet = collections.namedtuple("Packet", "frame seconds length protocol ttl header payload flags window sequence acknowledgement "
                                "backward")


class Pairs(list):
    """An object of JSON in which a key may be there several times."""

    def last(self, key):
        return [value for name, value in self if name == key][-1]

    def all(self, key):
        """The values under the key, however deep."""
        found = [value for name, value in self if name == key]
        return found + [value for _, below in self if isinstance(below, Pairs) for value in below.all(key)]

    def first(self, key, default=None):
        return next((value for name, value in self if name == key), default)


def captures():
    for top in CAPTURE_FOLDERS:
        for folder, _, names in sorted(os.walk(top)):
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name.endswith((".pcap", ".pcapng", ".gz")) and os.path.getsize(path) <= MANY_BYTES:
                    yield path


def transport(layers):
    """The innermost IP header that carries one of the transports: (IP layer, name of the transport, its layer). What ICMP quotes does not count."""
    icmp = next((i for i, (name, _) in enumerate(layers) if name in ("icmp", "icmpv6")), len(layers))
    found = header = None
    for name, layer in layers[:icmp + 1]:
        if name in ("ip", "ipv6"):
            header = layer
        elif header is not None and name in ("tcp", "udp", "icmp", "icmpv6"):
            found, header = (header, name, layer), None
    return found


def ip_payload(ip):
    if ip.first("ipv6.plen"):
        length = int((ip.all("ipv6.opt.jumbo") or [ip.first("ipv6.plen")])[0])
        return length - sum(8 + 8 * int(n) for key in ("ipv6.hopopts", "ipv6.dstopts", "ipv6.routing")
                                                for n in ip.all(key + ".len"))
    return int(ip.first("ip.len")) - int(ip.first("ip.hdr_len"))


def is_fragment(layers):
    """Whether the frame is a piece of a datagram: which of its packets count, and as what, other tests are about."""
    return any(name in ("ip", "ipv6") and (layer.first("ip.frag_offset", "0") != "0" or layer.all("ipv6.fraghdr.ident")
                                           or {"1", "True", "true"} & set(layer.all("ip.flags.mf"))) for name, layer in layers)


def packet_of(layers, backward):
    frame = layers.last("frame")
    ip, protocol, fields = transport(layers)
    tcp = protocol == "tcp"
    if tcp:
        header, payload = int(fields.first("tcp.hdr_len")), int(fields.first("tcp.len"))
    elif protocol == "udp":
        header, payload = 8, (int(fields.first("udp.length")) or ip_payload(ip)) - 8
    else:
        header, payload = 8, max(ip_payload(ip) - 8, 0)
    return Packet(
        frame=int(frame.first("frame.number")), seconds=Fraction(frame.first("frame.time_relative", "0")), protocol=protocol,
        length=int(frame.first("frame.len")), ttl=int(ip.first("ip.ttl") or ip.first("ipv6.hlim")), header=header, payload=payload,
        flags=int(fields.first("tcp.flags"), 16) & 255 if tcp else 0,
        window=int(fields.first("tcp.window_size_value")) if tcp else 0,
        sequence=int(fields.first("tcp.seq_raw")) if tcp else 0, acknowledgement=int(fields.first("tcp.ack_raw")) if tcp else 0,
        backward=backward)


def flows_of(entries):
    """The packets of each flow, by its number; None of a capture with fragments."""
    flows = collections.defaultdict(list)
    for entry in entries:
        layers = entry.last("_source").last("layers")
        if is_fragment(layers):
            return None
        place = layers.first("cicflow")
        if place is not None and place.first("cicflow.direction"):
            packet = packet_of(layers, place.first("cicflow.direction") == "backward")
            flows[int(place.first("cicflow.flow_id"))].append(packet)
    return flows


def payload_columns(way, packets):
    sizes = [p.payload for p in packets]
    mean = Fraction(sum(sizes), len(sizes)) if sizes else Fraction(0)
    variance = sum((size - mean) ** 2 for size in sizes) / len(sizes) if sizes else 0
    return {f"{way}_payload_bytes": sum(sizes), f"{way}_payload_max": max(sizes, default=0),
            f"{way}_payload_min": min(sizes, default=0), f"{way}_payload_mean": float(mean),
            f"{way}_payload_std": math.sqrt(variance), f"{way}_transport_header_bytes": sum(p.header for p in packets)}


def direction_columns(way, packets, is_icmp):
    values = payload_columns(way, packets)
    values[f"{way}_ttl_min"] = min((p.ttl for p in packets), default=0)
    values[f"{way}_ttl_max"] = max((p.ttl for p in packets), default=0)
    flags = {f"{way}_{name}_flags": sum(p.flags & bit > 0 for p in packets) for name, bit in FLAGS.items()}
    windows = {f"{way}_win_max": max((p.window for p in packets), default=0),
               f"{way}_zero_win": sum(p.protocol == "tcp" and p.window == 0 and not p.flags & RST for p in packets)}
    return dict(values, **{name: -1 if is_icmp else value for name, value in {**flags, **windows}.items()})


def handshake_columns(packets, times):
    """Steps as lists of candidates; each step takes the first candidate after the one before."""
    values = {"syn_rtt": None, "ack_rtt": None}
    syn = next((i for i, p in enumerate(packets) if p.flags & (SYN | ACK | RST) == SYN), None)
    if syn is None:
        return values
    asked = packets[syn]
    answers = [i for i, p in enumerate(packets) if i > syn and p.flags & (SYN | ACK | RST) == SYN | ACK
               and p.backward != asked.backward and (p.acknowledgement - asked.sequence - 1) % WRAP <= asked.payload]
    if not answers:
        return values
    answer = answers[0]
    values["syn_rtt"] = float(times[answer] - times[syn])
    done = [i for i, p in enumerate(packets) if i > answer and p.flags & (SYN | ACK | RST) == ACK
            and p.backward == asked.backward and (p.acknowledgement - packets[answer].sequence - 1) % WRAP < WRAP // 2]
    if done:
        values["ack_rtt"] = float(times[done[0]] - times[answer])
    return values


def way_closed(packets):
    fins = set()
    for p in packets:
        way = "bwd" if p.backward else "fwd"
        if p.flags & RST:
            return f"rst_{way}"
        if p.flags & FIN:
            fins.add(way)
        if len(fins) == 2:
            return "fin_both"
    return f"fin_{fins.pop()}" if fins else "none"


def columns_of(packets):
    """All columns of a flow with these packets."""
    protocol = packets[0].protocol
    times = [max(p.seconds for p in packets[:i + 1]) for i in range(len(packets))]
    values = {"opened": None, "close": None, "syn_rtt": None, "ack_rtt": None}
    for way, backward in (("fwd", False), ("bwd", True)):
        values.update(direction_columns(way, [p for p in packets if p.backward == backward], protocol.startswith("icmp")))
    if protocol == "tcp":
        values.update(handshake_columns(packets, times))
        values["opened"] = {SYN: "syn", SYN | ACK: "synack"}.get(packets[0].flags & (SYN | ACK), "middle")
        values["close"] = way_closed(packets)
    first = packets[:SEQUENCE]
    gaps = [float(times[i] - times[i - 1]) if i else 0.0 for i in range(len(first))]
    values.update(seq_direction=[-1 if p.backward else 1 for p in first], seq_length=[p.length for p in first],
                  seq_payload=[p.payload for p in first], seq_gap=gaps, seq_flags=[p.flags for p in first])
    return values


def cell_value(text):
    """What a cell of CSV says."""
    if text == "":
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def is_near(expected, actual):
    if isinstance(expected, list):
        return isinstance(actual, list) and len(expected) == len(actual) and all(map(is_near, expected, actual))
    if isinstance(expected, float):
        return isinstance(actual, float) and math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-12)
    return type(expected) is type(actual) and expected == actual


def elements(text, separator):
    """Numbers where there are any. As a field 0.0 is printed as 0, and none has more than 15 digits."""
    def number(part):
        try:
            return float(f"{float(part):.13g}")
        except ValueError:
            return part
    return [number(part) for part in text.split(separator)]


def write_some(capture, kept, path):
    """A copy of the capture with these frames alone, to the nanosecond."""
    whole = path + ".whole"
    subprocess.run(["editcap", "-F", "nsecpcap", capture, whole], check=True, capture_output=True)
    with open(whole, "rb") as source, open(path, "wb") as out:
        out.write(source.read(24))
        number = 0
        while len(head := source.read(16)) == 16:
            number += 1
            record = head + source.read(struct.unpack("<IIII", head)[2])
            if number in kept:
                out.write(record)


def rounds(flows, rows):
    """Groups of flows with more packets than are measured, in each of which no two have the same ends."""
    groups = []
    for number in sorted(number for number, packets in flows.items() if len(packets) > FIRST):
        ends = frozenset((rows[number][f"{end}_ip"], rows[number][f"{end}_port"]) for end in ("src", "dst")), rows[number]["protocol"]
        group = next((group for group in groups if ends not in group), None)
        if group is None:
            groups.append(group := {})
        group[ends] = number
    return [list(group.values()) for group in groups]


class Optional(unittest.TestCase):
    maxDiff = None

    @staticmethod
    @functools.lru_cache(maxsize=None)
    def read(capture):
        """One reading: the packets of each flow, and the rows."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "flows.csv")
            text = PLUGIN.tshark("-r", capture, "-T", "json", "-J", "frame ip ipv6 tcp udp icmp icmpv6 cicflow",
                                 "-o", f"cicflow.csv:{path}", "-o", "cicflow.extra:flow_id,first_frame,all",
                                 "-o", f"cicflow.sequence:{SEQUENCE}", check=False)
            with open(path, newline="", encoding="utf-8") as file:
                return flows_of(json.loads(text, object_pairs_hook=Pairs)), list(csv.DictReader(file))

    def check_flows(self, capture, flows, rows):
        rows = {int(row["flow_id"]): row for row in rows}
        self.assertEqual(sorted(rows), sorted(flows))
        for number, packets in flows.items():
            row = rows[number]
            self.assertEqual(row["capture"], capture)
            for name, expected in columns_of(packets).items():
                actual = cell_value(row[name])
                if not is_near(expected, actual):
                    self.fail(f"{capture}, flow {number}: {name} is {actual!r}, not {expected!r}")

    def test_columns_of_all_captures(self):
        tested = 0
        for capture in captures():
            with self.subTest(capture=capture):
                flows, rows = self.read(capture)
                if flows is None:
                    continue
                self.check_flows(capture, flows, rows)
                tested += len(flows)
        self.assertGreater(tested, 100)

    def read_some(self, capture, kept):
        """The rows of the capture with the kept frames alone, under the numbers that these have in the whole."""
        numbers = sorted(kept)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "some.pcap")
            write_some(capture, kept, path)
            rows = self.records(path)
        for row in rows:
            for name in ("first_frame", "last_frame"):
                row[name] = str(numbers[int(row[name]) - 1])
        return rows

    @staticmethod
    def records(capture, *options):
        return PLUGIN.records(capture, "-o", "cicflow.extra:flow_id,first_frame,last_frame,last_timestamp,all",
                              "-o", f"cicflow.sequence:{SEQUENCE}", "-o", "cicflow.timestamp:iso8601", *options)

    def check_first_packets(self, capture, flows):
        whole = {int(row["flow_id"]): row for row in self.records(capture)}
        limited = {int(row["flow_id"]): row for row in self.records(capture, "-o", f"cicflow.first_packets:{FIRST}")}
        self.assertEqual(sorted(limited), sorted(whole))
        expected = {number: row for number, row in whole.items() if len(flows[number]) <= FIRST}
        by_first_frame = {int(row["first_frame"]): number for number, row in whole.items()}
        for group in rounds(flows, whole):
            kept = {packet.frame for number in group for packet in flows[number][:FIRST]}
            for row in self.read_some(capture, kept):
                number = by_first_frame[int(row["first_frame"])]
                expected[number] = dict(row, flow_id=str(number), capture=capture)
        self.assertEqual(limited, expected)
        return len(limited)

    def test_the_packet_details_have_them_too(self):
        names = ["flow_id", *self.columns_asked_for()]
        tested = 0
        for capture in captures():
            if os.path.getsize(capture) > 30_000:
                continue
            _, rows = self.read(capture)
            expected = {row["flow_id"]: {name: elements(row[name].strip("[]"), ",") for name in names} for row in rows}
            shown = PLUGIN.fields(capture, names, "-2", "-Y", "cicflow.last", "-E", "aggregator=;", "-o", "cicflow.extra:all",
                                  "-o", f"cicflow.sequence:{SEQUENCE}")
            with self.subTest(capture=capture):
                self.assertEqual({row["flow_id"]: {name: elements(row[name], ";") for name in names} for row in shown}, expected)
            tested += len(rows)
        self.assertGreater(tested, 50)

    @staticmethod
    def columns_asked_for():
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "flows.csv")
            PLUGIN.tshark("-q", "-r", next(captures()), "-o", f"cicflow.csv:{path}", "-o", "cicflow.extra:all", "-o", "cicflow.sequence:1")
            with open(path, newline="", encoding="utf-8") as file:
                return next(csv.reader(file))[82:]

    def test_first_packets_are_those_of_a_capture_without_the_later_ones(self):
        tested = 0
        for capture in captures():
            flows, _ = self.read(capture)
            if not flows or all(len(packets) <= FIRST for packets in flows.values()):
                continue
            with self.subTest(capture=capture):
                tested += self.check_first_packets(capture, flows)
        self.assertGreater(tested, 5)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + [name for name in sys.argv[2:] if name.startswith("Optional.")])
