#!/usr/bin/env python3
"""Installs independent readers of Parquet files, from PyPI and npm, into folders of the tests.

usage: environment.py FOLDER

Prints a line for each that is left out because it cannot be had, and ends with status 77 when there is none.
"""
import os
import shutil
import subprocess
import sys

PYTHON = ("pyarrow", "polars", "duckdb", "pandas", "dask")
ON_DEMAND = ("pyspark",)  # hundreds of megabytes: installed where CICFLOW_SPARK is set
NODE = ("hyparquet", "hyparquet-compressors")
PATIENCE_SECONDS = 600
LEFT_OUT = 77


def python(folder):
    return os.path.join(folder, "venv", "bin", "python")


def attempt(*command, **more):
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_SECONDS, **more).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def has_python(folder, name):
    return attempt(python(folder), "-c", f"import {name}")


def install_python(folder, name):
    return has_python(folder, name) or (
        attempt(python(folder), "-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "20", name) and
        has_python(folder, name))


def has_node(folder):
    return all(os.path.isdir(os.path.join(folder, "node_modules", name)) for name in NODE)


def install_node(folder):
    if has_node(folder):
        return True
    npm = shutil.which("npm")
    return bool(npm and shutil.which("node")) and attempt(
        npm, "install", "--prefix", folder, "--no-audit", "--no-fund", *NODE) and has_node(folder)


def prepare(folder):
    """The names of the readers that can be had."""
    os.makedirs(folder, exist_ok=True)
    found = []
    if os.path.exists(python(folder)) or attempt(sys.executable, "-m", "venv", os.path.join(folder, "venv")):
        found = [name for name in PYTHON if install_python(folder, name)]
        install = install_python if os.environ.get("CICFLOW_SPARK") else has_python
        found += [name for name in ON_DEMAND if shutil.which("java") and install(folder, name)]
    if install_node(folder):
        found.append("hyparquet")
    return found


def main():
    found = prepare(sys.argv[1])
    for name in (*PYTHON, NODE[0]):
        if name not in found:
            print(f"left out: {name}, which cannot be installed here")
    return 0 if "pyarrow" in found else LEFT_OUT


if __name__ == "__main__":
    sys.exit(main())
