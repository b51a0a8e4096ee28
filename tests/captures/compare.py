#!/usr/bin/env python3
"""Compares the plugin's records of the composed captures with the expected ones, row by row, in order.

usage: compare.py PLUGIN_FOLDER MODE
MODE: files      the files in test-captures are what the scripts make, and their records what was worked out by hand and computed
      single     one run a capture, for those that are about a file format, or that the independent computation does not know
      standard, fast, two-pass, outer   all others in one file, against the independent computation for that file
      python     the same with those of Ethernet, in the python dialect
"""
import csv
import gzip
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parents[2]
REFERENCES = PROJECT / "tests" / "reference"
sys.path.insert(0, str(PROJECT / "test-captures"))
import make_composed
import merged

ENVIRONMENT = dict(os.environ, TZ="UTC")
OPTIONS = {"standard": [], "fast": ["-o", "cicflow.fast:TRUE"], "two-pass": ["-2"], "outer": ["-o", "cicflow.tunnel:outer"],
           "python": ["-o", "cicflow.dialect:python"]}
REASONS = ("no_ip", "other_transport", "undecodable", "fragment")
MOST_SHOWN = 6


def rows(text):
    return list(csv.DictReader(text.splitlines()))


def same(expected, actual):
    """Whether two cells agree, numbers to 1e-9; an empty expected cell agrees with anything."""
    if expected in ("", actual):
        return True
    try:
        return math.isclose(float(expected), float(actual), rel_tol=1e-9, abs_tol=1e-12)
    except ValueError:
        return False


def differences(expected, actual):
    found = [] if len(expected) == len(actual) else [f"{len(expected)} rows expected, {len(actual)} found"]
    for number, (want, have) in enumerate(zip(expected, actual), 1):
        found += [f"row {number}, {name}: expected {cell}, found {have.get(name)}"
                  for name, cell in want.items() if not same(str(cell), have.get(name, "no such column"))]
    return found


def skipped_differ(expected, actual):
    actual = {reason: count for reason, count in actual.items() if count}
    return [] if expected in (None, actual) else [f"skipped: expected {expected}, found {actual}"]


def reference(path, *options):
    """(rows, frames skipped by reason) of the independent computation."""
    run = subprocess.run([sys.executable, REFERENCES / "standard_flows.py", "--stats", *options, path], env=ENVIRONMENT,
                         capture_output=True, check=True, text=True)
    counts = dict(word.split("=") for word in run.stderr.split())
    return rows(run.stdout), {reason: int(counts[reason]) for reason in REASONS if counts[reason] != "0"}


def python_rows(path):
    return rows(subprocess.run([sys.executable, REFERENCES / "python_dialect.py", path], env=ENVIRONMENT, capture_output=True,
                               check=True, text=True).stdout)


def tshark(plugin, path, options):
    """(rows, frames skipped by reason) of a run."""
    with tempfile.TemporaryDirectory() as folder:
        output, stats = (pathlib.Path(folder) / name for name in ("out.csv", "stats.json"))
        command = ["tshark", "-q", "-n", "-r", path, "-X", f"lua_script:{plugin}/cicflow.lua", "-o", f"cicflow.csv:{output}",
                   "-o", f"cicflow.stats:{stats}", *options]
        subprocess.run(command, env=dict(ENVIRONMENT, WIRESHARK_CONFIG_DIR=folder), capture_output=True, check=True)
        counts = json.loads(stats.read_text(encoding="utf-8"))["skipped"]
        return rows(output.read_text(encoding="utf-8") if output.exists() else ""), counts


def plain_bytes(path_or_data):
    return gzip.decompress(path_or_data) if path_or_data.startswith(b"\x1f\x8b") else path_or_data


def expected_rows(path, suffix):
    return rows(path.with_name(path.name + suffix).read_text(encoding="utf-8"))


def check_files(capture, path):
    """The capture that is there, and the records beside it, against script and hand."""
    if plain_bytes(path.read_bytes()) != plain_bytes(capture.data):
        return ["make_composed.py makes another file"]
    found = differences(capture.rows, expected_rows(path, ".csv"))
    if capture.outer_rows is not None:
        found += differences(capture.outer_rows, expected_rows(path, ".outer.csv"))
    if not capture.reference:
        return found
    computed, skipped = reference(path)
    return found + differences(computed, expected_rows(path, ".csv")) + skipped_differ(capture.skipped, skipped)


def is_single(capture):
    return not capture.reference or not capture.rows or capture.about_format


def check_single(plugin, capture, path):
    actual, skipped = tshark(plugin, path, [])
    found = differences(expected_rows(path, ".csv"), actual) + skipped_differ(capture.skipped, skipped)
    if capture.outer_rows is not None:
        found += differences(expected_rows(path, ".outer.csv"), tshark(plugin, path, OPTIONS["outer"])[0])
    return found


def check_each(check, captures):
    """Number of captures that do not agree."""
    wrong = 0
    for capture in captures:
        found = check(capture, make_composed.EDGES / capture.name)
        wrong += bool(found)
        for line in found[:MOST_SHOWN]:
            print(f"{capture.name}: {line}")
    print(f"{len(captures) - wrong} of {len(captures)} captures agree")
    return wrong


def check_merged(plugin, captures, mode):
    paths = [make_composed.EDGES / capture.name for capture in captures]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "merged"
        path.write_bytes(merged.ethernet(paths) if mode == "python" else merged.any_link(paths))
        actual, skipped = tshark(plugin, path, OPTIONS[mode])
        if mode == "python":
            found, expected = differences(python_rows(path), actual), None
        else:
            expected_rows_, expected = reference(path, "--tunnel", "outer" if mode == "outer" else "inner")
            found = differences(expected_rows_, actual)
        found += skipped_differ(expected, skipped)
    for line in found[:MOST_SHOWN]:
        print(f"{mode}: {line}")
    print(f"{len(paths)} captures, {len(actual)} rows, {len(found)} differences")
    return len(found)


def main():
    plugin, mode = sys.argv[1:]
    captures = make_composed.captures()
    if mode == "files":
        wrong = check_each(check_files, captures)
    elif mode == "single":
        wrong = check_each(lambda *which: check_single(plugin, *which), [c for c in captures if is_single(c)])
    else:
        wrong = check_merged(plugin, [c for c in captures if not is_single(c)], mode)
    return 1 if wrong or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
