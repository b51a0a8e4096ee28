#!/usr/bin/env python3
"""Labels by rules, and the packet filter, compared with plain tshark and the same display filters.

usage: labels.py PLUGIN_FOLDER MAKE_CAPTURE_PROGRAM DOCUMENT
"""
import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import unittest

from plugin_run import FolderTest

PLUGIN, MAKE_CAPTURE, DOCUMENT = (os.path.abspath(a) for a in sys.argv[1:4])
ENVIRONMENT = dict(os.environ, TZ="UTC")

RULES = """\
# Rules for tests: labels with blanks, a label twice, and filters that contain a colon and a hash

Web : http.host contains "example"
Resolver: dns && ip.dst == 192.0.2.53
Port Scan: tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport in {21..23}
Lost: tcp.analysis.retransmission
Web: tls.handshake.extensions_server_name matches "^(mail|split)[#.]"
Late: frame.time >= "2023-11-14 22:13:33" && icmp
Never: ip.src == 203.0.113.1
"""


def run_tshark(*options):
    return subprocess.run(["tshark", *options], env=ENVIRONMENT, capture_output=True, timeout=120)


def with_plugin(*options):
    return run_tshark("-X", f"lua_script:{PLUGIN}/cicflow.lua", *options)


def complaints(run):
    return [line for line in run.stderr.decode().splitlines() if not line.startswith("Running as user")]


def without_label(printed):
    """What tshark prints, but for the label, which is a field of its own."""
    return b"".join(line for line in printed.splitlines(keepends=True) if b"cicflow.label" not in line)


def matching_frames(capture, display_filter):
    run = run_tshark("-r", capture, "-Y", display_filter, "-T", "fields", "-e", "frame.number")
    assert run.returncode == 0, run.stderr
    return {int(line) for line in run.stdout.split()}


def rules_of(text):
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(label.strip(), rule.strip()) for label, rule in (line.split(":", 1) for line in lines)]


