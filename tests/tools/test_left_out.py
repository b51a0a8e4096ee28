#!/usr/bin/env python3
# test_left_out.py - left_out.py names every reason, and nothing else.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import tempfile
import unittest

import left_out

RESULTS = """<?xml version="1.0"?>
<testsuite>
  <testcase name="runs" status="run"><system-out>fine
left out of account</system-out></testcase>
  <testcase name="part" status="run"><system-out>1 of 2
left out: pyarrow is not there
left out: pyarrow is not there
OK</system-out></testcase>
  <testcase name="all" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>
no captures in ../shared
</system-out></testcase>
  <testcase name="mute" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out></system-out></testcase>
</testsuite>
"""


class LeftOut(unittest.TestCase):
    def test_reasons(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "tests.xml").write_text(RESULTS)
            (path / "left-out.txt").write_text("gui/wireshark: no Xvfb\n")
            self.assertEqual(left_out.left_out_in(path), [
                "gui/wireshark: no Xvfb", "part: pyarrow is not there", "all: no captures in ../shared",
                "mute: it does not say why"])


if __name__ == "__main__":
    unittest.main()
