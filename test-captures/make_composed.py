#!/usr/bin/env python3
"""Writes the composed captures and the records expected of them into test-captures/edges. The same bytes every time.

NAME.csv holds every column where the independent computation (tests/reference/standard_flows.py) knows the capture's
protocols, else the columns worked out by hand in composed/*.py, the others left empty. NAME.outer.csv is the same for the
outermost IP header. The values worked out by hand are checked against all of it by tests/captures/compare.py.

usage: make_composed.py
"""
import csv
import io
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = HERE.parent / "tests" / "reference" / "standard_flows.py"
EDGES = HERE / "edges"
sys.path[:0] = [str(HERE / "composed"), str(REFERENCE.parent)]

import damage
import edges
import formats
import links
import pieces
import tunnels
from standard_features import COLUMNS

MODULES = (edges, formats, links, tunnels, pieces, damage)


def captures():
    """Every composed capture."""
    return [capture for module in MODULES for capture in module.captures()]


def by_hand(rows):
    """The rows as CSV, with nothing in the columns that were not worked out."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def computed(path, tunnel):
    return subprocess.run([sys.executable, REFERENCE, "--tunnel", tunnel, path], env=dict(os.environ, TZ="UTC"),
                          capture_output=True, check=True, text=True).stdout


def main():
    EDGES.mkdir(exist_ok=True)
    for capture in captures():
        path = EDGES / capture.name
        path.write_bytes(capture.data)
        for tunnel, rows, suffix in (("inner", capture.rows, ".csv"), ("outer", capture.outer_rows, ".outer.csv")):
            if rows is not None:
                expected = computed(path, tunnel) if capture.reference else by_hand(rows)
                path.with_name(capture.name + suffix).write_text(expected, encoding="utf-8")


if __name__ == "__main__":
    main()
