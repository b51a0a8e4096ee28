#!/usr/bin/env python3
"""Checks the reference of the java and java-fixed dialects: text forms by hand, and the tools' own output byte by byte.

usage: java_check.py [SHARED]     (default: ../shared beside the repository)

Says that it skips the second part, with status 77, when captures and oracles are not there; status 1 when anything differs.
Also checks that the columns of the published data set are named for columns there are.
"""
import os
import pathlib
import subprocess
import sys

import java_columns
from java_number import instant, number
from java_table import JavaTable, bucket_hash

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
DIALECTS = ("java", "java-fixed")

NUMBERS = ((0, "0"), (0.0, "0.0"), (6.0, "6.0"), (0.001, "0.001"), (0.0009, "9.0E-4"), (9999999.0, "9999999.0"),
           (10000000.0, "1.0E7"), (33015392.0, "3.3015392E7"), (12345678.9, "1.23456789E7"), (-0.25, "-0.25"),
           (1.5e-10, "1.5E-10"), (float("inf"), "Infinity"), (float("nan"), "NaN"))
INSTANTS = ((0, "1970-01-01 00:00:00"), (1500, "1970-01-01 00:00:00.001500"), (250000, "1970-01-01 00:00:00.250"),
            (86400000001, "1970-01-02 00:00:00.000001"))


def text_failures():
    pairs = [(number(value), text) for value, text in NUMBERS] + [(instant(time), text) for time, text in INSTANTS]
    return [f"{actual!r} instead of {expected!r}" for actual, expected in pairs if actual != expected]


def order_failures():
    """The hash of "abc" is 97*31*31 + 98*31 + 99; the three keys fall into buckets 1, 2 and 3 however they come in."""
    table = JavaTable()
    for key in "cab":
        table.put(key, key)
    failures = [] if table.values() == ["a", "b", "c"] else [f"table walked as {table.values()}"]
    return failures + ([] if bucket_hash("abc") == 96354 ^ 96354 >> 16 else ["hash of abc"])


def published_failures():
    known = {name for name, _ in java_columns.ORIGINAL}
    lines = (HERE / "cicids2017_columns.tsv").read_text().splitlines()
    named = [line.split("\t")[0] for line in lines]
    unknown = [name for name in named if name not in known]
    return [f"cicids2017_columns.tsv: no column {name!r}" for name in unknown] + [
        f"cicids2017_columns.tsv: {name!r} is missing" for name in sorted(known - set(named))]


def differs(dialect, oracle, captures):
    """Why the reference's output is not the oracle's, or None."""
    result = subprocess.run([sys.executable, HERE / "java_dialect.py", dialect, captures / oracle.stem],
                            capture_output=True, env={**os.environ, "TZ": "UTC"}, check=False)
    if result.returncode != 0:
        return f"status {result.returncode}: {result.stderr.decode().strip()}"
    expected, actual = (text.split(b"\n") for text in (oracle.read_bytes(), result.stdout))
    if expected == actual:
        return None
    line = next((n for n, pair in enumerate(zip(expected, actual)) if pair[0] != pair[1]), min(len(expected), len(actual)))
    return f"line {line + 1} differs ({len(expected)} lines expected, {len(actual)} written)"


def main(arguments):
    failures = text_failures() + order_failures() + published_failures()
    shared = pathlib.Path(arguments[1]) if len(arguments) > 1 else HERE.parents[2] / "shared"
    oracles = [(dialect, oracle) for dialect in DIALECTS for oracle in sorted((shared / "oracles" / dialect).glob("*.csv"))]
    for dialect, oracle in oracles:
        if why := differs(dialect, oracle, shared / "captures"):
            failures.append(f"{dialect} {oracle.name}: {why}")
    for failure in failures:
        print(failure)
    if not oracles:
        print(f"skipped: no oracles of the java dialects below {shared}")
        return 1 if failures else SKIPPED
    print(f"{len(oracles)} oracles compared, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
