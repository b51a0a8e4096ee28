#!/usr/bin/env python3
"""A folder of Parquet files, made by one run or by the scripts for clusters, is one data set to DuckDB and Dask.

usage: data_set.py ENVIRONMENT COMMAND SOURCE_FOLDER
"""
import collections
import csv
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import environment

ENVIRONMENT, COMMAND, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
CAPTURES = {"first.pcap": "first.pcap", "day 1/vxlan.pcap": "traffic/vxlan.pcap", "day 1/empty.pcap": "edges/empty.pcap"}


class DataSet(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name, source in CAPTURES.items():
            os.makedirs(os.path.dirname(f"{self.folder}/captures/{name}"), exist_ok=True)
            shutil.copy(f"{SOURCE}/test-captures/{source}", f"{self.folder}/captures/{name}")

    def run_command(self, *arguments, **more):
        subprocess.run(arguments, cwd=self.folder, check=True, capture_output=True, **more)

    def counts_of_csv(self):
        self.run_command(COMMAND, "-q", "-d", "captures", "--merge", "--csv", "all.csv", "--extra", "capture")
        with open(f"{self.folder}/all.csv", newline="", encoding="utf-8") as file:
            return collections.Counter(row["capture"] for row in csv.DictReader(file))

    def check(self, flows):
        expected = self.counts_of_csv()
        self.assertEqual(len(expected), 2)
        files = sorted(os.path.relpath(path, f"{self.folder}/{flows}")
                       for path in glob.glob(f"{self.folder}/{flows}/**/*.parquet", recursive=True))
        self.assertEqual(files, sorted(name + ".parquet" for name in CAPTURES))
        if environment.has_python(ENVIRONMENT, "duckdb"):
            import duckdb
            rows = duckdb.sql(f"SELECT capture, count(*) FROM '{self.folder}/{flows}/**/*.parquet' GROUP BY capture").fetchall()
            self.assertEqual(dict(rows), expected)
        if environment.has_python(ENVIRONMENT, "dask"):
            import dask.dataframe
            table = dask.dataframe.read_parquet([f"{self.folder}/{flows}/{name}" for name in files], engine="pyarrow")
            self.assertEqual(table.groupby("capture").size().compute().to_dict(), expected)

    def test_a_folder(self):
        self.run_command(COMMAND, "-q", "-d", "captures", "--parquet", "flows", "--extra", "capture")
        self.check("flows")

    def test_scripts_for_clusters(self):
        scripts = f"{SOURCE}/cli-wrapper/cluster"
        self.run_command("sh", "-c", f"sh '{scripts}/missing.sh' captures flows | while IFS= read -r capture; do "
                         f"sh '{scripts}/one.sh' captures flows \"$capture\" --extra capture; done",
                         env=dict(os.environ, CICFLOWMETER=COMMAND, CICFLOW_FORMAT="parquet"))
        self.check("flows")
        left = subprocess.run(["sh", f"{scripts}/missing.sh", "captures", "flows"], cwd=self.folder, check=True, capture_output=True,
                              env=dict(os.environ, CICFLOW_FORMAT="parquet"))
        self.assertEqual(left.stdout, b"")


if __name__ == "__main__":
    if sys.executable != environment.python(ENVIRONMENT):
        found = environment.prepare(ENVIRONMENT)
        for missing in (name for name in ("duckdb", "dask") if name not in found):
            print(f"left out: {missing}, which cannot be installed here", flush=True)
        if not {"duckdb", "dask"} & set(found):
            sys.exit(environment.LEFT_OUT)
        os.execv(environment.python(ENVIRONMENT), [environment.python(ENVIRONMENT), *sys.argv])
    unittest.main(argv=sys.argv[:1], verbosity=2)
