#!/usr/bin/env python3
"""Preferences together with the java dialects: column names, labels, columns chosen, times, time-outs, other outputs, files.

usage: java_preferences.py PLUGIN_FOLDER
"""
import csv
import io
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import packet_lines
import pcap
from programs import ProgramError, Tshark

PUBLISHED = pathlib.Path(__file__).resolve().parents[1] / "reference" / "cicids2017_columns.tsv"
LINES = """
3600.25 udp 10.0.0.1:1000 > 10.0.0.2:53 payload=10
3601.25 udp 10.0.0.2:53 > 10.0.0.1:1000 payload=30
3607.25 udp 10.0.0.1:1000 > 10.0.0.2:53 payload=50
3610.25 udp 10.0.0.1:1001 > 10.0.0.2:53
3610.25 udp 10.0.0.1:1001 > 10.0.0.2:53
3611.25 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=A
3612.25 tcp 10.0.0.1:1000 > 10.0.0.2:80 flags=R
"""


class Run(unittest.TestCase):
    tshark = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.capture = self.folder / "x.pcap"
        _, frames = packet_lines.capture(list(enumerate(LINES.strip().splitlines(), 1)))
        pcap.write(self.capture, frames)

    def text(self, dialect, **preferences):
        options = [word for name, value in preferences.items() for word in ("-o", f"cicflow.{name}:{value}")]
        return self.tshark.records(self.capture, dialect, *options).decode()

    def rows(self, dialect, **preferences):
        """Header and rows, as lists of cells."""
        return list(csv.reader(io.StringIO(self.text(dialect, **preferences))))

    def column(self, name, dialect="java", **preferences):
        header, *rows = self.rows(dialect, **preferences)
        return [row[header.index(name)] for row in rows]

    def refusal(self, dialect, **preferences):
        with self.assertRaises(ProgramError) as caught:
            self.text(dialect, **preferences)
        return str(caught.exception)


class PublishedColumns(Run):
    def test_names_and_values(self):
        own_header, *own = self.rows("java")
        header, *rows = self.rows("java", columns="cicids2017")
        pairs = [line.split("\t") for line in PUBLISHED.read_text(encoding="utf-8").splitlines()]
        self.assertEqual(header, [published for _, published in pairs])
        self.assertEqual(len(header), 85)
        self.assertEqual(rows, [[row[own_header.index(name)] for name, _ in pairs] for row in own])

    def test_fields_without_the_spaces(self):
        header, *rows = self.rows("java", columns="cicids2017", fields="Source IP, Label,Flow ID", label="BENIGN")
        self.assertEqual(header, [" Source IP", " Label", "Flow ID"])
        self.assertEqual(rows[0][:2], ["10.0.0.1", "BENIGN"])

    def test_other_dialects_are_refused(self):
        for dialect in ("standard", "python", "java-fixed"):
            self.assertIn(f'cicflow.columns: "cicids2017" are names for the values of the dialect java, not of {dialect}',
                          self.refusal(dialect, columns="cicids2017"))

    def test_other_names_are_refused(self):
        self.assertIn('cicflow.columns: "cicids2018" is not allowed; allowed is cicids2017',
                      self.refusal("java", columns="cicids2018"))


class Labels(Run):
    def test_none_given(self):
        self.assertEqual(set(self.column("Label")), {"NeedManualLabel"})

    def test_stands_in_the_dialects_column(self):
        header, *rows = self.rows("java-fixed", label="DoS, slow")
        self.assertEqual(header.count("Label") + header.count("label"), 1)
        self.assertEqual({row[-1] for row in rows}, {"DoS, slow"})

    def test_is_appended_to_chosen_columns(self):
        self.assertEqual(self.rows("java", fields="Src Port", label="x")[:2], [["Src Port", "Label"], ["1000", "x"]])

    def test_stays_where_it_was_chosen(self):
        self.assertEqual(self.rows("java", fields="Label,Src Port", label="x")[:2], [["Label", "Src Port"], ["x", "1000"]])


class Columns(Run):
    def test_chosen(self):
        rows = self.rows("java", fields="Dst Port,Total Fwd Packet", extra="first_frame,last_frame,end_reason")
        self.assertEqual(rows, [["Dst Port", "Total Fwd Packet", "first_frame", "last_frame", "end_reason"],
                                ["80", "2", "6", "7", "tcp"], ["53", "2", "1", "3", "eof"], ["53", "2", "4", "5", "eof"]])

    def test_unknown(self):
        self.assertIn('cicflow.fields: there is no column "Dst port"; here it is Dst Port',
                      self.refusal("java", fields="Dst port"))


class Times(Run):
    def test_local(self):
        self.assertEqual(self.column("Timestamp", fields="Timestamp")[1], "01/01/2023 01:00:00 AM")

    def test_other_zone(self):
        self.tshark.zone = "America/New_York"
        self.addCleanup(setattr, self.tshark, "zone", "UTC")
        self.assertEqual(self.column("Timestamp")[1], "31/12/2022 08:00:00 PM")
        self.assertEqual(self.column("Timestamp", "java-fixed")[0], "2023-01-01 01:00:00.250")

    def test_chosen_form(self):
        forms = {"utc": "2023-01-01 01:00:00", "iso8601": "2023-01-01T01:00:00.250000000Z", "epoch": "1672534800.250000000"}
        for form, expected in forms.items():
            for dialect in ("java", "java-fixed"):
                self.assertIn(expected, self.column("Timestamp", dialect, timestamp=form))

    def test_extra_time_in_the_same_form(self):
        self.assertEqual(self.column("last_timestamp", "java-fixed", extra="last_timestamp", fields="Label")[0],
                         "2023-01-01 01:00:07.250")


