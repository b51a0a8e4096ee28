#!/usr/bin/env python3
"""--annotate: a copy of the capture with each packet's flow and label as comments, which tshark shows and --labels comments reads.

usage: annotate.py COMMAND PLUGIN_FOLDER SOURCE
"""
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

COMMAND, PLUGIN, SOURCE = (os.path.abspath(path) for path in sys.argv[1:4])
sys.path[:0] = [os.path.join(SOURCE, "test-captures", "composed"), os.path.join(SOURCE, "tests", "plugin")]

import files  # noqa: E402
import packets  # noqa: E402
from plugin_run import Plugin  # noqa: E402

SYN = packets.ipv4("10.3.0.1", "10.3.0.2", packets.tcp(1000, 80, packets.SYN))
CAPTURES = [os.path.join(SOURCE, "test-captures", *path.split("/"))
            for path in ("first.pcap", "traffic/icmp.pcap", "edges/interfaces.pcapng", "edges/no-ip-links.pcapng")]
ENVIRONMENT = dict(os.environ, TZ="UTC", CICFLOW_PLUGIN_DIR=PLUGIN)
RULES = 'web, "secure": tcp.port == 443\nsmall: cicflow.tot_fwd_pkts < 2\nasked: udp || icmp\nlate: cicflow.flow_id > 3\n'


