#!/usr/bin/env python3
"""Preferences together with the python dialect: the fork has no settings, so some have no effect, and three replace constants.

usage: python_preferences.py PLUGIN_FOLDER
"""
import pathlib
import sys
import tempfile
import unittest

import packet_lines
import pcap
import records
from programs import Tshark

LINES = """
0 udp 10.0.0.1:1 > 10.0.0.2:2 payload=10
1.5 udp 10.0.0.1:1 > 10.0.0.2:2 payload=10 times=4 step=1.5
20 udp 10.0.0.1:3 > 10.0.0.2:4 payload=10
50 udp 10.0.0.1:1 > 10.0.0.2:2 payload=10
50 icmp 10.0.0.1 > 10.0.0.2 type=8 id=1
90 icmp 10.0.0.1 > 10.0.0.2 type=8 id=1
"""


class Preferences(unittest.TestCase):
    tshark = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.capture = pathlib.Path(folder.name) / "x.pcap"
        pcap.write(self.capture, packet_lines.capture(list(enumerate(LINES.strip().splitlines(), 1)))[1])

    def rows(self, *preferences):
        options = [word for text in preferences for word in ("-o", f"cicflow.{text}")]
        return records.read(self.tshark.records(self.capture, "python", *options))[1]

    def test_three_rows_by_the_constants_of_the_fork(self):
        self.assertEqual(["7", "2", "3"], [row["tot_fwd_pkts"] for row in self.rows()])

    def test_settings_without_effect(self):
        expected = self.rows()
        for preference in ("activity_timeout:0.1", "active_timeout:1", "tunnel:outer", "fast:TRUE"):
            with self.subTest(preference):
                self.assertEqual(expected, self.rows(preference))

    def test_the_flow_longest_unseen_makes_room(self):
        self.assertEqual([("3", "full"), ("1", "eof"), ("-1", "eof")],
                         [(row["src_port"], row["end_reason"]) for row in self.rows("max_flows:2", "extra:end_reason")])

    def test_timestamp_is_written_as_chosen(self):
        self.assertEqual("2023-01-01 00:00:00", self.rows()[0]["timestamp"])
        self.assertEqual("1672531200.000000000", self.rows("timestamp:epoch")[0]["timestamp"])

    def test_idle_timeouts_replace_the_constants(self):
        self.assertEqual(["6", "2", "2", "3"], [row["tot_fwd_pkts"] for row in self.rows("idle_timeout:30")])
        self.assertEqual(["7", "2", "2", "2"], [row["tot_fwd_pkts"] for row in self.rows("icmp_idle_timeout:30")])

    def test_subflow_gap_replaces_what_breaks_a_bulk(self):
        self.assertEqual("0", self.rows()[0]["fwd_pkts_b_avg"])
        self.assertEqual("5.0", self.rows("subflow_gap:1.5")[0]["fwd_pkts_b_avg"])


if __name__ == "__main__":
    Preferences.tshark = Tshark(sys.argv.pop(1))
    unittest.main()
