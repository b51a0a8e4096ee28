#!/usr/bin/env python3
"""docs/developer-guide.md: following its example adds the column that it promises, in a copy of the source.

usage: check_guide.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER

Builds the engine, its cases and the table of columns there; the plugin has the column from the same row.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

from documents import blocks, read

SOURCE = os.path.abspath(sys.argv[3])
GUIDE = read(os.path.join(SOURCE, "docs", "developer-guide.md"))
CASE = "tests/cases/tcp_conversation.case"


def run(*command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


class Copy:
    """A copy of the source without build folders, in a folder of its own."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "cicflow")
        names = shutil.ignore_patterns("build*", ".git", "test-captures", "__pycache__")
        shutil.copytree(SOURCE, self.folder, ignore=names, symlinks=True)
        os.symlink(os.path.join(SOURCE, "test-captures"), os.path.join(self.folder, "test-captures"))

    def edit(self, path, change):
        path = os.path.join(self.folder, path)
        text = read(path)
        changed = change(text)
        assert changed != text, f"{path}: the guide's place for the change is not there"
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed)

    def build(self):
        for command in (("cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-D", "CMAKE_BUILD_TYPE=Debug", "-D", "CICFLOW_WERROR=ON"),
                        ("cmake", "--build", "build", "--target", "case-tests", "columns-table")):
            done = run(*command, folder=self.folder)
            if done.returncode != 0:
                raise AssertionError(done.stdout + done.stderr)

    def case(self):
        return run("build/tests/cases/case-tests", CASE, folder=self.folder)


def example():
    """(row, getter, line of the case) as the guide has them."""
    row, getter = (textwrap.dedent(block.text) for block in blocks(GUIDE) if block.kind == "c")
    return row, getter, re.search(r"`(\w+ = \d+/\d+)`", GUIDE)[1]


class Guide(unittest.TestCase):
    def test_the_example(self):
        row, getter, line = example()
        with tempfile.TemporaryDirectory() as folder:
            copy = Copy(folder)
            copy.edit("plugin/features.def", lambda text: text.replace("EXTRA_FEATURE(TCP_STREAM", row + "EXTRA_FEATURE(TCP_STREAM"))
            copy.edit("plugin/flow/feature.c", lambda text: re.sub(r"(GETTER\(last_timestamp, .*\n)", lambda m: m[1] + getter, text))
            copy.edit(CASE, lambda text: text + line + "\n")
            copy.build()

            self.assertEqual(copy.case().returncode, 0, copy.case().stdout + copy.case().stderr)
            table = run("build/tests/docs/columns-table", "--extra", folder=copy.folder).stdout
            self.assertIn("`ack_share`", table)
            self.tables_follow(copy)

            copy.edit(CASE, lambda text: text.replace(line, line.replace("= 6/", "= 5/")))
            self.assertNotEqual(copy.case().returncode, 0, "a wrong value was not noticed")

    def tables_follow(self, copy):
        """The guide's command writes the table of docs/columns.md, which was stale before."""
        command = re.search(r"`python3 (tests/docs/check_tables\.py .*?)( --update)?`", GUIDE)
        check = (sys.executable, *command[1].split())
        self.assertNotEqual(run(*check, folder=copy.folder).returncode, 0)
        self.assertEqual(run(*check, "--update", folder=copy.folder).returncode, 0)
        self.assertEqual(run(*check, folder=copy.folder).returncode, 0)
        self.assertIn("`ack_share`", read(os.path.join(copy.folder, "docs", "columns.md")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
