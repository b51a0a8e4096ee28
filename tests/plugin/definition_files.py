#!/usr/bin/env python3
"""Definition files: those that come with the plugin, netflow-v3 cell by cell against tshark -T fields, and errors in others.

usage: definition_files.py PLUGIN_FOLDER SOURCE_FOLDER CAPTURE_FOLDER...
"""
import collections
import os
import re
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal

from plugin_run import ENVIRONMENT, OCCURRENCES, Plugin, captures_in

PLUGIN, SOURCE, CAPTURE_FOLDERS = Plugin(sys.argv[1]), sys.argv[2], sys.argv[3:]
FILES = ("dns", "http", "modbus", "mqtt", "netflow-v3", "quic", "ssh", "tcp-analysis", "tls", "wireless")
FIRST = os.path.join(SOURCE, "test-captures", "first.pcap")

NETFLOW = """IPV4_SRC_ADDR IPV4_DST_ADDR L4_SRC_PORT L4_DST_PORT PROTOCOL L7_PROTO IN_BYTES OUT_BYTES IN_PKTS OUT_PKTS TCP_FLAGS CLIENT_TCP_FLAGS
SERVER_TCP_FLAGS FLOW_DURATION_MILLISECONDS DURATION_IN DURATION_OUT MIN_TTL MAX_TTL LONGEST_FLOW_PKT SHORTEST_FLOW_PKT MIN_IP_PKT_LEN MAX_IP_PKT_LEN
SRC_TO_DST_SECOND_BYTES DST_TO_SRC_SECOND_BYTES SRC_TO_DST_AVG_THROUGHPUT DST_TO_SRC_AVG_THROUGHPUT RETRANSMITTED_IN_BYTES RETRANSMITTED_IN_PKTS
RETRANSMITTED_OUT_BYTES RETRANSMITTED_OUT_PKTS NUM_PKTS_UP_TO_128_BYTES NUM_PKTS_128_TO_256_BYTES NUM_PKTS_256_TO_512_BYTES
NUM_PKTS_512_TO_1024_BYTES NUM_PKTS_1024_TO_1514_BYTES TCP_WIN_MAX_IN TCP_WIN_MAX_OUT ICMP_TYPE ICMP_IPV4_TYPE DNS_QUERY_ID DNS_QUERY_TYPE
DNS_TTL_ANSWER FTP_COMMAND_RET_CODE FLOW_START_MILLISECONDS FLOW_END_MILLISECONDS SRC_TO_DST_IAT_MIN SRC_TO_DST_IAT_MAX SRC_TO_DST_IAT_AVG
SRC_TO_DST_IAT_STDDEV DST_TO_SRC_IAT_MIN DST_TO_SRC_IAT_MAX DST_TO_SRC_IAT_AVG DST_TO_SRC_IAT_STDDEV""".split()

FIELDS = """cicflow.flow_id cicflow.direction frame.number frame.time_epoch frame.protocols ip.len ip.ttl ip.src ip.dst ip.hdr_len ipv6.plen ipv6.hlim
ipv6.src ipv6.dst tcp.flags tcp.len tcp.window_size_value tcp.analysis.retransmission icmp.type icmp.code icmpv6.type icmpv6.code dns.id dns.qry.type
dns.resp.ttl dns.count.answers ftp.response.code ip.reassembled.length ipv6.reassembled.length tcp.srcport tcp.dstport udp.srcport
udp.dstport""".split()
TRANSPORTS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}

