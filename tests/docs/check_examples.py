#!/usr/bin/env python3
"""The examples in the documents work: every block of kind `sh` or `console` is run, in a folder as examples.py prepares it.

usage: check_examples.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER [DOCUMENT...]

A `sh` block must end with status 0. In `console`, commands follow `$ ` and their output follows them; a line `...` stands for any lines. A block that
cannot be run says why, before its fence: <!-- not run: REASON -->. The tutorial has a test of its own.
"""
import os
import sys
import unittest

from documents import blocks, documents, read
from examples import Desk

COMMAND, PLUGIN, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
DOCUMENTS = sys.argv[4:] or [path for path in documents(SOURCE) if os.path.basename(path) != "tutorial.md"]


class Examples(unittest.TestCase):
    maxDiff = None

    def test_examples(self):
        ran = 0
        for path in DOCUMENTS:
            with Desk(COMMAND, PLUGIN, SOURCE) as desk:
                for block in blocks(read(path)):
                    if block.kind not in ("sh", "console") or block.reason:
                        continue
                    where = f"{os.path.relpath(path, SOURCE)}, line {block.line}"
                    with self.subTest(where):
                        desk.check(self, where, block)
                    ran += 1
        print(f"{ran} examples were run")
        self.assertGreater(ran, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
