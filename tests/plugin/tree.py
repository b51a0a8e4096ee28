#!/usr/bin/env python3
"""The protocol tree and its fields say the same as the CSV file, cell by cell.

usage: tree.py PLUGIN_FOLDER FIRST_CAPTURE [FOLDER_OF_FURTHER_CAPTURES]

tshark 4.0 prints the doubles of fields with 15 digits; that their values are those of the CSV to the last bit is shown by
filters, which compare values; the text of the tree has six digits, for people.
"""
import collections
import glob
import json
import math
import os
import pty
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

import flow_captures
import plugin_run
from plugin_run import Plugin

PLUGIN = Plugin(sys.argv[1])
FIRST = os.path.abspath(sys.argv[2])
MORE = sys.argv[3] if len(sys.argv) > 3 else ""
MORE_NAMES = ("zeek_icmp_icmp6-ping.pcap", "zeek_q-in-q.pcap", "ndpi_tcp_scan.pcapng", "wireshark_dns+icmp.pcapng.gz",
              "ndpi_teamspeak3.pcap", "zeek_http_bro.org.pcap")
EXTRA = ("flow_id", "first_frame", "last_frame", "end_reason", "last_timestamp")
DIGITS_15 = 1e-14
WITH_EXTRA = ("-o", f"cicflow.extra:{','.join(EXTRA)}")


def same(field, cell):
    """What a field printed and a cell of the CSV file; 15 digits of it where it is a real number."""
    if field == cell:
        return True
    return re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell) is not None and math.isclose(float(field), float(cell), rel_tol=DIGITS_15)


def label_value(label):
    """The value in "Flow duration: 7.5 s"."""
    return label.split(": ", 1)[1].split(" ")[0]


