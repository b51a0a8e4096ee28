#!/usr/bin/env python3
"""Defined columns against what tshark -T fields says of the same packets: every function, every kind of field, directions, filters.

usage: define.py COMMAND PLUGIN_FOLDER CAPTURE_FOLDER...
"""
import collections
import csv
import fractions
import math
import os
import subprocess
import sys
import tempfile
import unicodedata
import unittest

import talks
from plugin_run import ENVIRONMENT, Plugin, captures_in

COMMAND, PLUGIN, CAPTURE_FOLDERS = os.path.abspath(sys.argv[1]), Plugin(sys.argv[2]), sys.argv[3:]
DISTINCT_MAX = 1024
TEXT_BYTES_MAX = 255

# Fields of every kind of value.
INTEGERS = ("frame.len", "ip.ttl", "ip.len", "ipv6.hlim", "tcp.flags", "tcp.flags.syn", "tcp.window_size_value", "tcp.port", "tcp.seq_raw", "tcp.len",
            "icmp.type", "dns.resp.ttl", "dns.id", "frame.number", "tcp.options.mss_val", "http.content_length")
TIMES = ("frame.time_epoch", "tcp.time_delta", "dns.time", "tcp.analysis.ack_rtt")
REALS = ("icmp.resptime", "icmpv6.resptime", "wlan_radio.data_rate")  # FT_DOUBLE, and FT_FLOAT the last
TEXTS = ("dns.qry.name", "dns.a", "eth.src", "tls.handshake.ja3", "http.host", "tcp.options", "ip.src", "ipv6.dst", "ssh.protocol")
NOTHINGS = ("tcp.analysis.retransmission",)
FUNCTIONS = {
    "integer": ("count", "sum", "min", "max", "mean", "std", "var", "first", "last", "or", "distinct"),
    "time": ("count", "sum", "min", "max", "mean", "std", "var", "first", "last", "distinct"),
    "real": ("count", "sum", "min", "max", "mean", "std", "var", "first", "last", "distinct"),
    "text": ("count", "first", "last", "distinct"),
    "nothing": ("count",),
}
KINDS = {**{f: "integer" for f in INTEGERS}, **{f: "time" for f in TIMES}, **{f: "real" for f in REALS},
         **{f: "text" for f in TEXTS}, **{f: "nothing" for f in NOTHINGS}}
DIRECTIONS = ("", ", fwd", ", bwd")
# Some that need no dissection, some with quotes and brackets that a parser could stumble over.
FILTERS = ("frame.len <= 128", 'tcp.flags & 0x02 or dns.qry.name contains ")"', "!(tcp.port == 80) && not icmp",
           'http.request.method in {"GET", "POST"} || eth.src[0:3] == 00:00:00 || dns.qry.name matches "(?i)^[a-z(].*"')

FACTS = """frame.len frame.cap_len frame.time_epoch ip.len ip.ttl ip.hdr_len ip.proto ipv6.hlim ipv6.nxt tcp.srcport tcp.dstport tcp.port tcp.flags
tcp.flags.fin tcp.flags.syn tcp.flags.reset tcp.flags.push tcp.flags.ack tcp.flags.urg tcp.flags.ece tcp.flags.cwr tcp.len tcp.hdr_len tcp.seq_raw
tcp.ack_raw tcp.window_size_value udp.srcport udp.dstport udp.port udp.length icmp.type icmp.code icmpv6.type icmpv6.code packet.ip_len packet.ttl
packet.tcp_flags packet.window packet.payload_len packet.transport_header_len packet.src_port packet.dst_port packet.icmp_type
packet.icmp_code""".split()
FACT_FILTERS = ("frame.len <= 128", "tcp.port == 80 or udp.port eq 53", "tcp.port != 443", "!(ip.ttl > 0x40) and not tcp.flags.syn == 1",
                "ip && (tcp || udp)", "icmp.type ge 3", "packet.ip_len <= 128 && packet.ttl lt 255", "tcp.flags.ack")
WITHOUT_DISSECTION = [f"{function}({field})" for field in FACTS for function in ("sum", "last", "distinct")]
WITHOUT_DISSECTION += [f"count(*, fwd, if {text})" for text in FACT_FILTERS] + ["first(ip.ttl#1)", "max(ip.ttl#2)", "count(ip)", "count(tcp, bwd)"]


def safe(text):
    """What the documents promise for texts, implemented independently."""
    text = "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") else c for c in text)
    text = "'" + text if text[:1] in tuple("=+-@") else text
    return text.encode()[:TEXT_BYTES_MAX].decode(errors="ignore")


def value_of(kind, text):
    if kind == "integer":
        return {"True": 1, "False": 0}[text] if text in ("True", "False") else int(text, 0)
    return fractions.Fraction(text) if kind in ("time", "real") else text