class Annotate(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        with open(self.path("rules.txt"), "w", encoding="utf-8") as file:
            file.write(RULES)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def command(self, *arguments, status=0):
        run = subprocess.run([COMMAND, "-q", *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, status, run.stderr)
        return run.stderr

    def tshark(self, capture, *arguments):
        run = subprocess.run(["tshark", "-r", capture, *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertIn(run.returncode, (0, 2, 14), run.stderr)  # 14: 4.6, of a damaged capture
        return run.stdout

    def annotate(self, capture, *options, status=0):
        return self.command("-f", capture, "-c", self.path("out.csv"), "--labels", self.path("rules.txt"), "--label", "none", "--extra", "flow_id",
                            "--annotate", self.path("out.pcapng"), *options, status=status)

    def records(self, name):
        with open(self.path(name), newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def check_capture(self, capture):
        self.annotate(capture)
        annotated = self.path("out.pcapng")
        fields = [word for name in ("number", "time_epoch", "len", "cap_len", "interface_name", "encap_type") for word in ("-e", f"frame.{name}")]
        of_pcapng = fields if capture.endswith("ng") else fields[:8]
        self.assertEqual(self.tshark(annotated, "-T", "fields", *of_pcapng), self.tshark(capture, "-T", "fields", *of_pcapng))
        self.assertEqual(self.tshark(annotated, "-x"), self.tshark(capture, "-x"))

        labels = {record["flow_id"]: record["label"] for record in self.records("out.csv")}
        flows = self.tshark(capture, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-T", "fields", "-e", "cicflow.flow_id")
        expected = [[f"flow: {flow}", f"label: {labels[flow]}"] if flow else [] for flow in flows.splitlines()]
        comments = self.tshark(annotated, "-T", "fields", "-e", "frame.comment", "-E", "aggregator=\x1f")
        self.assertEqual([line.split("\x1f") if line else [] for line in comments.splitlines()], expected)
        for label in sorted(set(labels.values())):
            quoted = label.replace('"', '\\"')
            count = sum(len(found) > 1 and found[1] == f"label: {label}" for found in expected)
            self.assertEqual(len(self.tshark(annotated, "-Y", f'frame.comment == "label: {quoted}"').splitlines()), count)

        self.command("-f", annotated, "-c", self.path("again.csv"), "--labels", "comments", "--label", "nothing", "--extra", "flow_id")
        self.assertEqual(self.records("again.csv"), self.records("out.csv"))
        return set(labels.values())

    def test_same_capture_with_comments(self):
        seen = set()
        for capture in CAPTURES:
            with self.subTest(capture=os.path.basename(capture)):
                seen |= self.check_capture(capture)
        self.assertEqual(seen, {'web, "secure"', "small", "asked", "late", "none"} & seen | {"small", "late"})

    def test_sections(self):
        """Two captures one after the other in one file, each with interfaces of its own."""
        with open(self.path("sections.pcapng"), "wb") as file:
            for _ in range(2):
                with open(os.path.join(SOURCE, "test-captures", "edges", "interfaces.pcapng"), "rb") as part:
                    file.write(part.read())
        self.check_capture(self.path("sections.pcapng"))

    def test_sections_of_other_link_types(self):
        sections = [files.pcapng_section([files.at(second * files.S, packet)], [files.Interface(link, 6)])
                    for second, (link, packet) in enumerate([(1, packets.ethernet(SYN)), (101, SYN)])]
        with open(self.path("links.pcapng"), "wb") as file:
            file.write(b"".join(sections))
        if Plugin.version() >= "4.4":
            self.check_capture(self.path("links.pcapng"))
            return
        said = self.annotate(self.path("links.pcapng"), status=1)
        self.assertRegex(said, r"^cicflowmeter: [^\n]*links.pcapng: --annotate: the link type of packet 2, in section 2 [^\n]* 4\.4 [^\n]*\n$")
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["links.pcapng", "out.csv", "rules.txt"])
        self.assertEqual([record["tot_fwd_pkts"] for record in self.records("out.csv")], ["2"])

    def test_tshark_reads_labels_from_comments(self):
        self.annotate(CAPTURES[0])
        records = {}
        for name, options in (("one", ()), ("two", ("-2",))):
            self.tshark(self.path("out.pcapng"), "-q", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-o", "cicflow.labels:comments", "-o",
                        "cicflow.label:nothing", "-o", "cicflow.extra:flow_id", "-o", f"cicflow.csv:{self.path(name)}", *options)
            records[name] = self.records(name)
        self.assertEqual(records, {"one": self.records("out.csv"), "two": self.records("out.csv")})

    def test_other_comments_stay_and_ours_are_replaced(self):
        comments = ("-a", "1:seen by hand", "-a", "2:two lines\nlabel: by hand")
        subprocess.run(["editcap", "-F", "pcapng", *comments, CAPTURES[0], self.path("by-hand.pcapng")], check=True, capture_output=True)
        self.command("-f", self.path("by-hand.pcapng"), "-c", self.path("hand.csv"), "--labels", "comments", "--label", "nothing")
        self.assertEqual(sorted({record["label"] for record in self.records("hand.csv")}), ["by hand", "nothing"])
        self.annotate(self.path("by-hand.pcapng"))
        first = self.tshark(self.path("out.pcapng"), "-T", "fields", "-e", "frame.comment", "-E", "aggregator=|")
        self.assertTrue(first.startswith("seen by hand|flow: 1|label: "), first[:80])
        shutil.move(self.path("out.pcapng"), self.path("once.pcapng"))
        self.annotate(self.path("once.pcapng"))
        self.assertEqual(self.tshark(self.path("out.pcapng"), "-T", "fields", "-e", "frame.comment", "-E", "aggregator=|"), first)

    def test_without_labels_only_flows_are_told(self):
        self.command("-f", CAPTURES[0], "-c", self.path("out.csv"), "--annotate", self.path("out.pcapng"))
        comments = self.tshark(self.path("out.pcapng"), "-T", "fields", "-e", "frame.comment").split()
        self.assertIn("flow:", comments)
        self.assertNotIn("label:", " ".join(comments))

    def test_damaged_capture(self):
        with open(CAPTURES[0], "rb") as whole, open(self.path("cut.pcap"), "wb") as cut:
            cut.write(whole.read()[:-7])
        self.annotate(self.path("cut.pcap"), status=1)
        self.assertEqual(len(self.tshark(self.path("out.pcapng")).splitlines()), len(self.tshark(self.path("cut.pcap")).splitlines()))

    def test_nothing_is_left_of_what_fails(self):
        self.command("-f", self.path("missing.pcap"), "-c", self.path("out.csv"), "--annotate", self.path("out.pcapng"), status=1)
        os.mkfifo(self.path("fifo"))
        said = self.command("-f", self.path("fifo"), "-c", self.path("out.csv"), "--annotate", self.path("out.pcapng"), status=2)
        self.assertIn("--annotate reads the capture twice", said)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["fifo", "rules.txt"])

    def test_wrong_usage(self):
        shutil.copy(CAPTURES[0], self.path("x.pcap"))
        one, out = ("-f", self.path("x.pcap"), "-c", self.path("out.csv")), self.path("out.pcapng")
        for arguments, said in (((*one, "-f", CAPTURES[0], "--merge", "--annotate", out), "takes one capture file"),
                                (("-d", self.folder.name, "-c", "x", "--annotate", out), "takes one capture file"),
                                (("-f", "-", "-c", "x", "--annotate", out), "takes one capture file"),
                                ((*one, "--annotate", self.path("x.pcap")), "would overwrite"),
                                ((*one, "--annotate", "-"), "'-' is none"),
                                ((*one, "--annotate", self.path("./out.csv")), "both go to")):
            self.assertIn(said, self.command(*arguments, status=2))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
