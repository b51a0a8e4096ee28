#!/usr/bin/env python3
"""Counts the instructions that a row takes, by valgrind's callgrind, and compares them with a bound.

usage: row_instructions.py WRITER_BENCHMARK BOUND

The flows are those of the writer benchmark, 3 to 22 packets each, whose means and deviations have 16 digits.
"""
import re
import shutil
import subprocess
import sys

ROWS = 640
RUNS = ("csv", "json lines")


def instructions(program, run):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=record_text_append",
               program, str(ROWS), "/dev/null", run]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return int(re.search(r"Collected : (\d+)", text).group(1)) / ROWS


def main():
    if not shutil.which("valgrind"):
        print("left out: there is no valgrind")
        return 77
    bound, exceeded = int(sys.argv[2]), 0
    for run in RUNS:
        count = instructions(sys.argv[1], run)
        exceeded += count > bound
        print(f"{run}: {count:.0f} instructions a row of 82 columns, bound {bound}")
    return exceeded > 0


if __name__ == "__main__":
    sys.exit(main())
