#!/usr/bin/env python3
"""Readers that nobody here wrote find in Parquet files what the CSV of the same run says, cell by cell; and in a made file of
several row groups what its program was to write.

usage: readers.py ENVIRONMENT PLUGIN_FOLDER MADE_FILE_PROGRAM CAPTURE_OR_FOLDER...

Skipped where no reader can be had; each that is missing is named.
"""
import csv
import datetime
import glob
import hashlib
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import unittest

import environment

ENVIRONMENT, PLUGIN, MADE_FILE = (os.path.abspath(a) for a in sys.argv[1:4])
CAPTURES = sorted({os.path.abspath(path) for a in sys.argv[4:] for path in
                   (glob.glob(f"{a}/**/*.pcap*", recursive=True) if os.path.isdir(a) else [a]) if not path.endswith(".csv")})
DIALECTS = (("standard", ()), ("python", ()), ("java", ()), ("java-fixed", ()),
            ("java", ("-o", "cicflow.columns:cicids2017", "-o", "cicflow.label:BENIGN")),
            ("standard", ("-o", "cicflow.extra:flow_id,end_reason,last_timestamp,app_proto,server_name,vlan,tunnel,tcp_stream,"
                          "community_id", "-o", 'cicflow.label:a "b", \u00e4')))
MADE_RECORDS = 150000
ROW_GROUP_RECORDS = 131072
TIMES = {"timestamp", "last_timestamp"}
TEXTS = {"flow id", "src ip", "dst ip", "source ip", "destination ip", "src_ip", "dst_ip", "end_reason", "community_id", "label",
         "server_name", "app_proto", "vlan", "tunnel"}


def nanoseconds(text):
    whole, fraction = text.rstrip("Z").split(".")
    seconds = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc).timestamp()
    return int(seconds) * 10**9 + int(fraction)


def from_csv(name, text):
    """What a cell of CSV says."""
    kind = name.strip().lower()
    if text == "":
        return None
    if kind in TIMES:
        return nanoseconds(text)
    if kind in TEXTS:
        return text
    return float(text) if set(text) & set(".eEnN") else int(text)


def is_same(a, b):
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(is_same, a, b))
    return a == b and (a is None) == (b is None)


def made_record(i):
    """As made_file.c computes it."""
    length = i % 7
    return {
        "integer": None if i % 5 == 0 else (i - 1000) * 1000000007,
        "real": math.nan if i % 7 == 0 else -1.0 if i % 7 == 1 else i / 8,
        "time": 1700000000123456789 + i,
        "repeated text": None if i % 11 == 0 else f't\u00e4xt, "{i % 300}"',
        "unique text": str(i),
        "constant text": "constant",
        "no text": None,
        "integers": None if length == 6 else [i - k * k for k in range(length)],
        "reals": None if length == 6 else [i / 2**k for k in range(length)],
    }