# A line, and what its message must say.
WRONG = (
    ("x", "= after the name"), ("1x = 2", "a name of letters"), ("x =", "a number, a column or a measure"), ("= 3", "a name of letters"),
    ("x := 3", "= after the name"), ("x = max(ip.ttl", "the measure's )"), ("x = max(ip.ttl, forward)", "fwd, bwd or if"),
    ("x = maxi(ip.ttl)", "distinct"), ("x = max(no.such.field)", "no.such.field"), ("x = sum(dns.qry.name)", "sum(dns.qry.name)"),
    ("x = mean(tcp)", "count only"), ("x = or(frame.time_epoch)", "there is no or"), ("x = count(*, if tcp.port == 99999)", "99999"),
    ("x = count(*, if cicflow.direction)", "the fields of cicflow"), ("x = max(*)", "count(*)"), ("src_ip = 1", "a column of the record already"),
    ("direction = 1", "cicflow.direction"), ("x = y", '"y"'), ("x = 1 +", "a number, a column or a measure"), ("x = (1", ")"),
    ("x = 1 2", "an operator"), ("x = src_ip + 1", "only numbers"), ("x = first(dns.qry.name) else 0", "else"),
    ("x = max(ip.ttl#0)", "from 1"),
    ("x = max(packet.ttl#1)", "no layers"), ("x = count(*, fwd, bwd)", "two directions"), ("x = count(*, if (tcp)", "has no end"),
    ('x = count(*, if dns.qry.name == "a)', "has no end"), ("x = 0x10", "such as 128 or 0.5"), ("x = if", "if"),
    ("x = count(*, if )", "no display filter"),
    ("x = max(cicflow.src_port)", "the fields of cicflow"), ("x = count(*, if tcp, if udp)", ","), ("x = count(*, if tcp.port ==)", "tcp.port =="),
    ("x = max()", "a field of Wireshark's"), ("x = max", "parentheses"), ("x = " + "(" * 100 + "1", "64 parentheses"),
    ("x" * 65 + " = 1", "64 characters"),
    ("x = 1\nx = 2", "defined already"), ("x = 1 $ 2", "an operator"), ("else = 1\nx = else", "else"), ("x = count(*, if no.such == 1)", "no.such"),
)


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def refused(text):
    """What tshark says of definitions that are wrong; None when it writes something."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wrong.define")
        with open(path, "wb") as file:
            file.write(text)
        target = os.path.join(folder, "flows.csv")
        run = subprocess.run(["tshark", "-q", "-X", f"lua_script:{PLUGIN.loader}", "-r", FIRST, "-o", f"cicflow.csv:{target}", "-o",
                              f"cicflow.define:{path}"], env=ENVIRONMENT, capture_output=True, check=False, timeout=60)
        lines = [line for line in run.stderr.decode().splitlines() if not line.startswith("Running as user")]
        return None if os.path.exists(target) or run.returncode == 0 else lines


def packets_of(capture):
    """The packets of each flow, by its number: a list of texts for each field."""
    return {flow: [{name: text.split(OCCURRENCES) if text else [] for name, text in packet.items()} for packet in packets]
            for flow, packets in PLUGIN.packets_of(capture, FIELDS).items()}


def numbers(packets, field):
    return [int(value, 0) for packet in packets for value in packet[field]]


class Counted:
    """What the flow counts of a packet, by the fields of the frame's layers: the innermost IP header, not that which an ICMP error quotes.
    Raises LookupError where the fields do not tell: of a header that is cut off, or of a fragment in a tunnel."""

    def __init__(self, packet):
        layers = packet["frame.protocols"][0].split(":")
        quoted = next((at for at, layer in enumerate(layers) if layer in ("icmp", "icmpv6")), len(layers))
        at = max(at for at, layer in enumerate(layers[:quoted]) if layer in ("ip", "ipv6"))
        version, nth = layers[at], layers[:at].count(layers[at])
        self.packet, self.time = packet, None
        if len(packet[f"{version}.src"]) < layers.count(version):
            raise LookupError("a header without fields")
        self.ends = packet[f"{version}.src"][nth], packet[f"{version}.dst"][nth]
        self.ttl = int(packet["ip.ttl" if version == "ip" else "ipv6.hlim"][nth])
        header = int(packet["ip.hdr_len"][nth]) if version == "ip" else 40
        whole = packet[f"{version}.reassembled.length"]
        if whole and layers[:quoted].count("ip") + layers[:quoted].count("ipv6") > 1:
            raise LookupError("a fragment in a tunnel")
        of_header = int(packet["ip.len"][nth]) if version == "ip" else header + int(packet["ipv6.plen"][nth])
        fragment_header = 8 if version == "ipv6" else 0
        self.ip_length = header + fragment_header + int(whole[0]) if whole else of_header
        transport = next(layer for layer in layers[at:] if layer in TRANSPORTS)
        number = layers[:at].count(transport)
        self.protocol = TRANSPORTS[transport]
        self.ports = tuple(int(packet[f"{transport}.{end}port"][number]) for end in ("src", "dst")) if transport in ("tcp", "udp") else (0, 0)
        of_tcp = ("tcp.flags", "tcp.window_size_value") if transport == "tcp" else ()
        self.flags, self.window = [int(packet[field][number], 0) for field in of_tcp] or (0, 0)
        self.icmp = tuple(int(packet[f"{transport}.{field}"][0]) for field in ("type", "code")) if transport.startswith("icmp") else None
        if packet["cicflow.direction"] == ["backward"]:
            self.ends, self.ports = self.ends[::-1], self.ports[::-1]


def first(values):
    return values[0] if values else 0


def bits(values):
    result = 0
    for value in values:
        result |= value & 255
    return result


def by_length(packets, least, most):
    return sum(1 for packet in packets if least < packet.ip_length <= most)


class Netflow(unittest.TestCase):
    """Which packets are a flow's, and their directions, are those of the protocol tree; all else is computed."""

    def expected(self, record, packets):
        fields = [packet.packet for packet in packets]
        sides = [[p for p in packets if p.packet["cicflow.direction"] == [d]] for d in ("forward", "backward")]
        lengths = [p.ip_length for p in packets]
        sums = [sum(p.ip_length for p in side) for side in sides]
        flags = [bits(p.flags for p in side) for side in sides]
        ttls = [p.ttl for p in packets]
        again = [[p.packet for p in side if p.packet["tcp.analysis.retransmission"]] for side in sides]
        windows = [max((p.window for p in side), default=0) for side in sides]
        icmp = next((p.icmp for p in packets if p.icmp), (0, 0))
        answers = [p for p in fields if any(int(n) > 0 for n in p["dns.count.answers"])]
        (ends, ports, protocol), = {(p.ends, p.ports, p.protocol) for p in packets}
        values = {
            "IPV4_SRC_ADDR": ends[0], "IPV4_DST_ADDR": ends[1], "L4_SRC_PORT": ports[0], "L4_DST_PORT": ports[1],
            "PROTOCOL": protocol, "L7_PROTO": record["app_proto"], "IN_BYTES": sums[0], "OUT_BYTES": sums[1],
            "IN_PKTS": len(sides[0]), "OUT_PKTS": len(sides[1]), "TCP_FLAGS": flags[0] | flags[1], "CLIENT_TCP_FLAGS": flags[0],
            "SERVER_TCP_FLAGS": flags[1], "MIN_TTL": min(ttls), "MAX_TTL": max(ttls), "LONGEST_FLOW_PKT": max(lengths),
            "SHORTEST_FLOW_PKT": min(lengths), "MIN_IP_PKT_LEN": min(lengths), "MAX_IP_PKT_LEN": max(lengths),
            "RETRANSMITTED_IN_BYTES": sum(numbers(again[0], "tcp.len")), "RETRANSMITTED_IN_PKTS": len(again[0]),
            "RETRANSMITTED_OUT_BYTES": sum(numbers(again[1], "tcp.len")), "RETRANSMITTED_OUT_PKTS": len(again[1]),
            "NUM_PKTS_UP_TO_128_BYTES": by_length(packets, 0, 128), "NUM_PKTS_128_TO_256_BYTES": by_length(packets, 128, 256),
            "NUM_PKTS_256_TO_512_BYTES": by_length(packets, 256, 512), "NUM_PKTS_512_TO_1024_BYTES": by_length(packets, 512, 1024),
            "NUM_PKTS_1024_TO_1514_BYTES": by_length(packets, 1024, 1514), "TCP_WIN_MAX_IN": windows[0], "TCP_WIN_MAX_OUT": windows[1],
            "ICMP_TYPE": icmp[0] * 256 + icmp[1], "ICMP_IPV4_TYPE": icmp[0], "DNS_QUERY_ID": first(numbers(fields, "dns.id")),
            "DNS_QUERY_TYPE": first(numbers(fields, "dns.qry.type")), "DNS_TTL_ANSWER": first(numbers(answers, "dns.resp.ttl")),
            "FTP_COMMAND_RET_CODE": (numbers(fields, "ftp.response.code") or [0])[-1],
        }
        values.update(self.expected_times(packets, sides, sums))
        return values

    def expected_times(self, packets, sides, sums):
        """Times in a flow do not run backwards: a packet counts at the latest time so far."""
        now = Decimal("-Infinity")
        for packet in packets:
            now = packet.time = max(now, Decimal(packet.packet["frame.time_epoch"][0]))
        of = lambda some: [packet.time * 1000 for packet in some]
        spans = [max(of(side)) - min(of(side)) if side else 0 for side in sides]
        span = of(packets)[-1] - of(packets)[0]
        values = {"FLOW_DURATION_MILLISECONDS": span, "DURATION_IN": spans[0], "DURATION_OUT": spans[1], "FLOW_START_MILLISECONDS": of(packets)[0],
                  "FLOW_END_MILLISECONDS": of(packets)[-1]}
        for index, way in enumerate(("SRC_TO_DST", "DST_TO_SRC")):
            values[f"{way}_SECOND_BYTES"] = sums[index] * 1000 / span if span else 0
            values[f"{way}_AVG_THROUGHPUT"] = sums[index] * 8000 / spans[index] if spans[index] else 0
            gaps = [b - a for a, b in zip(of(sides[index]), of(sides[index])[1:])] or [Decimal(0)]
            mean = sum(gaps) / len(gaps)
            deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)).sqrt()
            values.update({f"{way}_IAT_MIN": min(gaps), f"{way}_IAT_MAX": max(gaps), f"{way}_IAT_AVG": mean, f"{way}_IAT_STDDEV": deviation})
        return values

    def check(self, record, packets):
        for name, value in self.expected(record, packets).items():
            told = (name, packets[0].packet["frame.number"])
            if isinstance(value, str) or (isinstance(value, int) and "." not in record[name]):
                self.assertEqual(record[name], str(value), told)
            else:
                self.assertAlmostEqual(float(record[name]), float(value), delta=max(abs(float(value)) * 1e-12, 1e-9), msg=told)

    def test_cell_by_cell(self):
        compared, left_out = 0, collections.Counter()
        for capture in captures_in(CAPTURE_FOLDERS):
            flows = packets_of(capture)
            for record in PLUGIN.records(capture, "-o", "cicflow.define:netflow-v3", "-o", "cicflow.extra:flow_id,app_proto"):
                with self.subTest(capture=capture, flow=record["flow_id"]):
                    try:
                        packets = [Counted(packet) for packet in flows[record["flow_id"]]]
                    except LookupError as error:
                        left_out[str(error)] += 1
                        continue
                    self.check(record, packets)
                    compared += 1
        print(f"{compared} flows compared; left out: {dict(left_out)}")
        self.assertGreater(compared, 100)
        self.assertLess(left_out.total(), compared / 20)

    def test_columns(self):
        records = PLUGIN.records(FIRST, "-o", "cicflow.define:netflow-v3")
        self.assertEqual(len(NETFLOW), 53)
        self.assertEqual(sorted(NETFLOW), sorted(name for name in records[0] if name.isupper() or name in NETFLOW))


