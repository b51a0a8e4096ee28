#!/usr/bin/env python3
"""The examples in the documents work: every block of kind `sh` or `console` is run.

usage: check_examples.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER [DOCUMENT...]

In an empty folder with the test captures, `x.pcap` and the documents' programs; tshark is made to have the plugin, as it has when
that is installed. Of `sh` the status must be 0. In `console`, commands stand behind `$ ` and what they print below
them; a line `...` stands for any lines. A block that cannot be run says why, before its fence: <!-- not run: REASON -->.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from documents import blocks, documents, read

COMMAND, PLUGIN, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
DOCUMENTS = sys.argv[4:] or documents(SOURCE)
TSHARK = shutil.which("tshark")


def commands(text):
    """(command, what it is said to print) of a console block."""
    parts = re.split(r"^\$ ", text, flags=re.M)[1:]
    return [part.split("\n", 1) for part in parts]


def prepare(folder):
    """A folder to run examples in, and its environment."""
    tools = os.path.join(folder, ".tools")
    os.mkdir(tools)
    wrapper = os.path.join(tools, "tshark")
    with open(wrapper, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec {TSHARK} -X "lua_script:{PLUGIN}/cicflow.lua" "$@"\n')
    os.chmod(wrapper, 0o755)
    os.symlink(COMMAND, os.path.join(tools, "cicflowmeter"))
    for name in ("test-captures", "docs"):
        os.symlink(os.path.join(SOURCE, name), os.path.join(folder, name))
    shutil.copy(os.path.join(SOURCE, "test-captures", "first.pcap"), os.path.join(folder, "x.pcap"))
    return dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}", TSHARK=TSHARK, CICFLOW_PLUGIN_DIR=PLUGIN, TZ="UTC",
                PYTHONDONTWRITEBYTECODE="1", PYTHONPATH=os.path.join(SOURCE, "cli-wrapper", "python"))


def matches(said, printed):
    pattern = re.escape(said).replace(re.escape("...\n"), r"(?:.*\n)*?")
    return re.fullmatch(pattern, printed) is not None


class Examples(unittest.TestCase):
    maxDiff = None

    def shell(self, command):
        return subprocess.run(["sh", "-eu", "-c", command], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=120)

    def check(self, where, block):
        if block.kind == "sh":
            run = self.shell(block.text)
            self.assertEqual(run.returncode, 0, f"{where}: {run.stderr}")
            return
        self.assertNotEqual(commands(block.text), [], f"{where}: a console block without `$ `")
        for command, said in commands(block.text):
            run = self.shell(command)
            self.assertEqual(run.returncode, 0, f"{where}: {command}: {run.stderr}")
            if not matches(said, run.stdout):
                self.assertEqual(said, run.stdout, f"{where}: {command}")

    def test_examples(self):
        ran = 0
        for path in DOCUMENTS:
            with tempfile.TemporaryDirectory() as self.folder:
                self.environment = prepare(self.folder)
                for block in blocks(read(path)):
                    if block.kind not in ("sh", "console") or block.reason:
                        continue
                    where = f"{os.path.relpath(path, SOURCE)}, line {block.line}"
                    with self.subTest(where):
                        self.check(where, block)
                    ran += 1
        print(f"{ran} examples were run")
        self.assertGreater(ran, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
