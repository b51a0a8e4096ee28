#!/usr/bin/env python3
"""The plugin's records of a collection of captures against the independent computation of the dialect, cell by cell.

usage: collection.py PLUGIN_FOLDER DIALECT CAPTURE_OR_FOLDER...

The captures one after another, by the ordinary way and by the fast one. Rows in their order, numbers to 1e-9. The independent
computations know fewer link types and encapsulations than Wireshark, and that of `python` no gzip, so a difference is
a reason to look, not yet an error. Status 1 when there is any. For third-party collections such as those in the sources of nDPI and tcpdump.
"""
import csv
import io
import math
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
COMPUTATIONS = {"standard": ["standard_flows.py"], "python": ["python_dialect.py"],
                "java": ["java_dialect.py", "java"], "java-fixed": ["java_dialect.py", "java-fixed"]}
WAYS = {"ordinary": [], "fast": ["-o", "cicflow.fast:TRUE"]}
ENVIRONMENT = dict(os.environ, TZ="UTC")
SECONDS = 600


def rows(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def same(one, other):
    try:
        return one == other or math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-9)
    except ValueError:
        return False


def difference(expected, actual):
    """What the first difference is; None when there is none. The python fork writes no header when there is no row."""
    if not expected and len(actual) == 1:
        return None
    for number, (one, other) in enumerate(zip(expected, actual)):
        if len(one) != len(other):
            return f"record {number}: {len(one)} cells computed, {len(other)} of the plugin"
        for name, left, right in zip(expected[0], one, other):
            if not same(left, right):
                return f"record {number}, {name}: computed {left}, plugin {right}"
    if len(expected) == len(actual):
        return None
    return f"{max(len(expected) - 1, 0)} records computed, {max(len(actual) - 1, 0)} of the plugin"


def by_plugin(plugin, dialect, capture, options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "records.csv")
        run = subprocess.run(["tshark", "-q", "-r", capture, "-X", f"lua_script:{plugin}/cicflow.lua", *options,
                              "-o", f"cicflow.dialect:{dialect}", "-o", f"cicflow.csv:{path}"],
                             env=ENVIRONMENT, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False)
        if not os.path.exists(path):
            raise OSError(f"no records: {run.stderr.strip()[-200:]}")
        with open(path, encoding="utf-8", newline="") as file:
            return rows(file.read())


def problems(plugin, dialect, capture):
    program, *arguments = COMPUTATIONS[dialect]
    computed = subprocess.run([sys.executable, HERE / program, *arguments, capture], env=ENVIRONMENT, capture_output=True, text=True,
                              timeout=SECONDS, check=False)
    if computed.returncode != 0:
        yield f"the computation: {computed.stderr.strip()[-200:]}"
        return
    for way, options in WAYS.items():
        if why := difference(rows(computed.stdout), by_plugin(plugin, dialect, capture, options)):
            yield f"{way}: {why}"


def captures(arguments):
    for argument in map(pathlib.Path, arguments):
        found = sorted(argument.rglob("*")) if argument.is_dir() else [argument]
        yield from (path for path in found if not argument.is_dir() or ".pcap" in path.name)


def main():
    if len(sys.argv) < 4 or sys.argv[2] not in COMPUTATIONS:
        sys.exit(__doc__.split("\n\n")[1])
    plugin, dialect = os.path.abspath(sys.argv[1]), sys.argv[2]
    differing = number = 0
    for number, capture in enumerate(captures(sys.argv[3:]), 1):
        try:
            found = list(problems(plugin, dialect, capture))
        except (OSError, subprocess.TimeoutExpired) as error:
            found = [str(error)]
        differing += bool(found)
        for problem in found:
            print(f"{capture}: {problem}", flush=True)
    print(f"{dialect}: {number - differing} of {number} captures agree")
    return 1 if differing or not number else 0


if __name__ == "__main__":
    sys.exit(main())