class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.captures = flow_captures.write_all(cls.folder.name)
        cls.captures["first"] = FIRST

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def same_record(self, fields, record):
        for column, cell in record.items():
            self.assertTrue(same(fields[column], cell), f"{column}: {fields[column]} in the tree, {cell} in the CSV file")

    def check_last(self, capture, *options):
        """The fields of the packets that cicflow.last selects are the CSV file's rows."""
        records = PLUGIN.records(capture, *WITH_EXTRA, *options)
        shown = PLUGIN.fields(capture, list(records[0]), "-2", "-Y", "cicflow.last", *options)
        self.assertEqual(len(shown), len(records))
        by_id = {fields["flow_id"]: fields for fields in shown}
        for record in records:
            self.same_record(by_id[record["flow_id"]], record)

    def test_last_packets_have_the_rows_of_the_csv_file(self):
        for name, capture in self.captures.items():
            with self.subTest(capture=name):
                self.check_last(capture)

    def test_last_packets_of_further_captures(self):
        found = [path for path in sorted(glob.glob(os.path.join(MORE, "*"))) if os.path.basename(path) in MORE_NAMES]
        if not found:
            self.skipTest("the further captures are not there")
        for capture in found:
            with self.subTest(capture=os.path.basename(capture)):
                self.check_last(capture)

    def test_settings_hold_for_the_tree_too(self):
        for name, setting in (("tcp", "timestamp:iso8601"), ("ipv6", "timestamp:epoch"), ("tunnel", "tunnel:outer"),
                              ("icmp", "active_timeout:1"), ("udp", "max_flows:1"), ("tcp", "dialect:python"),
                              ("icmp", "dialect:python")):
            with self.subTest(capture=name, setting=setting):
                self.check_last(self.captures[name], "-o", f"cicflow.{setting}")

    def test_columns_of_dialects_with_other_names(self):
        names = {"Total Fwd Packet": "tot_fwd_pkts", "Flow Duration": "flow_duration", "Flow IAT Mean": "flow_iat_mean",
                 "Src IP": "src_ip", "Protocol": "protocol", "Fwd Packet Length Std": "fwd_pkt_len_std"}
        for dialect in ("java", "java-fixed"):
            for name in ("tcp", "udp", "icmp"):
                with self.subTest(capture=name, dialect=dialect):
                    choice = ("-o", f"cicflow.dialect:{dialect}", "-o", "cicflow.extra:flow_id")
                    records = PLUGIN.records(self.captures[name], *choice)
                    shown = PLUGIN.fields(self.captures[name], ["flow_id", *names.values()], "-2", "-Y", "cicflow.last", *choice)
                    by_id = {fields["flow_id"]: fields for fields in shown}
                    self.assertEqual(len(shown), len(records))
                    for record in records:
                        self.same_record(by_id[record["flow_id"]], {names[c]: record[c] for c in names})

    def test_values_are_those_of_the_csv_file_to_the_last_bit(self):
        """A filter made of all cells of a record finds the packets of its flow."""
        for name in ("tcp", "udp", "tunnel"):
            with self.subTest(capture=name):
                records = PLUGIN.records(self.captures[name], *WITH_EXTRA)
                for record in records[:2]:
                    v6 = "v6" if ":" in record["src_ip"] else ""
                    parts = [f"cicflow.{column}{v6 if column.endswith('_ip') else ''} == " +
                             (f'"{cell}"' if column in ("timestamp", "last_timestamp", "end_reason") else cell)
                             for column, cell in record.items()]
                    found = PLUGIN.fields(self.captures[name], ["flow_id", "packet"], "-2", "-Y", " && ".join(parts))
                    packets = int(record["tot_fwd_pkts"]) + int(record["tot_bwd_pkts"])
                    self.assertEqual([(f["flow_id"], f["packet"]) for f in found],
                                     [(record["flow_id"], str(n + 1)) for n in range(packets)])

    @staticmethod
    def as_text(column, cell):
        """How the tree writes a cell, up to its unit."""
        if column == "protocol":
            return {"1": "ICMP", "6": "TCP", "17": "UDP", "58": "ICMPv6"}[cell]
        return f"{float(cell):.6g}" if re.fullmatch(r"-?\d+\.\d+(e[+-]?\d+)?|\d+e[+-]?\d+", cell) else cell

    def test_text_of_the_tree_has_six_digits(self):
        for name in ("tcp", "ipv6", "tunnel"):
            with self.subTest(capture=name):
                records = {r["flow_id"]: r for r in PLUGIN.records(self.captures[name], *WITH_EXTRA)}
                text = PLUGIN.tshark("-n", "-r", self.captures[name], "-2", "-Y", "cicflow.last", "-T", "pdml")
                packets = xml.fromstring(text).findall("packet")
                self.assertEqual(len(packets), len(records))
                for packet in packets:
                    labels = {f.get("name"): f.get("showname") for f in packet.find("proto[@name='cicflow']").iter("field")}
                    for column, cell in records[label_value(labels["cicflow.flow_id"])].items():
                        if "timestamp" not in column:
                            self.assertEqual(label_value(labels[f"cicflow.{column}"]), self.as_text(column, cell), column)

    def test_the_protocols_line_says_it_all(self):
        text = PLUGIN.tshark("-r", FIRST, "-2", "-Y", "cicflow.flow_id == 12", "-V")
        lines = [line for line in text.splitlines() if line.startswith("[CIC Flow Features")]
        self.assertEqual(lines[-1], "[CIC Flow Features, flow 12, 16 packets, 21,356 bytes, 5.88 ms, ended with the capture; "
                                    "packet 16 (forward)]")
        self.assertEqual(text.count("[Start: Nov 24, 2026 06:36:39.244535000 UTC]"), 16)

    def test_json_and_ek_say_the_same(self):
        records = {r["flow_id"]: r for r in PLUGIN.records(self.captures["tcp"], *WITH_EXTRA)}
        options = ["-r", self.captures["tcp"], "-2", "-Y", "cicflow.last", "-J", "cicflow"]
        for packet in json.loads(PLUGIN.tshark(*options, "-T", "json")):
            layer = packet["_source"]["layers"]["cicflow"]
            flat = {key.removeprefix("cicflow."): value for key, value in (layer | layer["cicflow.record"]).items()}
            self.same_record(flat, records[flat["flow_id"]])
        lines = PLUGIN.tshark(*options, "-T", "ek").splitlines()[1::2]
        self.assertEqual(len(lines), len(records))
        for line in lines:
            layer = json.loads(line)["layers"]["cicflow"]
            flat = {key.removeprefix("cicflow_cicflow_"): value for key, value in layer.items()}
            self.same_record(flat, records[flat["flow_id"]])

    def test_every_packet_of_a_flow_has_its_record(self):
        for name, capture in self.captures.items():
            with self.subTest(capture=name):
                records = {r["flow_id"]: r for r in PLUGIN.records(capture, *WITH_EXTRA)}
                names = ["flow_id", "direction", "packet", "first_frame", "last_frame", "last", "fwd_iat_std", "tot_fwd_pkts"]
                seen = collections.defaultdict(list)
                packets = PLUGIN.fields(capture, names, "-2", "-Y", "cicflow")
                frames = PLUGIN.tshark("-r", capture, "-2", "-Y", "cicflow", "-T", "fields", "-e", "frame.number").split()
                for packet, frame in zip(packets, frames):
                    self.same_record(packet, {n: records[packet["flow_id"]][n] for n in names if n in records["1"]})
                    self.assertEqual(packet["last"] in ("1", "True"), packet["last_frame"] == frame)
                    seen[packet["flow_id"]].append((packet["packet"], packet["direction"], frame))
                self.assertEqual(seen.keys(), records.keys())
                for flow, record in records.items():
                    places = seen[flow]
                    self.assertEqual([n for n, _, _ in places], [str(i + 1) for i in range(len(places))])
                    self.assertEqual([places[0][2], places[-1][2]], [record["first_frame"], record["last_frame"]])
                    directions = collections.Counter(d for _, d, _ in places)
                    self.assertEqual(directions["forward"], int(record["tot_fwd_pkts"]))
                    self.assertEqual(directions["backward"], int(record["tot_bwd_pkts"]))

    def test_one_pass_shows_records_where_time_completed_them(self):
        for name in ("tcp", "udp", "icmp", "ipv6"):
            with self.subTest(capture=name):
                capture = self.captures[name]
                records = [r for r in PLUGIN.records(capture, *WITH_EXTRA) if r["end_reason"] != "eof"]
                text = PLUGIN.tshark("-n", "-r", capture, "-Y", "cicflow.completed", "-T", "pdml")
                times = PLUGIN.tshark("-r", capture, "-T", "fields", "-e", "frame.time_epoch").split()
                found = []
                for packet in xml.fromstring(text).findall("packet"):
                    frame = int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show"))
                    for completed in packet.findall(".//field[@name='cicflow.completed']"):
                        fields = {f.get("name").removeprefix("cicflow."): f.get("show") for f in completed.iter("field")}
                        found.append((frame, fields | {"flow_id": completed.get("show")}))
                self.assertEqual(len(found), len(records))
                for (frame, fields), record in zip(found, records):
                    self.same_record(fields, record)
                    timeout = 60 if record["protocol"] in ("1", "58") else 240
                    last = float(times[int(record["last_frame"]) - 1])
                    self.assertGreater(float(times[frame - 1]) - last, timeout)
                    self.assertLessEqual(max(map(float, times[:frame - 1])) - last, timeout)

    def test_one_pass_shows_what_is_known_so_far(self):
        names = ["flow_id", "packet", "direction", "first_frame", "src_port", "last"]
        once = PLUGIN.fields(self.captures["tunnel"], names)
        twice = PLUGIN.fields(self.captures["tunnel"], names, "-2")
        for a, b in zip(once, twice, strict=True):
            self.assertEqual([a[n] for n in names[:4]], [b[n] for n in names[:4]])
            self.assertEqual((a["src_port"], a["last"]), ("", ""))
            self.assertNotEqual(b["src_port"], "")

    def test_addresses_are_addresses(self):
        def frames(capture, display_filter):
            return len(PLUGIN.tshark("-2", "-r", self.captures[capture], "-Y", display_filter).splitlines())

        self.assertEqual(frames("tcp", "cicflow.src_ip == 10.0.0.0/8"), 24)
        self.assertEqual(frames("tcp", "cicflow.src_ip == 10.1.2.3 && cicflow.dst_ip == 192.168.0.0/16"), 24)
        self.assertEqual(frames("tcp", "cicflow.src_ip == 11.0.0.0/8"), 0)
        self.assertEqual(frames("ipv6", "cicflow.src_ipv6 == 2001:db8::/32"), 13)
        self.assertEqual(frames("ipv6", "cicflow.src_ipv6 == fe80::/10"), 6)
        for network in ("10.0.0.0/8", "0.0.0.0/0", "32.1.13.184", "254.128.0.0/9"):
            self.assertEqual(frames("ipv6", f"cicflow.src_ip == {network}"), 0, network)
        self.assertEqual(frames("tunnel", "cicflow.src_ip == 10.0.0.0/8 || cicflow.src_ipv6 == 2001:db8::/32"), 24)

    def test_filters_select_all_packets_of_flows(self):
        found = PLUGIN.fields(self.captures["tcp"], ["flow_id"], "-2", "-Y", "cicflow.flow_duration > 5 && cicflow.syn_flag_cnt > 1")
        self.assertEqual([f["flow_id"] for f in found], ["1"] * 12)
        found = PLUGIN.fields(self.captures["tcp"], ["flow_id"], "-2", "-Y", 'cicflow.end_reason == "eof"')
        self.assertEqual([f["flow_id"] for f in found], ["3"])

    def test_custom_columns(self):
        columns = '"ID","%Cus:cicflow.flow_id","Mean","%Cus:cicflow.pkt_len_mean","From","%Cus:cicflow.src_ip or cicflow.src_ipv6"'
        text = PLUGIN.tshark("-n", "-2", "-r", self.captures["tunnel"], "-Y", "cicflow.last", "-o", f"gui.column.format:{columns}")
        records = PLUGIN.records(self.captures["tunnel"])
        rows = [line.split() for line in text.splitlines()]
        self.assertEqual([row[0] for row in rows], ["1", "2"])
        self.assertEqual([row[-1] for row in rows], [r["src_ip"] for r in records])
        for row, record in zip(rows, records):
            self.assertTrue(same(row[1], record["pkt_len_mean"]), row)

    def test_colouring_rules(self):
        """tshark colours on terminals only: the packets of flows with a rule's colour are those that its filter finds."""
        rule = "cicflow.flow_duration > 5 && cicflow.syn_flag_cnt > 1"
        with tempfile.TemporaryDirectory() as home:
            with open(os.path.join(home, "colorfilters"), "w", encoding="utf-8") as file:
                file.write(f"@long@{rule}@[65535,65535,0][0,0,0]\n")
            ours, theirs = pty.openpty()
            process = subprocess.Popen(["tshark", "-X", f"lua_script:{PLUGIN.loader}", "-n", "-2", "-r", self.captures["tcp"], "--color"],
                                       env=dict(plugin_run.ENVIRONMENT, WIRESHARK_CONFIG_DIR=home, COLORTERM="truecolor"),
                                       stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            os.close(theirs)
            text = b""
            try:
                while piece := os.read(ours, 65536):
                    text += piece
            except OSError:  # nobody has the other end any more
                pass
            os.close(ours)
            self.assertEqual(process.wait(), 0)
        coloured = [line for line in text.decode().splitlines() if "\x1b[48;2;255;255;0m" in line]
        self.assertEqual(len(coloured), len(PLUGIN.tshark("-2", "-r", self.captures["tcp"], "-Y", rule).splitlines()))
        self.assertEqual(len(coloured), 12)

    def test_names_of_the_fields(self):
        listed = {}
        for line in PLUGIN.listing("fields").splitlines():
            parts = line.split("\t")
            if parts[0] == "F" and parts[4] == "cicflow":
                listed.setdefault(parts[2], parts)
        columns = list(PLUGIN.records(FIRST, *WITH_EXTRA)[0])
        for name in columns + ["record", "completed", "direction", "packet", "last", "src_ipv6", "dst_ipv6"]:
            kind, title, _, field_type, _, _, _, description = listed[f"cicflow.{name}"][:8]
            self.assertEqual(kind, "F")
            self.assertNotIn("_", title)
            self.assertTrue(description, name)
            self.assertTrue(field_type.startswith("FT_"))
        self.assertEqual(listed["cicflow.src_ip"][3], "FT_IPv4")
        self.assertEqual(listed["cicflow.flow_duration"][3], "FT_DOUBLE")
        self.assertEqual(listed["cicflow.first_frame"][3], "FT_FRAMENUM")
        self.assertEqual(listed["cicflow.fwd_iat_tot"][1], "Forward inter-arrival time total")

    def test_turned_off(self):
        for passes in ([], ["-2"]):
            text = PLUGIN.tshark(*passes, "-r", FIRST, "-o", "cicflow.tree:FALSE", "-Y", "cicflow")
            self.assertEqual(text, "")

    def test_coloring_rules_and_filters_of_graphs(self):
        """Every filter that comes with the plugin compiles, and the rule for scans finds one."""
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "wireshark")
        with open(os.path.join(folder, "cicflow-colors.txt"), encoding="utf-8") as file:
            rules = [line.split("@") for line in file if line.startswith("@")]
        with open(os.path.join(folder, "README.md"), encoding="utf-8") as file:
            graphs = [re.split(r" *\| *", line)[2].strip("`") for line in file if re.match(r"\| .*`cicflow", line)]
        self.assertEqual((len(rules), len(graphs)), (6, 6))
        for wanted in [rule[2] for rule in rules] + graphs:
            PLUGIN.tshark("-2", "-r", self.captures["icmp"], "-Y", wanted)
        for rule in rules:
            self.assertRegex(rule[3], r"^(\[\d+,\d+,\d+\]){2}\n$")
        capture = os.path.join(self.folder.name, "scan.pcap")
        p = flow_captures.p
        with open(capture, "wb") as file:
            file.write(flow_captures.plain([(i, p.ipv4("10.0.0.1", "10.0.0.2", p.tcp(9, 1 + i, p.SYN))) for i in range(5)]))
        found = PLUGIN.tshark("-2", "-r", capture, "-Y", rules[0][2], "-T", "fields", "-e", "tcp.dstport").split()
        self.assertEqual(found, ["1", "2", "3", "4", "5"])

    def test_expert_information(self):
        def messages(capture, *options):
            return PLUGIN.tshark("-2", "-r", self.captures[capture], *options, "-Y", "_ws.expert && cicflow.last", "-T", "fields",
                                 "-e", "cicflow.flow_id", "-e", "_ws.expert.message").splitlines()

        early = messages("udp", "-o", "cicflow.max_flows:2")
        self.assertEqual([("max_flows" in line) for line in early], [True] * 18 + [False] * 2, early)
        cut = messages("udp", "-o", "cicflow.active_timeout:3")
        self.assertTrue(any("active timeout" in line for line in cut), cut)
        self.assertEqual([line for line in messages("udp") if "cicflow" in line or "timeout" in line], [])

    def test_expert_information_without_a_tree(self):
        """-z expert does not ask for a tree: one pass, two, and with a filter that makes trees. Packets of
        each of the three flows are 1 s apart: two are cut twice (packets 9 and 18, 10 and 19), one once (11)."""
        for options in ([], ["-2"], ["-Y", "ip"], ["-2", "-Y", "ip"]):
            for wanted, limit, number in (("max_flows", "max_flows:2", 18), ("active timeout", "active_timeout:3", 5)):
                text = PLUGIN.tshark("-q", "-r", self.captures["udp"], "-z", "expert", "-o", f"cicflow.{limit}", *options)
                lines = [line.split() for line in text.splitlines() if wanted in line]
                self.assertEqual(sum(int(line[0]) for line in lines), number, text)

    def test_more_completed_flows_than_a_tree_may_show(self):
        capture = os.path.join(self.folder.name, "many.pcap")
        p, files = flow_captures.p, flow_captures.files
        frames = [(i, p.ipv4("10.0.0.1", "10.0.0.2", p.udp(1 + i, 9))) for i in range(3000)]
        with open(capture, "wb") as file:
            file.write(flow_captures.plain(frames + [(300 * files.S, p.ipv4("10.0.0.1", "10.0.0.2", p.udp(1, 9)))]))
        for most, complete in ((1000000, True), (100000, False)):
            text = PLUGIN.tshark("-r", capture, "-o", f"gui.max_tree_items:{most}", "-Y", "cicflow.completed", "-V")
            shown = text.count("[Completed flow: ")
            self.assertNotIn("Dissector bug", text)
            if complete:
                self.assertEqual(shown, 3000)
                continue
            left_out = int(re.search(r"(\d+) more flows? completed", text).group(1))
            self.assertEqual(shown + left_out, 3000)
            self.assertGreater(shown, 500)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
