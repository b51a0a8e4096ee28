#!/usr/bin/env python3
"""A folder of Parquet files, made by one run or by the scripts for clusters, is one data set to DuckDB, Dask and Spark.

usage: data_set.py ENVIRONMENT COMMAND SOURCE_FOLDER

Spark is tried where Java is there and pyspark, which is installed on demand: CICFLOW_SPARK=1.
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
        run = subprocess.run(arguments, cwd=self.folder, check=False, capture_output=True, text=True, **more)
        self.assertEqual(run.returncode, 0, run.stderr)

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

        if environment.has_python(ENVIRONMENT, "pyspark") and shutil.which("java"):
            self.check_spark(flows, expected)

    def check_spark(self, flows, expected):
        """Spark has no nanosecond times: with one of its settings it reads them as integers."""
        from pyspark.sql import SparkSession
        spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
                 .config("spark.sql.legacy.parquet.nanosAsLong", "true").getOrCreate())
        table = spark.read.option("recursiveFileLookup", "true").parquet(f"file://{self.folder}/{flows}")
        records = table.collect()
        self.assertEqual(collections.Counter(record["capture"] for record in records), expected)
        with open(f"{self.folder}/all.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for name in table.columns:
            values = [record[name] for record in records]
            if name == "timestamp":
                self.assertTrue(all(isinstance(value, int) for value in values))
            else:
                kind = str if isinstance(values[0], str) else float
                self.assertEqual(sorted(map(kind, values)), sorted(kind(row[name]) for row in rows), name)

    def test_a_folder(self):
        self.run_command(COMMAND, "-q", "-d", "captures", "--parquet", "flows", "--extra", "capture")
        self.check("flows")

    def test_scripts_for_clusters(self):
        scripts = f"{SOURCE}/cli-wrapper/cluster"
        self.run_command("sh", "-c", f"sh '{scripts}/missing.sh' captures flows | while IFS= read -r capture; do "
                         f"sh '{scripts}/one.sh' captures flows \"$capture\" --extra capture || exit; done",
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
        if "pyspark" not in found:
            print("left out: Spark, which needs Java and CICFLOW_SPARK=1", flush=True)
        if not {"duckdb", "dask"} & set(found):
            sys.exit(environment.LEFT_OUT)
        os.execv(environment.python(ENVIRONMENT), [environment.python(ENVIRONMENT), *sys.argv])
    unittest.main(argv=sys.argv[:1], verbosity=2)