class Files(unittest.TestCase):
    def test_every_file_is_understood_and_described(self):
        page = read("docs", "defined-columns.md")
        names = {name.removesuffix(".define") for name in os.listdir(os.path.join(SOURCE, "plugin", "definitions"))}
        self.assertEqual(names, set(FILES))
        for name in FILES:
            with self.subTest(name):
                records = PLUGIN.records(FIRST, "-o", f"cicflow.define:{name}")
                defined = re.findall(r"^(\w+) = ", read("plugin", "definitions", f"{name}.define"), re.M)
                self.assertGreater(len(defined), 8)
                self.assertEqual(list(records[0])[-len(defined):], defined)
                self.assertIn(f"- `{name}`: ", page)

    def test_several_files(self):
        records = PLUGIN.records(FIRST, "-o", "cicflow.define:tls, dns", "-o", "cicflow.fields:src_ip,dns_name,tls_sni")
        self.assertEqual(list(records[0]), ["src_ip", "dns_name", "tls_sni"])

    def test_wrong_lines(self):
        self.assertGreaterEqual(len(WRONG), 30)
        for line, said in WRONG:
            with self.subTest(line=line[:60]):
                lines = refused(f"# the first line\n{line}\n".encode())
                self.assertIsNotNone(lines, "it was accepted")
                self.assertEqual(len(lines), 1, lines)
                self.assertRegex(lines[0], r'cicflow\.define: ".*wrong\.define", line [23]: ')
                self.assertIn(said, lines[0])

    def test_wrong_files(self):
        for text, said in ((b"x = 1\xff\n", "UTF-8"), (b"x = 1\0\n", "text file"), (b"x = 1\n" * 3, "line 2")):
            lines = refused(text)
            self.assertEqual(len(lines), 1)
            self.assertIn(said, lines[0])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
