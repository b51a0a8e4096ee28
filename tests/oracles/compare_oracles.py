#!/usr/bin/env python3
"""Runs the plugin over the shared captures and compares with the expected records, cell by cell and in their order.

usage: compare_oracles.py PLUGIN_FOLDER SHARED_FOLDER ORACLES DIALECT [TSHARK_OPTION...]

Every SHARED/oracles/ORACLES/NAME.csv is compared with the records of SHARED/captures/NAME by SHARED/tools/compare_flows.py
(cells to 1e-9), and the rows' order by their identifying columns. Exit status 77 when the folder is not there.
"""
import csv
import filecmp
import os
import subprocess
import sys
import tempfile

SKIPPED = 77
IDENTIFYING_COLUMNS = 7


def identities(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [row[:IDENTIFYING_COLUMNS - 1] for row in csv.reader(file)]


def compare(plugin, shared, expected, dialect, options, folder):
    """What is wrong with the records of one capture; None when nothing is."""
    name = os.path.basename(expected)
    actual = os.path.join(folder, name)
    command = ["tshark", "-r", os.path.join(shared, "captures", name[:-len(".csv")]), "-q",
               "-X", f"lua_script:{plugin}/cicflow.lua", "-o", f"cicflow.dialect:{dialect}", "-o", f"cicflow.csv:{actual}"]
    run = subprocess.run(command + options, env=dict(os.environ, TZ="UTC"), capture_output=True, text=True)
    if run.returncode != 0:
        return f"tshark: exit status {run.returncode}: {run.stderr.strip()[-500:]}"
    if filecmp.cmp(expected, actual, shallow=False):
        return None
    result = subprocess.run([sys.executable, os.path.join(shared, "tools", "compare_flows.py"), expected, actual],
                            capture_output=True, text=True)
    if result.returncode != 0:
        return result.stdout.strip()
    return None if identities(expected) == identities(actual) else "the rows are in another order"


def main():
    plugin, shared, folder_name, dialect, *options = sys.argv[1:]
    oracles = os.path.join(shared, "oracles", folder_name)
    if not os.path.isdir(oracles):
        print(f"skipped: {oracles} is not there")
        return SKIPPED
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        names = sorted(os.listdir(oracles))
        for name in names:
            problem = compare(plugin, shared, os.path.join(oracles, name), dialect, options, folder)
            if problem:
                wrong += 1
                print(f"{name}: {problem}")
    print(f"{dialect}: {len(names) - wrong} of {len(names)} captures agree")
    return 1 if wrong or not names else 0


if __name__ == "__main__":
    sys.exit(main())
