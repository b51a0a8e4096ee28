#!/usr/bin/env python3
"""The commands in indented blocks of the documents work, and so does the Python of README.md and docs/python.md.

usage: check_commands.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER

Each is run on its own, with names of captures, hosts and folders replaced by existing ones (laid_out, REPLACED). It must
have status 0 and an effect: something printed or written, or a request at the server. Commands that are not run are listed below with the reason; an
entry that no longer matches any is an error.
"""
import os
import re
import shutil
import subprocess
import sys
import unittest

COMMAND, PLUGIN, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path.append(os.path.join(SOURCE, "tests", "cli"))

from documents import blocks, documents, indented, read
from examples import Desk
from http_server import Server

# Indented text that is no command: its document, its first words, what it is.
NO_COMMANDS = (
    ("docs/command-options.md", "cicflowmeter (-i INTERFACE|", "a synopsis"),
    ("docs/delivery.md", "cicflowmeter: 2500 of 3000", "a message"),
    ("docs/developer-guide.md", "plugin/\n", "a tree of folders"),
    ("docs/overview.md", "Flows by protocol", "what is printed"),
)
# What is not run: a pattern of the command, and why.
NOT_RUN = (
    (r"-i eth0", "captures live; tests/cli/live.py does"),
    (r"^sh cmake/quickstart\.sh|^sh tests/run|^cmake -S \.|^ctest", "builds this project"),
    (r"^pip install", "changes the system"),
    (r"^sbatch", "needs Slurm; tests/cluster/cluster.py does"),
    (r"parallel --sshlogin", "needs other machines; tests/cluster/cluster.py does"),
    (r"^python3 tests/benchmark/(run|peers/peers)\.py", "measures for minutes"),
    (r"^python3 tests/plugin/differential_fuzz\.py", "takes hours; tests/plugin runs a part"),
)
# What stands in the documents for what only the reader has.
REPLACED = (("tcpdump -w -", "cat x.pcap"),)
# Programs of which a machine need not have all; without one its commands are left out, which is said.
OPTIONAL = ("jq", "curl", "parallel")
PYTHON = ("from ", "import ")


def laid_out(desk):
    """The files and folders that the documents mention."""
    for name in ("cli-wrapper", "tests"):
        os.symlink(os.path.join(SOURCE, name), desk.path(name))
    for name in ("cicflow.lua", "cicflow.so"):
        shutil.copy(os.path.join(PLUGIN, name), desk.path(name))
    shutil.copy(desk.path("x.pcap"), desk.path("capture.pcap"))
    os.mkdir(desk.path("captures"))
    for name in ("first.pcap", "second.pcap"):
        shutil.copy(desk.path("x.pcap"), desk.path(f"captures/{name}"))
    for name, text in (("token-header", "Authorization: Bearer x\n"), ("cicflowmeter-undelivered.jsonl", '{"src_ip":"10.0.0.1"}\n')):
        with open(desk.path(name), "w", encoding="utf-8") as file:
            file.write(text)


def commands(text):
    """The text split into complete shell commands."""
    found, begun = [], ""
    for line in text.splitlines(keepends=True):
        begun += line
        if not line.endswith("\\\n") and subprocess.run(["sh", "-n", "-c", begun], capture_output=True, check=False).returncode == 0:
            found.append(begun.strip())
            begun = ""
    found = [command for command in found if command]
    return found + ([begun] if begun else [])


def files(folder):
    """Names, sizes and times of what a command may have written."""
    return {(path, os.stat(path).st_size, os.stat(path).st_mtime_ns)
            for top, _, names in os.walk(folder) for path in (os.path.join(top, name) for name in names)}


def with_pandas():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import pandas"], capture_output=True, check=False).returncode == 0:
            return python
    return None


class Commands(unittest.TestCase):
    def setUp(self):
        self.used = set()
        self.left_out = []

    def no_command(self, path, text):
        entries = [entry for entry in NO_COMMANDS if entry[0] == path and text.startswith(entry[1])]
        self.used.update(entries)
        return entries

    def reason(self, path, text):
        """Why this command is not run, or None."""
        for entry in NOT_RUN:
            if re.search(entry[0], text):
                self.used.add(entry)
                return entry[1]
        missing = [name for name in OPTIONAL if re.search(rf"\b{name}\b", text) and not shutil.which(name)]
        if missing:
            self.left_out.append(f"{path}: {missing[0]} is not installed: {text.splitlines()[0]}")
        return missing[0] if missing else None

    def run_command(self, desk, server, text):
        for name, instead in REPLACED:
            text = text.replace(name, instead)
        text = re.sub(r"https?://[\w.]+/flows|\bURL\b", server.url(), text)
        before, requests = files(desk.folder), len(server.requests)
        run = desk.shell(text, plain="lua_script:" in text)
        self.assertEqual(run.returncode, 0, f"{text}: {run.stderr}")
        self.assertTrue(run.stdout or files(desk.folder) != before or len(server.requests) > requests, f"{text}: has no effect")

    def test_commands(self):
        ran = 0
        for path in documents(SOURCE):
            name = os.path.relpath(path, SOURCE)
            with Desk(COMMAND, PLUGIN, SOURCE) as desk, Server() as server:
                laid_out(desk)
                for line, text in indented(read(path)):
                    if text.startswith(PYTHON) or self.no_command(name, text):
                        continue
                    for command in commands(text):
                        if self.reason(name, command):
                            continue
                        with self.subTest(f"{name}, line {line}"):
                            self.run_command(desk, server, command)
                        ran += 1
        print(f"{ran} commands were run", *self.left_out, sep="\n")
        self.assertGreater(ran, 12)
        self.assertEqual(set(NO_COMMANDS + NOT_RUN) - self.used, set(), "entries that fit nothing")

    def test_python(self):
        """The complete programs, which need the module, and some of them pandas."""
        python = with_pandas()
        if not python:
            self.skipTest("no Python with pandas")
        ran = 0
        for path in documents(SOURCE):
            text = read(path)
            parts = [part for _, part in indented(text) if part.startswith(PYTHON)]
            parts += [block.text for block in blocks(text) if block.kind == "python" and not block.reason]
            for part in parts:
                with self.subTest(f"{os.path.relpath(path, SOURCE)}: {part.splitlines()[0]}"), \
                        Desk(COMMAND, PLUGIN, SOURCE, python) as desk:
                    with open(desk.path("example.py"), "w", encoding="utf-8") as file:
                        file.write(part)
                    before = files(desk.folder)
                    run = desk.shell("python3 example.py")
                    self.assertEqual(run.returncode, 0, run.stderr)
                    self.assertTrue(run.stdout or files(desk.folder) != before, "has no effect")
                    ran += 1
        self.assertGreater(ran, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