class Labels(FolderTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.capture = cls.path("applications.pcap")
        subprocess.run([sys.executable, MAKE_CAPTURE, cls.capture], check=True)
        cls.rules = cls.write_rules(RULES, "labels.txt")

    @classmethod
    def write_rules(cls, text, name):
        mode = "wb" if isinstance(text, bytes) else "w"
        with open(cls.path(name), mode, encoding=None if mode == "wb" else "utf-8") as file:
            file.write(text)
        return cls.path(name)

    def records(self, *options):
        target = self.path("records.csv")
        run = with_plugin(*options, "-o", f"cicflow.csv:{target}")
        self.assertEqual((run.returncode, complaints(run)), (0, []))
        with open(target, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def labelled(self, *options):
        return self.records("-r", self.capture, "-o", f"cicflow.labels:{self.rules}", "-o", "cicflow.label:Benign", "-o",
                            "cicflow.extra:first_frame,last_frame", *options)

    def expected_labels(self, records):
        """By frame numbers: the flows of this capture do not overlap in it but in the port scan and DNS pairs."""
        matches = [(label, matching_frames(self.capture, rule)) for label, rule in rules_of(RULES)]
        labels = []
        for record in records:
            frames = set(range(int(record["first_frame"]), int(record["last_frame"]) + 1))
            labels.append(next((label for label, found in matches if frames & found), "Benign"))
        return labels

    def test_first_rule_that_any_packet_matches(self):
        records = self.labelled("-q")
        labels = [record["label"] for record in records]
        self.assertEqual(labels, self.expected_labels(records))
        self.assertGreaterEqual(set(labels), {"Web", "Resolver", "Port Scan", "Lost", "Benign"})
        self.assertEqual(list(records[0])[-1], "label")
        by_client = {record["src_ip"]: record["label"] for record in records}
        self.assertEqual(by_client["10.0.0.3"], "Web")
        self.assertEqual(by_client["10.0.0.5"], "Lost")
        self.assertEqual(by_client["10.0.0.7"], "Port Scan")
        self.assertEqual(by_client["10.0.0.9"], "Benign")

    def test_lowest_rule_wins_whatever_packet_comes_first(self):
        rules = self.write_rules("Data: tcp.len > 0\nOpened: tcp.flags.syn == 1\n", "order.txt")
        records = self.records("-q", "-r", self.capture, "-o", f"cicflow.labels:{rules}", "-o", "cicflow.filter:tcp")
        self.assertEqual({r["label"] for r in records if r["fwd_act_data_pkts"] != "0"}, {"Data"})
        self.assertEqual({r["label"] for r in records if r["fwd_act_data_pkts"] == "0"}, {"Opened"})

    def test_same_labels_in_every_mode(self):
        plain = self.labelled("-q")
        for options in (["-V"], ["-q", "-2"], ["-Y", "icmp"], ["-q", "-o", "cicflow.fast:TRUE"],
                        ["-q", "-z", "io,stat,0,http"], ["-q", "-2", "-R", "frame"]):
            with self.subTest(options=options):
                self.assertEqual(self.labelled(*options), plain)

    def test_printing_is_not_disturbed(self):
        for options in (["-V"], ["-Y", "http"], ["-T", "fields", "-e", "tcp.stream", "-e", "http.host"], ["-2", "-T", "json"]):
            with self.subTest(options=options):
                more = ["-o", f"cicflow.labels:{self.rules}", "-o", f"cicflow.csv:{self.path('out.csv')}", "-o", "cicflow.filter:ip || ipv6"]
                run = with_plugin("-r", self.capture, *options, *more)
                without = with_plugin("-r", self.capture, *options, "-o", f"cicflow.csv:{self.path('out.csv')}").stdout
                self.assertEqual(without_label(run.stdout), without)

    def test_every_dialect_has_labels(self):
        for dialect in ("standard", "python", "java", "java-fixed"):
            with self.subTest(dialect=dialect):
                target = self.path("dialect.csv")
                run = with_plugin("-q", "-r", self.capture, "-o", f"cicflow.labels:{self.rules}", "-o", f"cicflow.csv:{target}", "-o",
                                  f"cicflow.dialect:{dialect}", "-o", "cicflow.extra:last_frame")
                self.assertEqual((run.returncode, complaints(run)), (0, []))
                with open(target, newline="", encoding="utf-8") as file:
                    header, *rows = csv.reader(file)
                source = next(index for index, name in enumerate(header) if name in ("src_ip", "Src IP"))
                label = next(index for index, name in enumerate(header) if name in ("label", "Label"))
                labels = {(row[source], row[label]) for row in rows}
                self.assertIn(("10.0.0.2", "Web"), labels)
                self.assertIn(("10.0.0.5", "Lost"), labels)

    def test_counts_per_label(self):
        run = with_plugin("-q", "-r", self.capture, "-o", f"cicflow.labels:{self.rules}", "-o", "cicflow.stats:-", "-o", "cicflow.label:Benign")
        counts = json.loads(run.stdout)["flows_by_label"]
        self.assertEqual(list(counts), ["Web", "Resolver", "Port Scan", "Lost", "Late", "Never", "Benign"])
        labels = [record["label"] for record in self.labelled("-q")]
        self.assertEqual(counts, {label: labels.count(label) for label in counts})

    def test_label_without_rules_that_match(self):
        rules = self.write_rules("# nothing\n\r\n", "empty.txt")
        records = self.records("-q", "-r", self.capture, "-o", f"cicflow.labels:{rules}")
        self.assertEqual({record["label"] for record in records}, {""})

    def test_file_with_byte_order_mark_and_windows_line_ends(self):
        rules = self.write_rules("\ufeffDOS: icmp\r\n# comment\r\n\r\n  Résolveur:dns\r\n".encode(), "dos.txt")
        records = self.records("-q", "-r", self.capture, "-o", f"cicflow.labels:{rules}")
        self.assertEqual({record["label"] for record in records}, {"DOS", "Résolveur", ""})

    def test_wrong_rules_are_refused_with_line_and_reason(self):
        cases = (("A: ip\nB: ip.nosuchfield\n", 2, "ip.nosuchfield"), ("A: tcp.port ==\n", 1, "end"), ("no colon\n", 1, "LABEL: DISPLAY_FILTER"),
                 ("\n# c\n: tcp\n", 3, "no label"), ("A:\n", 1, "no display filter"), (b"A: ip\n\xff: tcp\n", 2, "UTF-8"),
                 ("A: ip\nB: ip && cicflow.flow_id == 1\n", 2, "looks at both"), ("A: cicflow.packet == 1\n", 1, "no field of a flow's record"),
                 ("A: cicflow.seq_length == 1\n", 1, "only known with a sequence above 0"), ("A: ip\nB: tcp.port == http\n", 2, "http"))
        for number, (text, line, reason) in enumerate(cases):
            with self.subTest(text=text):
                rules, target = self.write_rules(text, "wrong.txt"), self.path(f"wrong{number}.csv")
                run = with_plugin("-q", "-r", self.capture, "-o", f"cicflow.labels:{rules}", "-o", f"cicflow.csv:{target}")
                self.assertNotEqual(run.returncode, 0)
                self.assertEqual(len(complaints(run)), 1, complaints(run))
                self.assertIn(f'cicflow.labels: "{rules}", line {line}: ', complaints(run)[0])
                self.assertIn(reason, complaints(run)[0])
                self.assertFalse(os.path.exists(target))

    def test_wireshark_s_own_message(self):
        wrong = "tcp.flags.syn == banana"
        theirs = run_tshark("-r", self.capture, "-Y", wrong).stderr.decode()
        rules = self.write_rules(f"A: {wrong}\n", "wrong.txt")
        for options in (["-o", f"cicflow.labels:{rules}"], ["-o", f"cicflow.filter:{wrong}"]):
            run = with_plugin("-q", "-r", self.capture, "-o", f"cicflow.csv:{self.path('wrong.csv')}", *options)
            self.assertIn(complaints(run)[0].rsplit(": ", 1)[1], theirs)

    def test_rules_that_cannot_be_read(self):
        for path, reason in ((self.path("missing.txt"), "No such file"), (self.folder.name, "directory"), (self.capture, "not a text file")):
            with self.subTest(path=path):
                run = with_plugin("-q", "-r", self.capture, "-o", f"cicflow.labels:{path}", "-o", f"cicflow.csv:{self.path('unread.csv')}")
                self.assertNotEqual(run.returncode, 0)
                self.assertEqual(len(complaints(run)), 1, complaints(run))
                self.assertIn(path, complaints(run)[0])
                self.assertIn(reason, complaints(run)[0])
                self.assertFalse(os.path.exists(self.path("unread.csv")))

    def counts_with(self, name, *options):
        """The records, and the statistics of packets."""
        records = self.records("-q", "-o", f"cicflow.stats:{self.path(name)}", *options)
        with open(self.path(name), encoding="utf-8") as file:
            return records, json.load(file)

    def test_filter_is_as_if_the_others_were_not_there(self):
        modes = ([], ["-2"], ["-o", "cicflow.fast:TRUE"])
        for display_filter, options in (("dns", modes), ("tcp.analysis.retransmission", modes[:1]), ("ip.addr == 10.0.0.3 || vlan", modes[:1]),
                                        ("sctp", modes[:1])):
            part = self.path("part.pcap")
            run_tshark("-r", self.capture, "-Y", display_filter, "-w", part)
            expected, of_part = self.counts_with("part.json", "-r", part)
            for more in options:
                with self.subTest(display_filter=display_filter, options=more):
                    records, counts = self.counts_with("stats.json", "-r", self.capture, "-o", f"cicflow.filter:{display_filter}", *more)
                    self.assertEqual(records, expected)
                    self.assertEqual(counts["used"], of_part["packets"])
                    self.assertEqual(counts["used"] + sum(counts["skipped"].values()), counts["packets"])
                    self.assertGreater(counts["skipped"]["filter"], 0)

    def test_filter_with_read_filter(self):
        records, counts = self.counts_with("both.json", "-2", "-R", "ip.addr == 10.0.0.2", "-r", self.capture, "-o", "cicflow.filter:tcp.len > 0")
        self.assertEqual([(r["tot_fwd_pkts"], r["tot_bwd_pkts"]) for r in records], [("1", "1")])
        self.assertEqual((counts["packets"], counts["used"], counts["skipped"]["filter"]), (10, 2, 8))

    def test_wrong_filters(self):
        for wrong in ("ip.nosuchfield == 1", "cicflow"):
            with self.subTest(wrong=wrong):
                target = self.path("filter.csv")
                run = with_plugin("-q", "-r", self.capture, "-o", f"cicflow.filter:{wrong}", "-o", f"cicflow.csv:{target}")
                self.assertNotEqual(run.returncode, 0)
                self.assertEqual(len(complaints(run)), 1, complaints(run))
                self.assertIn(f'cicflow.filter: "{wrong}": ', complaints(run)[0])
                self.assertFalse(os.path.exists(target))

    def test_json_lines_have_labels(self):
        run = with_plugin("-q", "-r", self.capture, "-o", f"cicflow.labels:{self.rules}", "-o", "cicflow.jsonl:-", "-o", "cicflow.fields:src_ip")
        objects = [json.loads(line) for line in io.BytesIO(run.stdout)]
        self.assertEqual(list(objects[0]), ["src_ip", "label"])
        self.assertEqual([o["label"] or "Benign" for o in objects], [r["label"] for r in self.labelled("-q")])

    def test_worked_example_of_the_document(self):
        with open(DOCUMENT, encoding="utf-8") as file:
            examples = dict(re.findall(r"<!-- example: ([a-z.]+) -->\n```\n(.*?)```\n", file.read(), re.S))
        self.write_rules(examples["rules.txt"], "rules.txt")
        make, run = (shlex.split(line) for line in examples["commands"].splitlines())
        self.assertEqual((os.path.basename(make[1]), make[2], run[0]), ("applications.py", "example.pcap", "tshark"))
        subprocess.run([sys.executable, MAKE_CAPTURE, self.path("example.pcap")], check=True)
        done = subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", *run[1:]], env=ENVIRONMENT, capture_output=True,
                              cwd=self.folder.name, timeout=120)
        self.assertEqual((done.returncode, complaints(done)), (0, []))
        with open(self.path("labelled.csv"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        for line in examples["labelled.csv"].splitlines():
            self.assertIn(line, lines)
        with open(self.path("stats.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["flows_by_label"], json.loads(examples["stats.json"]))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
