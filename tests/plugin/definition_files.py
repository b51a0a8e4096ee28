#!/usr/bin/env python3
"""Definition files: those that come with the plugin, netflow-v3 cell by cell against tshark -T fields, and errors in others.

usage: definition_files.py PLUGIN_FOLDER SOURCE_FOLDER CAPTURE_FOLDER...
"""
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

FIELDS = """cicflow.flow_id cicflow.direction frame.number frame.time_epoch ip.len ip.ttl ipv6.plen ipv6.hlim tcp.flags tcp.len tcp.window_size_value
tcp.analysis.retransmission icmp.type icmp.code icmpv6.type icmpv6.code dns.id dns.qry.type dns.resp.ttl dns.count.answers ftp.response.code
ip.fragment.count ipv6.fragment.count tcp.srcport tcp.dstport udp.srcport udp.dstport""".split()
TRANSPORTS = {"6": "tcp", "17": "udp"}

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


def has_one_ip_header(packet):
    reassembled = packet["ip.fragment.count"] or packet["ipv6.fragment.count"]
    return len(packet["ip.len"]) + len(packet["ipv6.plen"]) == 1 and not reassembled


def ip_length(packet):
    return int(packet["ip.len"][0]) if packet["ip.len"] else int(packet["ipv6.plen"][0]) + 40


def first(values):
    return values[0] if values else 0


def bits(values):
    result = 0
    for value in values:
        result |= value & 255
    return result


def by_length(packets, least, most):
    return sum(1 for packet in packets if least < ip_length(packet) <= most)


class Netflow(unittest.TestCase):
    """On flows whose packets have one IP header each: of tunnels, fragments and quoted packets tshark's fields say more than one."""

    def expected(self, record, packets):
        sides = [[p for p in packets if p["cicflow.direction"] == [d]] for d in ("forward", "backward")]
        lengths = [ip_length(p) for p in packets]
        sums = [sum(ip_length(p) for p in side) for side in sides]
        is_tcp = record["protocol"] == "6"
        flags = [bits(numbers(side, "tcp.flags")) if is_tcp else 0 for side in sides]
        ttls = numbers(packets, "ip.ttl") + numbers(packets, "ipv6.hlim")
        again = [[p for p in side if p["tcp.analysis.retransmission"]] for side in sides]
        windows = [max(numbers(side, "tcp.window_size_value"), default=0) for side in sides]
        types = numbers(packets, "icmp.type") + numbers(packets, "icmpv6.type")
        codes = numbers(packets, "icmp.code") + numbers(packets, "icmpv6.code")
        answers = [p for p in packets if any(int(n) > 0 for n in p["dns.count.answers"])]
        transport = TRANSPORTS.get(record["protocol"])
        ends = [int(packets[0][f"{transport}.{end}port"][0]) if transport else 0 for end in ("src", "dst")]
        if packets[0]["cicflow.direction"] == ["backward"]:
            ends.reverse()
        values = {
            "IPV4_SRC_ADDR": record["src_ip"], "IPV4_DST_ADDR": record["dst_ip"], "L4_SRC_PORT": ends[0], "L4_DST_PORT": ends[1],
            "PROTOCOL": int(record["protocol"]), "L7_PROTO": record["app_proto"], "IN_BYTES": sums[0], "OUT_BYTES": sums[1],
            "IN_PKTS": len(sides[0]), "OUT_PKTS": len(sides[1]), "TCP_FLAGS": flags[0] | flags[1], "CLIENT_TCP_FLAGS": flags[0],
            "SERVER_TCP_FLAGS": flags[1], "MIN_TTL": min(ttls), "MAX_TTL": max(ttls), "LONGEST_FLOW_PKT": max(lengths),
            "SHORTEST_FLOW_PKT": min(lengths), "MIN_IP_PKT_LEN": min(lengths), "MAX_IP_PKT_LEN": max(lengths),
            "RETRANSMITTED_IN_BYTES": sum(numbers(again[0], "tcp.len")), "RETRANSMITTED_IN_PKTS": len(again[0]),
            "RETRANSMITTED_OUT_BYTES": sum(numbers(again[1], "tcp.len")), "RETRANSMITTED_OUT_PKTS": len(again[1]),
            "NUM_PKTS_UP_TO_128_BYTES": by_length(packets, 0, 128), "NUM_PKTS_128_TO_256_BYTES": by_length(packets, 128, 256),
            "NUM_PKTS_256_TO_512_BYTES": by_length(packets, 256, 512), "NUM_PKTS_512_TO_1024_BYTES": by_length(packets, 512, 1024),
            "NUM_PKTS_1024_TO_1514_BYTES": by_length(packets, 1024, 1514), "TCP_WIN_MAX_IN": windows[0], "TCP_WIN_MAX_OUT": windows[1],
            "ICMP_TYPE": first(types) * 256 + first(codes), "ICMP_IPV4_TYPE": first(types), "DNS_QUERY_ID": first(numbers(packets, "dns.id")),
            "DNS_QUERY_TYPE": first(numbers(packets, "dns.qry.type")), "DNS_TTL_ANSWER": first(numbers(answers, "dns.resp.ttl")),
            "FTP_COMMAND_RET_CODE": (numbers(packets, "ftp.response.code") or [0])[-1],
        }
        values.update(self.expected_times(packets, sides, sums))
        return values

    def expected_times(self, packets, sides, sums):
        """Times in a flow do not run backwards: a packet counts at the latest time so far."""
        now, times = Decimal("-Infinity"), {}
        for packet in packets:
            now = times[packet["frame.number"][0]] = max(now, Decimal(packet["frame.time_epoch"][0]))
        of = lambda some: [times[packet["frame.number"][0]] * 1000 for packet in some]
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
            told = (name, packets[0]["frame.number"])
            if isinstance(value, str) or (isinstance(value, int) and "." not in record[name]):
                self.assertEqual(record[name], str(value), told)
            else:
                self.assertAlmostEqual(float(record[name]), float(value), delta=max(abs(float(value)) * 1e-12, 1e-9), msg=told)

    def test_cell_by_cell(self):
        compared = 0
        for capture in captures_in(CAPTURE_FOLDERS):
            flows = packets_of(capture)
            with self.subTest(capture=capture):
                for record in PLUGIN.records(capture, "-o", "cicflow.define:netflow-v3", "-o", "cicflow.extra:flow_id,app_proto"):
                    packets = flows[record["flow_id"]]
                    if all(has_one_ip_header(packet) for packet in packets):
                        self.check(record, packets)
                        compared += 1
        self.assertGreater(compared, 100)

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
