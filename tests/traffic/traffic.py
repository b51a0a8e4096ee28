#!/usr/bin/env python3
"""Captures of real traffic: the plugin's records in their order, and the example outputs stored beside their captures.

usage: traffic.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import csv
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

COMMAND, PLUGIN, SOURCE = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
CAPTURES = SOURCE / "test-captures"
TRAFFIC = sorted((CAPTURES / "traffic").glob("*.pcap"))
EXAMPLES = sorted((CAPTURES / "examples").glob("*.pcap"))
REFERENCE = SOURCE / "tests" / "reference" / "standard_flows.py"
ENVIRONMENT = dict(os.environ, TZ="UTC")
MODES = {"ordinary": [], "fast": ["-o", "cicflow.fast:TRUE"], "two passes": ["-2"]}

# What `ping -c N -s SIZE` sends is known by hand: N requests and N replies of SIZE + 42 bytes (IPv6: SIZE + 62) in a frame;
# around them a tunnel has 4 (VLAN), 24 (GRE without its inner Ethernet: 20 + 4), 20 (IP in IP) or 50 (VXLAN) bytes more.
# capture: (receiver, echoes, bytes of a frame, bytes of the IP header)
PINGS = {"icmp.pcap": ("10.20.1.254", 4, 98, 20), "ipv6.pcap": ("fd20:2::1", 5, 118, 40), "vlan.pcap": ("10.30.1.2", 3, 102, 20),
         "gre.pcap": ("10.30.2.2", 3, 122, 20), "ip-in-ip.pcap": ("10.30.3.2", 3, 118, 20),
         "vxlan.pcap": ("10.30.4.2", 3, 148, 20)}


def rows(text):
    return list(csv.reader(text.splitlines()))


def same(a, b):
    try:
        return a == b or math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-12)
    except ValueError:
        return False


class Traffic(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def compare(self, expected, actual):
        self.assertGreater(len(expected), 1)
        self.assertEqual(len(expected), len(actual))
        self.assertEqual(expected[0], actual[0])
        for number, (want, have) in enumerate(zip(expected[1:], actual[1:]), 1):
            wrong = [(name, a, b) for name, a, b in zip(expected[0], want, have) if not same(a, b)]
            self.assertEqual(wrong, [], f"row {number}")

    def test_records(self):
        for capture in TRAFFIC:
            expected = rows(capture.with_name(capture.name + ".csv").read_text(encoding="utf-8"))
            for mode, options in MODES.items():
                with self.subTest(capture=capture.name, mode=mode):
                    output = self.folder / "out.csv"
                    subprocess.run(["tshark", "-q", "-n", "-r", capture, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-o",
                                    f"cicflow.csv:{output}", *options], env=ENVIRONMENT, capture_output=True, check=True)
                    self.compare(expected, rows(output.read_text(encoding="utf-8")))

    def test_pings_are_as_sent(self):
        for name, (receiver, echoes, frame, header) in PINGS.items():
            with self.subTest(capture=name):
                text = (CAPTURES / "traffic" / f"{name}.csv").read_text(encoding="utf-8")
                found = [row for row in csv.DictReader(text.splitlines())
                         if row["dst_ip"] == receiver and row["protocol"] in ("1", "58") and row["tot_bwd_pkts"] != "0"
                         and int(row["pkt_len_max"]) < 1000]
                self.assertIn((echoes, echoes, echoes * frame, echoes * frame, echoes * header),
                              [tuple(int(row[column]) for column in ("tot_fwd_pkts", "tot_bwd_pkts", "totlen_fwd_pkts",
                                                                     "totlen_bwd_pkts", "fwd_header_len")) for row in found])

    def test_examples(self):
        self.assertEqual([path.stem for path in EXAMPLES], ["icmp-only", "mixed", "ping-flood"])
        for capture in EXAMPLES:
            with self.subTest(capture=capture.name):
                run = subprocess.run([COMMAND, "-q", "-f", capture.name, "-c", self.folder / "out.csv", "--summary"],
                                     env=ENVIRONMENT, cwd=capture.parent, capture_output=True, check=True)
                records = (self.folder / "out.csv").read_bytes()
                self.assertEqual(records, capture.with_suffix(".csv").read_bytes())
                self.assertEqual(run.stdout + run.stderr, capture.with_suffix(".summary.txt").read_bytes())
                reference = subprocess.run([sys.executable, REFERENCE, capture], env=ENVIRONMENT, capture_output=True, check=True)
                self.compare(rows(reference.stdout.decode()), rows(records.decode()))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
