#!/usr/bin/env python3
"""docs/columns.md: every column has one formula and a value in an example, and the examples pass as test cases.

usage: check_columns.py COLUMNS_TABLE_PROGRAM CASE_TESTS_PROGRAM COLUMNS_DOCUMENT
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

from documents import SPAN, blocks, prose, read

TABLE, CASES, DOCUMENT = sys.argv[1:4]


def columns(*options):
    table = subprocess.run([TABLE, *options], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^\| \d+ \| `(\w+)`", table, re.M)


class Columns(unittest.TestCase):
    def setUp(self):
        self.text = read(DOCUMENT)
        self.cases = [block for block in blocks(self.text) if block.kind == "case"]

    def test_every_column_has_one_formula(self):
        rows = re.findall(r"^\| (`.+?) \| (.+) \|$", prose(self.text), re.M)
        named = Counter(name for head, _ in rows for name in SPAN.findall(head))
        known = Counter(columns() + columns("--extra"))
        wrong = [f"{name}: {named[name]} formulas, {known[name]} columns" for name in sorted(named | known) if named[name] != known[name]]
        self.assertEqual(wrong, [])

    def test_every_column_has_a_value_in_an_example(self):
        shown = {name for case in self.cases for name in re.findall(r"^(\w+) = ", case.text, re.M)}
        consoles = " ".join(block.text for block in blocks(self.text) if block.kind == "console")
        extra_shown = shown | {name for name in columns("--extra") if re.search(rf"\b{name}\b", consoles)}
        constants = set(columns()) - shown
        self.assertEqual(constants, set())
        self.assertEqual(set(columns("--extra")) - extra_shown, set())

    def test_the_examples_hold(self):
        self.assertGreater(len(self.cases), 8)
        with tempfile.TemporaryDirectory() as folder:
            for case in self.cases:
                path = os.path.join(folder, f"line_{case.line}.case")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(case.text)
                with self.subTest(line=case.line):
                    run = subprocess.run([CASES, path], capture_output=True, text=True)
                    self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
