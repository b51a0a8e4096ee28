#!/usr/bin/env python3
"""Independent readers find in Parquet files what the CSV of the same run has, cell by cell; and, in a generated file of several row groups, what its
program should have written.

usage: readers.py ENVIRONMENT COMMAND PLUGIN_FOLDER MADE_FILE_PROGRAM FOLDER...

The first folder of captures has a first.pcap; those that do not exist are left out.

Skipped where no reader can be had; each that is missing is named.
"""
import glob
import hashlib
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

import environment

ENVIRONMENT, COMMAND, PLUGIN, MADE_FILE = (os.path.abspath(a) for a in sys.argv[1:5])
FOLDERS = [os.path.abspath(a) for a in sys.argv[5:] if os.path.isdir(a)]
CAPTURE = f"{FOLDERS[0]}/first.pcap"
DIALECTS = (("--dialect", "standard"), ("--dialect", "python"), ("--dialect", "java"), ("--dialect", "java-fixed"),
            ("--dialect", "java", "--columns", "cicids2017", "--label", "BENIGN"),
            ("--extra", "flow_id,end_reason,last_timestamp,capture,vlan,community_id,sequence", "--sequence", "20", "--label", 'a "b", \u00e4'),
            ("--extra", "app_proto,server_name,tunnel,tcp_stream"))
MADE_RECORDS = 150000
ROW_GROUP_RECORDS = 131072


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

    def tshark(self, *options, **more):
        whole = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", WIRESHARK_CONFIG_DIR=self.folder)
        return subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-o", f"cicflow.parquet:{self.path('x.parquet')}",
                               *options], env=whole, capture_output=True, check=False, **more)

    def run_command(self, folder, options):
        """The names of the CSV and Parquet files written for the captures of a folder."""
        subprocess.run([COMMAND, "-q", "-d", folder, "--csv", self.path("csv"), "--parquet", self.path("parquet"), "--timestamp",
                        "iso8601", *options], env=dict(os.environ, TZ="UTC"), capture_output=True, check=False)
        names = []
        for ending in ("csv", "parquet"):
            found = glob.glob(f"{self.path(ending)}/**/*.{ending}", recursive=True)
            names.append(sorted(os.path.relpath(path, self.path(ending)).removesuffix("." + ending) for path in found))
        self.assertEqual(*names)
        self.assertTrue(names[0], folder)
        return [(f"{self.path('csv')}/{name}.csv", f"{self.path('parquet')}/{name}.parquet") for name in names[0]]

    def compare(self, options, pairs):
        """Returns how many cells there are, in which dialect, in all captures, as every reader sees them."""
        paths = [path for _, path in pairs]
        tables = [tables_of.with_pyarrow([path]) for path in paths]
        for (csv_path, path), table in zip(pairs, tables):
            for problem in tables_of.differences(table, tables_of.csv_as(csv_path, table.schema)):
                self.fail(f"{path}, {' '.join(options)}: {problem} by pyarrow")
        whole = tables_of.together(tables)
        for name, read in READERS.items():
            for problem in tables_of.differences(whole, read(paths)):
                self.fail(f"{' '.join(options)}: {problem} by {name}")
        return whole.num_rows * whole.num_columns

    def test_captures_in_all_dialects(self):
        cells = captures = 0
        for folder in FOLDERS:
            for options in DIALECTS:
                pairs = self.run_command(folder, options)
                cells += self.compare(options, pairs)
                shutil.rmtree(self.path("csv"))
                shutil.rmtree(self.path("parquet"))
            captures += len(pairs)
        print(f"{cells} cells of {captures} captures are the same as read by pyarrow, {', '.join(READERS)}")

    def test_a_file_says_how_it_was_made(self):
        import pyarrow.parquet
        capture = CAPTURE
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

    def test_a_file_says_which_captures_were_read_as_one(self):
        import pyarrow.parquet
        parts = [CAPTURE, f"{FOLDERS[0]}/traffic/vxlan.pcap"]
        subprocess.run([COMMAND, "-q", "--continue", "-f", parts[0], "-f", parts[1], "--parquet", self.path("x.parquet")], check=True)
        metadata = pyarrow.parquet.read_schema(self.path("x.parquet")).metadata
        expected = []
        for part in parts:
            with open(part, "rb") as file:
                content = file.read()
            expected.append({"capture": os.path.basename(part), "bytes": len(content),
                             "sha256": hashlib.sha256(content).hexdigest()})
        self.assertEqual(json.loads(metadata[b"cicflow:captures"]), expected)
        self.assertNotIn(b"cicflow:capture", metadata)

    def test_short_runs_end_well(self):
        """The thread that hashes the capture ends with the others, in whichever order; what went wrong did so in one of 15 runs."""
        for _ in range(60):
            run = subprocess.run([COMMAND, "-q", "-f", CAPTURE, "--parquet", self.path("x.parquet")], capture_output=True, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)

    def test_a_capture_without_a_file_has_no_name(self):
        import pyarrow.parquet
        with open(CAPTURE, "rb") as file:
            self.assertEqual(self.tshark("-q", "-r", "-", "-o", "cicflow.extra:capture", stdin=file).returncode, 0)
        table = pyarrow.parquet.read_table(self.path("x.parquet"))
        self.assertFalse([name for name in table.schema.metadata if name.startswith(b"cicflow:capture")])

    def make(self, records):
        subprocess.run([MADE_FILE, self.path("made.parquet"), str(records)], check=True)
        return self.path("made.parquet")

    def test_made_file(self):
        import pyarrow
        for count in (0, 1, 8, ROW_GROUP_RECORDS, MADE_RECORDS):
            path = self.make(count)
            schema = tables_of.with_pyarrow([path]).schema
            records = [made_record(i) for i in range(count)]
            expected = pyarrow.table([pyarrow.array([record[name] for record in records], type=schema.field(name).type)
                                      for name in made_record(0)], schema=schema)
            for name, read in {"pyarrow": tables_of.with_pyarrow, **READERS}.items():
                self.assertEqual(tables_of.differences(expected, read([path])), [], f"{name}, {count} records")

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
    import tables_of
    READERS = {name: read for name, read in tables_of.READERS.items() if name in json.loads(os.environ["CICFLOW_READERS"])}
    unittest.main(argv=sys.argv[:1], verbosity=2)
