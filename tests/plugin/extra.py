#!/usr/bin/env python3
"""The further columns, compared with values known from how a capture was made, and on other captures with Wireshark's own fields.

usage: extra.py PLUGIN_FOLDER MAKE_CAPTURE_PROGRAM CAPTURE_FOLDER...
"""
import collections
import csv
import io
import itertools
import json
import os
import subprocess
import sys
import unicodedata
import unittest

from plugin_run import FolderTest, Plugin

PLUGIN, MAKE_CAPTURE, *CAPTURE_FOLDERS = (os.path.abspath(a) for a in sys.argv[1:])
ENVIRONMENT = dict(os.environ, TZ="UTC")
ALL = "tcp_stream,udp_stream,app_proto,server_name,vlan,tunnel,fwd_retrans,bwd_retrans,community_id"
MANY_BYTES = 3_000_000     # captures above this are left out, so that the test takes seconds

# By client: TCP stream, UDP stream, application, server name, VLAN, tunnel, retransmissions forward and backward. UDP
# stream 1 is quoted in an ICMP error, and 4 is that of VXLAN.
KNOWN = {
    "10.0.0.1": (-1, 0, "DNS", "www.example.com", "", "", 0, 0),
    "10.0.0.2": (0, -1, "HTTP", "shop.example.com:8080", "", "", 0, 0),
    "10.0.0.3": (1, -1, "TLS", "mail.example.org", "", "", 0, 0),
    "10.0.0.4": (2, -1, "TLS", "split.example.net", "", "", 0, 0),
    "10.0.0.5": (3, -1, "TCP", "", "", "", 2, 1),
    "192.0.2.53": (-1, -1, "ICMP", "", "", "", 0, 0),
    "10.0.0.8": (-1, 2, "DNS", "first.example.com", "", "", 0, 0),
    "10.0.0.9": (7, -1, "TCP", "", "", "", 0, 0),
    "2001:db8::10": (8, -1, "TLS", "six.example.org", "", "", 0, 0),
    "10.0.0.11": (-1, -1, "ICMP", "", "", "", 0, 0),
    "10.0.0.21": (9, -1, "HTTP", "www.example.com", "100", "", 0, 0),
    "10.0.0.22": (-1, 3, "DNS", "qinq.example.com", "200|300", "", 0, 0),
    "10.0.0.23": (10, -1, "HTTP", "www.example.com", "10|20", "VXLAN", 0, 0),
    "10.0.0.24": (-1, 5, "DNS", "gre.example.com", "", "GRE", 0, 0),
    "10.0.0.25": (11, -1, "HTTP", "www.example.com", "", "IPv4", 0, 0),
    "2001:db8::26": (-1, -1, "ICMPv6", "", "", "IPv4", 0, 0),
    "10.0.0.27": (12, -1, "HTTP", "www.example.com", "", "MPLS", 0, 0),
    "10.0.0.28": (13, -1, "HTTP", "www.example.com", "", "PPPoES", 0, 0),
    "10.0.0.29": (-1, 6, "DNS", "deep.example.com", "", "IPv4|GRE", 0, 0),
}

HOSTILE = {
    "10.0.0.101": "'=cmd|' /C calc'!A0",
    "10.0.0.102": "'+1+1",
    "10.0.0.103": "'-2",
    "10.0.0.104": "'@SUM(A1)",
    "10.0.0.105": 'a,"b"',
    "10.0.0.106": "\ufffd[31mred",
    "10.0.0.107": "raw \ufffd\ufffd bytes",
    "10.0.0.108": "x" * 255,
    "10.0.0.110": "back\\slash",
    "10.0.0.111": "&<tag>",
    "10.0.0.151": "\ufffd\ufffd=sni\ufffd",
}

