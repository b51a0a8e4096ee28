#!/usr/bin/env python3
"""The tutorial's last part (docs/tutorial/full_size.py) with few flows: its records match the flows it generated, and its steps match the page.

usage: check_full_size.py ENVIRONMENT COMMAND PLUGIN_FOLDER SOURCE_FOLDER

Needs duckdb, pandas and scikit-learn, which are installed into ENVIRONMENT, a folder of the tests' own; status 77 when they cannot be had.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import re
import subprocess
import sys

ENVIRONMENT, COMMAND, PLUGIN, SOURCE = (os.path.abspath(path) for path in sys.argv[1:5])
sys.path.append(os.path.join(SOURCE, "tests", "parquet"))

import environment
from documents import blocks, read
from examples import Desk

SKIPPED = 77
STEP = re.compile(r"^ *\d+\.\d s  (.*)$", re.M)


def learned():
    """Whether the environment has the modules that the script imports."""
    found = environment.prepare(ENVIRONMENT)
    python = environment.python(ENVIRONMENT)
    if not {"duckdb", "pandas"} <= set(found):
        return False
    return environment.has_python(ENVIRONMENT, "sklearn") or environment.attempt(
        python, "-m", "pip", "install", "--quiet", "scikit-learn") and environment.has_python(ENVIRONMENT, "sklearn")


def main():
    if not learned():
        print("left out: duckdb, pandas or scikit-learn, which cannot be installed here")
        return SKIPPED
    page = read(os.path.join(SOURCE, "docs", "tutorial.md"))
    shown = next(STEP.findall(block.text) for block in blocks(page) if "captures made" in block.text)
    with Desk(COMMAND, PLUGIN, SOURCE, environment.python(ENVIRONMENT)) as desk:
        done = desk.shell("python3 docs/tutorial/full_size.py full --quick")
    print(done.stdout, done.stderr)
    if done.returncode != 0:
        return 1
    if STEP.findall(done.stdout) != shown:
        print(f"the page shows other steps: {shown}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
