"""Wheel and source distribution, built by the standard tools, in a clean environment: contents, use, types, errors.

Needs a Python with build, setuptools and wheel, and one with venv (Debian: python3-build, python3-venv, python3-wheel); the types
are checked where mypy is installed. Nothing is fetched.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest
from conftest import CAPTURE, COMMAND, SOURCE, run

PROJECT = SOURCE / "cli-wrapper" / "python"
MODULES = sorted(path.name for path in (PROJECT / "cicflowmeter").iterdir() if path.suffix in (".py", ".typed"))
# Every name that the module offers, with the types that a caller relies on.
TYPED = """
from typing import Iterator
import cicflowmeter
from cicflowmeter.sniffer import create_sniffer
flows: Iterator[cicflowmeter.Flow] = cicflowmeter.read_flows("x.pcap", idle_timeout=60)
value: cicflowmeter.Value = next(flows)["src_ip"]
cicflowmeter.to_parquet("x.pcap", "flows.parquet")
sniffer, session = create_sniffer(input_file="x.pcap", input_interface=None, output_mode="csv", output="flows.csv")
running: bool = sniffer.running
wrong: int = cicflowmeter.read_flows("x.pcap")
"""


def python_with(*modules):
    for python in (sys.executable, "/usr/bin/python3"):
        done = subprocess.run([python, "-c", f"import {', '.join(modules)}"], capture_output=True, check=False)
        if done.returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """(source distribution, wheel that was built from it)."""
    python = python_with("build", "setuptools", "wheel")
    if not python:
        pytest.skip("no Python with build, setuptools and wheel")
    folder = tmp_path_factory.mktemp("packages")
    shutil.copytree(PROJECT, folder / "project", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist"))
    done = subprocess.run([python, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "project"],
                          capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (source,), (wheel,) = (folder / "dist").glob("*.tar.gz"), (folder / "dist").glob("*.whl")
    return source, wheel


@pytest.fixture(scope="module")
def environment(packages, tmp_path_factory):
    """The Python of an empty virtual environment into which the wheel was installed."""
    maker = python_with("venv", "ensurepip")
    if not maker:
        pytest.skip("no Python with venv and ensurepip")
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([maker, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", packages[1]],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return python


def in_environment(python, code, **variables):
    names = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CICFLOWMETER")}
    return subprocess.run([python, "-c", code], env={**names, **variables}, capture_output=True, text=True, timeout=120)


def test_the_packages_are_complete(packages):
    source, wheel = packages
    version = re.search(r"project\(cicflow VERSION (\S+)", (SOURCE / "CMakeLists.txt").read_text())[1]
    assert wheel.name == f"cicflowmeter-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(f"cicflowmeter-{version}.dist-info/METADATA").decode()
    assert sorted(name for name in names if name.startswith("cicflowmeter/")) == [f"cicflowmeter/{name}" for name in MODULES]
    assert any(name.endswith("LICENSE") for name in names)
    assert "License: GPL-2.0-or-later" in metadata and "docs/install.md" in metadata
    with tarfile.open(source) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", *(f"cicflowmeter/{name}" for name in MODULES)} <= inside


def test_the_wheel_works(environment):
    code = f"import json; from cicflowmeter import read_flows; print(json.dumps(list(read_flows({str(CAPTURE)!r}))))"
    done = in_environment(environment, code, CICFLOWMETER=COMMAND)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [json.loads(line) for line in run("-f", CAPTURE, "--jsonl", "-").stdout.splitlines()]
    as_command = [environment, "-m", "cicflowmeter.sniffer", "-q", "-f", CAPTURE, "-c", "-"]
    assert subprocess.run(as_command, env=dict(os.environ, CICFLOWMETER=COMMAND), capture_output=True).stdout == run(
        "-q", "-f", CAPTURE, "-c", "-").stdout


def test_without_the_command_it_says_how_to_get_it(environment):
    done = in_environment(environment, "import cicflowmeter; list(cicflowmeter.read_flows('x.pcap'))", PATH="/nowhere")
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert "the command 'cicflowmeter' was not found" in last and "docs/install.md" in last and "CICFLOWMETER" in last


def test_without_pandas_it_says_what_to_install(environment):
    done = in_environment(environment, "import cicflowmeter; cicflowmeter.to_dataframe('x.pcap')", CICFLOWMETER=COMMAND)
    assert done.stderr.splitlines()[-1] == "ImportError: to_dataframe needs pandas: pip install pandas, or apt install python3-pandas"


def test_the_older_tool_of_the_same_name_is_told(environment, tmp_path):
    """The older tool's command, which uses argparse, has other options."""
    older = tmp_path / "cicflowmeter"
    older.write_text("#!/bin/sh\necho 'usage: cicflowmeter [-h]' >&2\necho 'cicflowmeter: error: unrecognized arguments' >&2\nexit 2\n")
    older.chmod(0o755)
    done = in_environment(environment, "import cicflowmeter; list(cicflowmeter.read_flows('x.pcap'))", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert f"{older} is the older Python tool of the same name" in done.stderr.splitlines()[-1]


def test_a_caller_has_types(environment, tmp_path):
    """mypy, strict, finds the one mistake in what a caller writes, through py.typed of the installed package."""
    mypy = python_with("mypy")
    if not mypy:
        pytest.skip("mypy is not installed")
    caller = tmp_path / "caller.py"
    caller.write_text(TYPED)
    done = subprocess.run([mypy, "-m", "mypy", "--strict", "--ignore-missing-imports", f"--python-executable={environment}",
                           f"--cache-dir={tmp_path}/cache", caller], capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines() if "error:" in line]
    assert len(found) == 1 and f":{len(TYPED.splitlines())}: error: Incompatible types in assignment" in found[0], done.stdout