# Up to 4.4 a Lua script made it.
COMMUNITY_ID = "communityid.hash" if tuple(map(int, Plugin.version().split("."))) >= (4, 6) else "communityid"
# In one pass, as the columns: in a second pass a few fields are those of another frame.
FIELDS = ("cicflow.flow_id", "cicflow.direction", "frame.number", "tcp.stream", "udp.stream", "tcp.analysis.retransmission", "vlan.id",
          COMMUNITY_ID, "tls.handshake.extensions_server_name", "http.host", "dns.qry.name", "frame.protocols")


def tshark(*options):
    run = subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", *options], env=ENVIRONMENT, capture_output=True, timeout=300)
    errors = [line for line in run.stderr.decode().splitlines() if not line.startswith("Running as user")]
    return run, errors


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def captures():
    for folder in CAPTURE_FOLDERS:
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            if ".pcap" in name and os.path.getsize(path) < MANY_BYTES:
                yield path


def safe(text):
    """What the documents promise for names, implemented independently."""
    text = "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") else c for c in text)
    text = "'" + text if text[:1] in tuple("=+-@") else text
    return text.encode()[:255].decode(errors="ignore")


class Extra(FolderTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.capture = cls.path("applications.pcap")
        subprocess.run([sys.executable, MAKE_CAPTURE, cls.capture], check=True)
        cls.plain = cls.records("-q", "-r", cls.capture)

    @classmethod
    def records(cls, *options, extra=ALL):
        target = cls.path("records.csv")
        run, errors = tshark(*options, "-o", f"cicflow.csv:{target}", "-o", f"cicflow.extra:{extra}")
        assert (run.returncode, errors) == (0, []), errors
        return read_csv(target)

    def test_known_values(self):
        found = {}
        for record in self.plain:
            values = [record[name] for name in ALL.split(",")[:-1]]
            found.setdefault(record["src_ip"], tuple(int(v) if i in (0, 1, 6, 7) else v for i, v in enumerate(values)))
        for client, expected in KNOWN.items():
            self.assertEqual(found[client], expected, client)
        scans = [r for r in self.plain if r["src_ip"] == "10.0.0.7"]
        self.assertEqual([(r["tcp_stream"], r["app_proto"]) for r in scans], [("4", "TCP"), ("5", "TCP"), ("6", "TCP")])

    def test_hostile_names(self):
        found = {record["src_ip"]: record["server_name"] for record in self.plain}
        for client, expected in HOSTILE.items():
            self.assertEqual(found[client], expected, client)
        self.assertTrue(all(unicodedata.category(c) not in ("Cc", "Cf") for name in found.values() for c in name))
        self.assertEqual(found["10.0.0.109"], "\ufffd" * 3 + "evil " + "\ufffd" * 4)   # epan reads the header as ASCII
        self.assertLess(max(len(name.encode()) for name in found.values()), 256)

    def test_hostile_names_in_json(self):
        run, errors = tshark("-q", "-r", self.capture, "-o", "cicflow.jsonl:-", "-o", "cicflow.fields:src_ip", "-o", f"cicflow.extra:{ALL}")
        self.assertEqual((run.returncode, errors), (0, []))
        records = [json.loads(line) for line in io.BytesIO(run.stdout)]
        self.assertEqual([r["server_name"] for r in records], [r["server_name"] for r in self.plain])
        self.assertTrue(all(isinstance(r["tcp_stream"], int) and isinstance(r["fwd_retrans"], int) for r in records))

    def test_same_values_in_every_mode(self):
        for options in (["-V"], ["-q", "-2"], ["-Y", "icmp"], ["-q", "-2", "-R", "frame"]):
            with self.subTest(options=options):
                self.assertEqual(self.records("-r", self.capture, *options), self.plain)

    def test_each_column_alone(self):
        """A column must not depend on another one being written, or on plain frames being dissected."""
        for name in ALL.split(","):
            with self.subTest(name=name):
                records = self.records("-q", "-r", self.capture, "-o", "cicflow.fast:TRUE", extra=name)
                self.assertEqual([r[name] for r in records], [r[name] for r in self.plain])

    def test_every_dialect(self):
        """Flows of one packet do not exist in the Java dialects, others with a VLAN tag or IPv6 not in every dialect."""
        for dialect in ("python", "java", "java-fixed"):
            with self.subTest(dialect=dialect):
                records = self.records("-q", "-r", self.capture, "-o", f"cicflow.dialect:{dialect}")
                source = "src_ip" if "src_ip" in records[0] else "Src IP"
                found = {record[source]: record for record in records}
                for client in ("10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"):
                    values = tuple(found[client][name] for name in ALL.split(",")[:-1])
                    self.assertEqual(values, tuple(str(v) for v in KNOWN[client]), client)

    def test_outer_header(self):
        records = self.records("-q", "-r", self.capture, "-o", "cicflow.tunnel:outer")
        vxlan = [r for r in records if r["dst_port"] == "4789"]
        self.assertEqual([(r["udp_stream"], r["app_proto"], r["vlan"], r["tunnel"]) for r in vxlan], [("4", "VXLAN", "10", "")])

    def test_in_the_tree_when_asked_for(self):
        names = [f"cicflow.{name}" for name in ("server_name", "tcp_stream", "app_proto")]
        for extra, seen in ((ALL, True), ("flow_id", False)):
            with self.subTest(extra=extra):
                run, errors = tshark("-2", "-r", self.capture, "-o", f"cicflow.extra:{extra}", "-Y", "cicflow.last && ip.src == 10.0.0.3", "-T",
                                     "fields", *(word for name in names for word in ("-e", name)))
                self.assertEqual(errors, [])
                self.assertEqual(run.stdout.decode().split("\t"), ["mail.example.org", "1", "TLS\n"] if seen else ["", "", "\n"])

    def check_against_fields(self, capture):
        target = self.path("fields.csv")
        fields = [word for name in FIELDS for word in ("-e", name)]
        run, errors = tshark("-r", capture, "--enable-protocol", "communityid", "-o", f"cicflow.csv:{target}", "-T", "fields", *fields,
                             "-E", "occurrence=a", "-E", "aggregator=\x1f", "-o", f"cicflow.extra:flow_id,{ALL}")
        self.assertEqual((run.returncode, errors), (0, []))
        self.compared_ids = 0
        flows = collections.defaultdict(list)
        for line in run.stdout.decode().split("\n"):
            frame = dict(zip(FIELDS, line.split("\t")))
            if frame.get("cicflow.flow_id"):
                flows[frame["cicflow.flow_id"]].append(frame)
        records = read_csv(target)
        self.assertEqual(len(records), len(flows))
        for record in records:
            self.check_flow(record, flows[record["flow_id"]])
        return records

    def check_application(self, record, frames):
        """By the protocols right above the transport: none, or the same in all frames that have any."""
        transport = {"6": "tcp", "17": "udp"}.get(record["protocol"])
        if not transport:
            return
        above = [f["frame.protocols"].split(f":{transport}:", 1)[1].split(":")[0] for f in frames if f":{transport}:" in f["frame.protocols"]]
        above = set(above) - {"data"}
        expected = {"tls": "TLS", "http": "HTTP", "dns": "DNS", "ssh": "SSH", "llmnr": "LLMNR"}
        if not above:
            self.assertEqual(record["app_proto"], transport.upper(), frames[0]["frame.number"])
        elif len(above) == 1 and above <= set(expected):
            self.assertEqual(record["app_proto"], expected[above.pop()], frames[0]["frame.number"])

    def check_flow(self, record, frames):
        first = frames[0]
        self.check_application(record, frames)
        last_of = lambda frame, name: frame[name].split("\x1f")[-1]
        for column, protocol in (("tcp_stream", "6"), ("udp_stream", "17")):
            expected = last_of(first, column.replace("_", ".")) if record["protocol"] == protocol else "-1"
            self.assertEqual(record[column], expected, first["frame.number"])
        for column, direction in (("fwd_retrans", "forward"), ("bwd_retrans", "backward")):
            expected = sum(1 for f in frames if f["tcp.analysis.retransmission"] and f["cicflow.direction"] == direction)
            self.assertEqual(record[column], str(expected), first["frame.number"])
        if first[COMMUNITY_ID]:    # Wireshark has none of some malformed messages
            self.assertEqual(record["community_id"], last_of(first, COMMUNITY_ID), first["frame.number"])
            self.compared_ids += 1
        tagged = [f["vlan.id"] for f in frames if f["vlan.id"]]
        self.assertEqual(record["vlan"], tagged[0].replace("\x1f", "|") if tagged else "", first["frame.number"])
        names = [next(filter(None, (f[name].split("\x1f")[0] for name in FIELDS[8:11])), "") for f in frames]
        expected = safe(next(filter(None, names), "")) if record["protocol"] in ("6", "17") else ""
        self.assertEqual(record["server_name"], expected, first["frame.number"])

    def test_stacked_vlan_tags(self):
        """Every stack of up to three tags of all kinds, with the same ends: the flows differ in the innermost number."""
        sys.path.insert(0, os.path.dirname(MAKE_CAPTURE))
        from composed import files, packets
        kinds = (packets.TYPE_VLAN, packets.TYPE_QINQ, packets.TYPE_OLD_QINQ)
        stacks = [stack for depth in (1, 2, 3) for stack in itertools.product(kinds, repeat=depth)]
        frames, expected = [], []
        for number, stack in enumerate(stacks, 100):
            numbers = (7, 8, 9)[:len(stack) - 1] + (number,)
            packet = packets.ipv4("10.0.0.1", "10.0.0.2", packets.udp(1000, 2000, b"text"))
            frames.append(packets.tagged(packet, *zip(stack, numbers)))
            expected.append("|".join(map(str, numbers)))
        capture = self.path("stacks.pcap")
        with open(capture, "wb") as file:
            file.write(files.pcap([files.at(index * files.MS, data) for index, data in enumerate(frames)]))
        records = self.records("-q", "-r", capture, "-o", "cicflow.vlan_flows:TRUE")
        self.assertEqual([record["vlan"] for record in records], expected)

    def test_community_id_of_every_icmp_message(self):
        """All types and two codes, from the lower address and from the higher."""
        sys.path.insert(0, os.path.dirname(MAKE_CAPTURE))
        from composed import files, packets
        frames = []
        for kind in range(256):
            for code in (0, 3):
                for ends in (("10.0.0.1", "10.0.0.2"), ("10.0.0.2", "10.0.0.1")):
                    frames.append(packets.ethernet(packets.ipv4(*ends, packets.icmp(kind, code, kind, payload=bytes(64)))))
                for ends in (("2001:db8::1", "2001:db8::2"), ("2001:db8::2", "2001:db8::1")):
                    frames.append(packets.ethernet(packets.ipv6(*ends, packets.icmpv6(kind, code, kind, payload=bytes(64)))))
        capture = self.path("icmp.pcap")
        with open(capture, "wb") as file:
            file.write(files.pcap([files.at(index * 300 * files.S, data) for index, data in enumerate(frames)]))
        records = self.check_against_fields(capture)
        self.assertEqual(len(records), len(frames))
        self.assertGreater(self.compared_ids, len(frames) - 40)

    def test_against_wireshark_s_fields(self):
        found = list(captures())
        for capture in found:
            with self.subTest(capture=os.path.basename(capture)):
                self.check_against_fields(capture)
        self.assertGreater(len(found), 0)


if __name__ == "__main__":
    if not all(os.path.isdir(folder) for folder in CAPTURE_FOLDERS):
        print("skipped: the shared captures, which are not there")
    unittest.main(argv=sys.argv[:1], verbosity=2)
