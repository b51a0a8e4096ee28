#!/usr/bin/env python3
"""Packets dissected again, in any order, show the same records as one run from beginning to end (through sharkd).

usage: visits.py PLUGIN_FILE FIRST_CAPTURE SECOND_CAPTURE
"""
import os
import random
import struct
import sys
import tempfile
import unittest

from plugin_run import Plugin
from sharkd import Server, make_home, missing_programs

PLUGIN_FILE, *CAPTURES = (os.path.abspath(argument) for argument in sys.argv[1:4])
EXTRA = "flow_id,first_frame,last_frame,end_reason"
SKIPPED = 77


def own_fields(nodes):
    """{field without cicflow.: its value as a filter has it} in a tree of sharkd."""
    found = {}
    for node in nodes:
        name, is_comparison, value = node.get("f", "").partition(" == ")
        if is_comparison and name.startswith("cicflow."):
            found[name[len("cicflow."):]] = value.strip('"')
        found.update(own_fields(node.get("n", [])))
    return found


# Of a datagram in fragments the record has the bytes of all, a conversation those of the frame that completes it.
FRAGMENTS = "ip.frag_offset > 0 || ip.flags.mf == 1 || ipv6.fraghdr"


class Visits(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.captures = make_home(folder.name, PLUGIN_FILE, CAPTURES)
        self.server = Server(folder.name)
        self.addCleanup(self.server.end)
        self.plugin = Plugin(os.path.dirname(PLUGIN_FILE))
        self.records = [self.records_of(capture) for capture in self.captures]
        self.random = random.Random(1)

    def records_of(self, capture, *options):
        """{flow: record} of a run of tshark."""
        return {record["flow_id"]: record for record in self.plugin.records(capture, "-o", f"cicflow.extra:{EXTRA}", *options)}

    def load(self, which):
        self.server.ask("load", file=self.captures[which])

    def record_on(self, frame):
        return own_fields(self.server.ask("frame", frame=frame, proto=True)["tree"])

    def check_frame(self, which, frame):
        """The record on a frame is that of the CSV file; returns its flow."""
        shown = self.record_on(frame)
        if not shown:
            return None
        record = self.records[which][shown["flow_id"]]
        for column, cell in record.items():
            value = shown.get(column, shown.get(column.replace("_ip", "_ipv6")))
            self.assertTrue(value == cell or float(value) == float(cell),
                            f"frame {frame}, {column}: {value} shown, {cell} in the CSV file")
        self.assertEqual("last" in shown, str(frame) == record["last_frame"])
        return shown["flow_id"]

    def check_capture(self, which):
        """All frames twice, in a random order."""
        frames = list(range(1, self.server.ask("status")["frames"] + 1)) * 2
        self.random.shuffle(frames)
        self.assertEqual({self.check_frame(which, frame) for frame in frames} - {None}, set(self.records[which]))

    def test_any_order(self):
        self.load(0)
        self.check_capture(0)

    def test_a_capture_of_one_frame(self):
        """No second frame tells that it is read for the first time, or that it stayed."""
        with open(self.captures[0], "rb") as file:
            header, (seconds, fraction, length, on_wire) = file.read(24), struct.unpack("<IIII", file.read(16))
            packet = file.read(length)
        for which in (0, 1):
            self.load(which)
            with open(self.captures[0] + ".one", "wb") as file:
                file.write(header + struct.pack("<IIII", seconds, fraction, length, on_wire) + packet)
            self.server.ask("load", file=self.captures[0] + ".one")
            self.assertEqual(len(self.server.ask("frames", filter="cicflow.last")), 1)
            self.assertEqual(self.record_on(1)["tot_fwd_pkts"], "1")

    def test_a_second_capture_and_the_first_again(self):
        for which in (0, 1, 1, 0):
            self.load(which)
            self.check_capture(which)

    def test_filters_and_columns_between(self):
        self.load(0)
        last = [frame["num"] for frame in self.server.ask("frames", filter="cicflow.last")]
        self.assertEqual(last, sorted(int(record["last_frame"]) for record in self.records[0].values()))
        for flow in self.random.sample(sorted(self.records[0]), 5):
            packets = self.server.ask("frames", filter=f"cicflow.flow_id == {flow}", column0="cicflow.flow_id:1")
            record = self.records[0][flow]
            self.assertEqual(len(packets), int(record["tot_fwd_pkts"]) + int(record["tot_bwd_pkts"]))
            self.assertEqual({packet["c"][0] for packet in packets}, {flow})
            self.check_frame(0, self.random.choice(packets)["num"])
        self.check_capture(0)

    def test_a_preference_changed_between_holds_from_the_next_capture_on(self):
        self.load(0)
        self.check_capture(0)
        self.server.ask("setconf", name="cicflow.tree", value="FALSE")
        self.load(0)
        self.assertEqual(self.record_on(1), {})
        self.server.ask("setconf", name="cicflow.tree", value="TRUE")
        self.load(0)
        self.check_capture(0)

    def counted_flows(self):
        measures = self.server.ask("tap", tap0="stat:cicflow")["taps"][0]["stats"]
        return measures[0]["count"] if measures else 0

    def test_statistics_count_all_flows_or_without_the_tree_none(self):
        for tree, expected in (("TRUE", len(self.records[0])), ("FALSE", 0)):
            self.server.ask("setconf", name="cicflow.tree", value=tree)
            self.load(0)
            self.assertEqual(self.counted_flows(), expected)

    def test_conversations_are_flows_and_filters_lead_to_their_packets(self):
        for which in (0, 1):
            self.load(which)
            rows = self.server.ask("tap", tap0="conv:CIC Flow")["taps"][0]["convs"]
            found = set()
            for row in rows:
                frames = [frame["num"] for frame in self.server.ask("frames", filter=row["filter"])]
                flow = self.check_frame(which, frames[0])
                record = self.records[which][flow]
                counts = [[int(record[f"tot{kind}_{way}_pkts"]) for way in ("fwd", "bwd")] for kind in ("", "len")]
                self.assertIn([row["txf"], row["rxf"]], (counts[0], counts[0][::-1]))
                if not self.server.ask("frames", filter=f"({row['filter']}) && ({FRAGMENTS})"):
                    self.assertIn([row["txb"], row["rxb"]], (counts[1], counts[1][::-1]))
                self.assertEqual(len(frames), sum(counts[0]), row["filter"])
                self.assertEqual({row["saddr"], row["daddr"]}, {record["src_ip"], record["dst_ip"]})
                found.add(flow)
            self.assertEqual(found, set(self.records[which]))
            self.assertEqual(len(rows), len(found))

    def test_timeouts_changed_between(self):
        whole = self.records[0]
        cut = self.records_of(self.captures[0], "-o", "cicflow.active_timeout:0.5", "-o", "cicflow.timestamp:epoch")
        self.assertNotEqual(len(cut), len(whole))
        self.load(0)
        for timeout, timestamp, records in (("0.5", "epoch", cut), ("0", "local", whole)):
            self.server.ask("setconf", name="cicflow.active_timeout", value=timeout)
            self.server.ask("setconf", name="cicflow.timestamp", value=timestamp)
            self.records[0] = records
            self.load(0)
            self.check_capture(0)


if __name__ == "__main__":
    missing = missing_programs()
    if missing:
        print(f"skipped: {' and '.join(missing)} not found")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1], verbosity=2)