def measure(function, values):
    """The function's result for the values of a field, in order; None: it has no value."""
    if function == "count":
        return len(values)
    if function == "distinct":
        return min(len(set(values)), DISTINCT_MAX)
    if not values:
        return None
    if function in ("first", "last"):
        return values[0 if function == "first" else -1]
    if function == "or":
        result = 0
        for value in values:
            result |= value
        return result
    if function in ("min", "max", "sum"):
        return {"min": min, "max": max, "sum": sum}[function](values)
    mean = fractions.Fraction(sum(values)) / len(values)
    if function == "mean":
        return mean
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return variance if function == "var" else math.sqrt(variance)


def frames_that_match(capture, display_filter):
    text = PLUGIN.tshark("-r", capture, "-Y", display_filter, "-T", "fields", "-e", "frame.number")
    return set(text.split())


def records_of(capture, definitions, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "all.define")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{name} = {text}\n" for name, text in definitions.items())
        return PLUGIN.records(capture, "-o", f"cicflow.define:{path}", "-o", "cicflow.extra:flow_id", *options)


def records_of_command(capture, definitions, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "all.define")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{name} = {text}\n" for name, text in definitions.items())
        run = subprocess.run([COMMAND, "-q", "-f", capture, "-c", "--define", path, *options, "-"], env=ENVIRONMENT, capture_output=True, check=True)
        return list(csv.DictReader(run.stdout.decode().splitlines()))


def measures():
    """Name to (expression, function, field, direction, filter); every filter with every field, in turn with functions and directions."""
    made = {}
    for field, kind in KINDS.items():
        for direction in DIRECTIONS:
            for function in FUNCTIONS[kind]:
                made[f"m{len(made)}"] = (f"{function}({field}{direction})", function, field, direction, None)
        for number, display_filter in enumerate(FILTERS):
            function = FUNCTIONS[kind][number % len(FUNCTIONS[kind])]
            direction = DIRECTIONS[number % len(DIRECTIONS)]
            made[f"m{len(made)}"] = (f"{function}({field}{direction}, if {display_filter})", function, field, direction, display_filter)
    return made


class Define(unittest.TestCase):
    def check_cell(self, cell, expected, kind, told):
        if expected is None:
            self.assertEqual(cell, "", told)
        elif isinstance(expected, str):
            self.assertEqual(cell, safe(expected), told)
        elif isinstance(expected, int):
            self.assertEqual(cell, str(expected), told)
        else:
            precision = 1e-12 if kind == "real" else 1e-14  # tshark prints 15 digits
            self.assertAlmostEqual(float(cell), float(expected), delta=abs(float(expected)) * precision, msg=told)

    def check_record(self, record, packets, made, matching):
        directions = {", fwd": "forward", ", bwd": "backward"}
        for name, (text, function, field, direction, display_filter) in made.items():
            values = [value_of(KINDS[field], part) for packet in packets if packet[field]
                      and directions.get(direction) in (None, packet["cicflow.direction"])
                      and (not display_filter or packet["frame.number"] in matching[display_filter])
                      for part in packet[field].split("\x1f")]
            self.check_cell(record[name], measure(function, values), KINDS[field], (text, packets[0]["frame.number"]))

    def test_every_function_and_kind_on_every_capture(self):
        made = measures()
        number, reals = 0, collections.Counter()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for capture in [*captures_in(CAPTURE_FOLDERS), talks.compose(folder.name, "wireless")[0]]:
            with self.subTest(capture=capture):
                flows = PLUGIN.packets_of(capture, KINDS)
                matching = {display_filter: frames_that_match(capture, display_filter) for display_filter in FILTERS}
                records = records_of(capture, {name: text for name, (text, *_) in made.items()})
                self.assertEqual(len(records), len(flows))
                for record in records:
                    self.check_record(record, flows[record["flow_id"]], made, matching)
                    number += 1
                    reals.update(field for field in REALS for packet in flows[record["flow_id"]] if packet[field])
        self.assertGreater(number, 100)
        self.assertGreaterEqual(set(reals), {"icmp.resptime", "icmpv6.resptime", "wlan_radio.data_rate"})

    def test_the_same_without_dissection(self):
        """What needs no dissection, on frames of all kinds: tunnels, fragments, ICMP errors and cut ones are dissected."""
        definitions = {f"d{number}": text for number, text in enumerate(WITHOUT_DISSECTION)}
        for capture in captures_in(CAPTURE_FOLDERS):
            with self.subTest(capture=capture):
                slow = records_of_command(capture, definitions, "--full-dissection")
                fast = records_of_command(capture, definitions)
                self.assertEqual(len(fast), len(slow))
                for found, expected in zip(fast, slow):
                    wrong = {definitions.get(name, name): (found[name], expected[name]) for name in expected if found[name] != expected[name]}
                    self.assertEqual(wrong, {})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