class Readers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def same_columns(self, expected, actual, what):
        self.assertEqual(list(expected), list(actual), what)
        for name, values in expected.items():
            self.assertEqual(len(values), len(actual[name]), f"{what}: {name}")
            for row, (one, other) in enumerate(zip(values, actual[name])):
                if not is_same(one, other):
                    self.fail(f"{what}: {name} of record {row} is {other!r}, not {one!r}")

    def tshark(self, *options, **more):
        whole = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", WIRESHARK_CONFIG_DIR=self.folder)
        return subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-o", f"cicflow.parquet:{self.path('x.parquet')}",
                               *options], env=whole, capture_output=True, check=False, **more)

    def run_plugin(self, capture, dialect, options):
        self.tshark("-q", "-r", capture, "-o", f"cicflow.dialect:{dialect}", "-o", "cicflow.timestamp:iso8601", "-o",
                    f"cicflow.csv:{self.path('x.csv')}", *options)
        with open(self.path("x.csv"), newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        columns = {}
        for index, name in enumerate(rows[0] if rows else []):
            columns.setdefault(name, [from_csv(name, row[index]) for row in rows[1:]])  # a name that is there twice counts once
        return columns

    def test_captures_in_all_dialects(self):
        cells = 0
        for capture in CAPTURES:
            for dialect, options in DIALECTS:
                what = f"{os.path.basename(capture)}, {dialect} {' '.join(options)}"
                expected = self.run_plugin(capture, dialect, options)
                for name, read in READERS.items():
                    actual = read(self.path("x.parquet"))
                    if not expected:  # the dialect has no header without records
                        self.assertFalse(any(actual.values()), what)
                        continue
                    self.same_columns(expected, actual, f"{what}, {name}")
                cells += sum(map(len, expected.values()))
                for name in os.listdir(self.folder):
                    os.remove(self.path(name))
        print(f"{cells} cells of {len(CAPTURES)} captures are the same as read by {', '.join(READERS)}")

    def test_a_file_says_how_it_was_made(self):
        import pyarrow.parquet
        capture = CAPTURES[0]
        with open(capture, "rb") as file:
            content = file.read()
        for reading in (("-q", "-r", capture), (f"-qr{capture}",), ("-qr", capture, "-o", "cicflow.fast:TRUE")):
            with self.subTest(reading=reading):
                run = self.tshark(*reading, "-o", "cicflow.dialect:java", "-o", "cicflow.idle_timeout:7.5", "-o",
                                  'cicflow.label:"x"', "-o", "cicflow.max_flows:1000000", "-o", "cicflow.extra:capture")
                self.assertEqual(run.returncode, 0, run.stderr)
                table = pyarrow.parquet.read_table(self.path("x.parquet"))
                said = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}
                settings = json.loads(said["cicflow:settings"])
                self.assertEqual((said["cicflow:dialect"], settings["idle_timeout"], settings["label"], settings["max_flows"]),
                                 ("java", "7.5", '"x"', 1000000))
                self.assertRegex(said["cicflow:version"], r"^\d+\.\d+\.\d+$")
                self.assertEqual((said["cicflow:capture"], said["cicflow:capture_bytes"], said["cicflow:capture_sha256"]),
                                 (os.path.basename(capture), str(len(content)), hashlib.sha256(content).hexdigest()))
                self.assertEqual(set(table["capture"].to_pylist()), {capture} if table.num_rows else set())

    def test_a_capture_without_a_file_has_no_name(self):
        import pyarrow.parquet
        with open(CAPTURES[0], "rb") as file:
            self.assertEqual(self.tshark("-q", "-r", "-", "-o", "cicflow.extra:capture", stdin=file).returncode, 0)
        table = pyarrow.parquet.read_table(self.path("x.parquet"))
        self.assertFalse([name for name in table.schema.metadata if name.startswith(b"cicflow:capture")])

    def make(self, records):
        subprocess.run([MADE_FILE, self.path("made.parquet"), str(records)], check=True)
        return self.path("made.parquet")

    def test_made_file(self):
        for count in (0, 1, 8, ROW_GROUP_RECORDS, MADE_RECORDS):
            path = self.make(count)
            records = [made_record(i) for i in range(count)]
            expected = {name: [record[name] for record in records] for name in made_record(0)}
            for name, read in READERS.items():
                actual = read(path)
                if name == "hyparquet" and count == 0:
                    self.assertEqual(list(actual), list(expected))
                    continue
                self.same_columns(expected, actual, f"{name}, {count} records")

    def test_statistics_of_every_row_group(self):
        import pyarrow.parquet
        metadata = pyarrow.parquet.ParquetFile(self.make(MADE_RECORDS)).metadata
        self.assertEqual(metadata.num_rows, MADE_RECORDS)
        self.assertEqual(metadata.metadata[b"made by"], b"made_file.c")
        start = 0
        self.assertEqual(metadata.num_row_groups, -(-MADE_RECORDS // ROW_GROUP_RECORDS))
        for group in (metadata.row_group(i) for i in range(metadata.num_row_groups)):
            self.assertLessEqual(group.num_rows, ROW_GROUP_RECORDS)
            records = [made_record(i) for i in range(start, start + group.num_rows)]
            start += group.num_rows
            for column in (group.column(i) for i in range(group.num_columns)):
                name = column.path_in_schema.split(".")[0]
                values = [value for record in records for value in
                          (record[name] if isinstance(record[name], list) else [record[name]])]
                nulls = sum(record[name] is None or record[name] == [] for record in records)
                known = [value for value in values if value is not None and not (isinstance(value, float) and math.isnan(value))]
                self.assertEqual(column.compression, "ZSTD")
                self.assertEqual(column.statistics.null_count, nulls, name)
                self.assertEqual(column.statistics.has_min_max, bool(known), name)
                if known and name != "time":
                    self.assertEqual((column.statistics.min, column.statistics.max), (min(known), max(known)), name)

    def test_a_filter_on_statistics_finds_what_is_there(self):
        import pyarrow.parquet
        path = self.make(MADE_RECORDS)
        wanted = ("unique text", "==", str(MADE_RECORDS - 1))
        self.assertEqual(pyarrow.parquet.read_table(path, filters=[wanted]).num_rows, 1)
        self.assertEqual(pyarrow.parquet.read_table(path, filters=[("integer", ">", 148998 * 1000000007)]).num_rows, 1)

    def test_a_file_that_is_cut_is_refused(self):
        import pyarrow
        import pyarrow.parquet
        path = self.make(1000)
        with open(path, "rb") as file:
            whole = file.read()
        (footer,) = struct.unpack("<I", whole[-8:-4])
        for cut in (1, 8, footer, len(whole) // 2):
            with open(self.path("cut"), "wb") as file:
                file.write(whole[:-cut])
            with self.assertRaises(pyarrow.ArrowInvalid):
                pyarrow.parquet.read_table(self.path("cut"))


if __name__ == "__main__":
    if sys.executable != environment.python(ENVIRONMENT):
        found = environment.prepare(ENVIRONMENT)
        for missing in (name for name in ("pyarrow", "polars", "duckdb", "hyparquet") if name not in found):
            print(f"left out: {missing}, which cannot be installed here", flush=True)
        if "pyarrow" not in found:
            sys.exit(environment.LEFT_OUT)
        os.execve(environment.python(ENVIRONMENT), [environment.python(ENVIRONMENT), *sys.argv],
                  dict(os.environ, CICFLOW_READERS=json.dumps(found), CICFLOW_NODE_MODULES=f"{ENVIRONMENT}/node_modules"))
    import files
    READERS = {name: read for name, read in files.READERS.items() if name in json.loads(os.environ["CICFLOW_READERS"])}
    unittest.main(argv=sys.argv[:1], verbosity=2)
