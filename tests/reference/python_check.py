#!/usr/bin/env python3
"""Checks the reference of the python dialect against the fork's own output, byte by byte.

usage: python_check.py [SHARED]     (default: ../shared beside the repository)

Says that it skips, with status 77, when the captures and oracles are not there; status 1 when any file differs.
"""
import os
import pathlib
import subprocess
import sys

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent


def differs(oracle, captures):
    """Why the reference's output is not the oracle's, or None."""
    result = subprocess.run([sys.executable, HERE / "python_dialect.py", captures / oracle.stem], capture_output=True,
                            env={**os.environ, "TZ": "UTC"}, check=False)
    if result.returncode != 0:
        return f"status {result.returncode}: {result.stderr.decode().strip()}"
    expected, actual = (text.split(b"\r\n") for text in (oracle.read_bytes(), result.stdout))
    if expected == actual:
        return None
    line = next((n for n, pair in enumerate(zip(expected, actual)) if pair[0] != pair[1]), min(len(expected), len(actual)))
    return f"line {line + 1} differs ({len(expected)} lines expected, {len(actual)} written)"


def main(arguments):
    shared = pathlib.Path(arguments[1]) if len(arguments) > 1 else HERE.parents[2] / "shared"
    oracles = sorted((shared / "oracles" / "python").glob("*.csv"))
    if not oracles:
        print(f"skipped: no oracles of the python dialect below {shared}")
        return SKIPPED
    failures = [(oracle.name, why) for oracle in oracles if (why := differs(oracle, shared / "captures"))]
    for name, why in failures:
        print(f"{name}: {why}")
    print(f"{len(oracles) - len(failures)} of {len(oracles)} oracles equal byte for byte")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