class TimeOuts(Run):
    def test_active_timeout_in_place_of_120_s(self):
        self.assertEqual(self.column("Flow Duration", active_timeout="5", fields="Src Port,Flow Duration"),
                         ["1000000", "1000000", "0"])

    def test_activity_timeout(self):
        self.assertEqual(self.column("Idle Mean")[1], "6000000.0")
        self.assertEqual(self.column("Idle Mean", activity_timeout="6")[1], "0")

    def test_subflow_gap(self):
        self.assertEqual(self.column("Subflow Fwd Bytes")[1], "60")
        self.assertEqual(self.column("Subflow Fwd Bytes", subflow_gap="0.5")[1], "30")

    def test_most_flows(self):
        self.assertEqual(self.column("end_reason", "java-fixed", max_flows="1", extra="end_reason"), ["full", "full", "eof"])


class OtherOutputs(Run):
    def tshark_output(self, *options):
        command = ["tshark", "-n", "-X", f"lua_script:{self.tshark.loader}", "-r", self.capture, *options]
        return subprocess.run(command, capture_output=True, check=True, text=True,
                              env={**os.environ, "TZ": "UTC", "WIRESHARK_CONFIG_DIR": str(self.folder)}).stdout

    def test_json(self):
        path = self.folder / "x.jsonl"
        self.text("java", jsonl=path)
        records = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertEqual(len(records), 3)
        self.assertEqual(list(records[0]), self.rows("java")[0])
        self.assertEqual(records[1]["Flow ID"], "10.0.0.1-10.0.0.2-1000-53-17")
        self.assertEqual(records[1]["Flow Duration"], 7000000)
        self.assertIsNone(records[2]["Flow Bytes/s"])

    def test_json_has_each_key_once(self):
        path = self.folder / "x.jsonl"
        header = self.rows("java", columns="cicids2017", jsonl=path)[0]
        pairs = json.loads(path.read_text().splitlines()[0], object_pairs_hook=list)
        self.assertEqual([key for key, _ in pairs], list(dict.fromkeys(header)))

    def test_counts(self):
        path = self.folder / "stats"
        self.text("java", stats=path)
        counts = json.loads(path.read_text())
        self.assertEqual((counts["packets"], counts["used"], counts["flows"]), (7, 7, 3))
        self.assertEqual(counts["flows_by_protocol"]["udp"], 2)

    def test_same_in_two_passes(self):
        path = self.folder / "two"
        self.tshark_output("-q", "-2", "-o", "cicflow.dialect:java-fixed", "-o", f"cicflow.csv:{path}")
        self.assertEqual(path.read_text(), self.text("java-fixed"))

    def test_fields(self):
        """The features among the 82 that the dialect has a column for."""
        last = self.tshark_output("-2", "-o", "cicflow.dialect:java", "-Y", "cicflow.last", "-T", "fields", "-E", "separator=,",
                                  "-e", "cicflow.src_port", "-e", "cicflow.flow_duration", "-e", "cicflow.fwd_pkt_len_mean")
        # 4.6 prints 7e+06.
        self.assertEqual([[float(cell) for cell in row.split(",")] for row in last.split()],
                         [[1000, 7000000, 30], [1001, 0, 0], [1000, 1000000, 0]])

    def test_statistics(self):
        table = self.tshark_output("-q", "-o", "cicflow.dialect:java", "-z", "cicflow")
        self.assertRegex(table, r"UDP +10\.0\.0\.1:1000 +10\.0\.0\.2:53 +2 +1 +60 +30 +7\.0")


class Files(Run):
    def block(self, kind, body):
        body += bytes(-len(body) % 4)
        size = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + size + body + size

    def test_records_that_are_no_packets(self):
        """Read as a frame, the journal entry would be IPv4 from its first byte."""
        expected = self.text("java-fixed")
        records = self.capture.read_bytes()[24:]
        blocks = [self.block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
                  self.block(1, struct.pack("<HHIHHBBHHH", 1, 0, 0, 9, 1, 9, 0, 0, 0, 0))]
        while records:
            seconds, nanoseconds, captured, wire = struct.unpack("<IIII", records[:16])
            ticks = seconds * pcap.NS_PER_SECOND + nanoseconds
            head = struct.pack("<IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, captured, wire)
            blocks += [self.block(6, head + records[16:16 + captured]),
                       self.block(9, b"__REALTIME_TIMESTAMP=1672531200000000\nMESSAGE=" + b"x" * 60 + b"\n")]
            records = records[16 + captured:]
        self.capture.write_bytes(b"".join(blocks))
        self.assertEqual(self.text("java-fixed"), expected)


if __name__ == "__main__":
    Run.tshark = Tshark(sys.argv.pop())
    unittest.main()
