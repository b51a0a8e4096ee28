#!/usr/bin/env python3
"""docs/tutorial.md: every command runs and prints what the page says, and the plots are those that the page shows.

usage: check_tutorial.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER

Needs a Python with scikit-learn, pandas and matplotlib: this one, or Debian's. Status 77 says that there is none. What another
version of scikit-learn than the page's prints is not compared; it has to run.
"""
import os
import subprocess
import sys
import unittest

from documents import blocks, read
from examples import Desk

COMMAND, PLUGIN, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
PAGE = os.path.join(SOURCE, "docs", "tutorial.md")
VERSION_OF_THE_PAGE = "1.2."
SKIPPED = 77
# Says how much two pictures differ, on average, where 1 is black against white.
DIFFERENCE = """
import sys, matplotlib.image, numpy
one, other = (matplotlib.image.imread(path) for path in sys.argv[1:])
print(abs(one - other).mean() if one.shape == other.shape else 1)
"""


def learned():
    """(Python, version of scikit-learn) of the first that has what the tutorial needs, or None."""
    for python in (sys.executable, "/usr/bin/python3"):
        code = "import sklearn, pandas, matplotlib; print(sklearn.__version__)"
        try:
            run = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            continue
        if run.returncode == 0:
            return python, run.stdout.strip()
    return None


class Tutorial(unittest.TestCase):
    maxDiff = None

    def same_picture(self, desk, made, shown):
        run = subprocess.run([PYTHON, "-c", DIFFERENCE, desk.path(made), os.path.join(SOURCE, "docs", "images", shown)],
                             capture_output=True, text=True, check=True)
        self.assertLess(float(run.stdout), 0.01, f"{shown} is not what the tutorial's script draws")

    def test_tutorial(self):
        compare = VERSION.startswith(VERSION_OF_THE_PAGE)
        if not compare:
            print(f"scikit-learn {VERSION}: what is printed is not compared, the page has that of {VERSION_OF_THE_PAGE}x")
        with Desk(COMMAND, PLUGIN, SOURCE, PYTHON) as desk:
            run = [block for block in blocks(read(PAGE)) if block.kind in ("sh", "console") and not block.reason]
            self.assertGreater(len(run), 5)
            for block in run:
                desk.check(self, f"tutorial.md, line {block.line}", block, compare)
            for name in ("confusion", "importance"):
                self.assertGreater(os.path.getsize(desk.path(f"plots/{name}.png")), 10000)
                if compare:
                    self.same_picture(desk, f"plots/{name}.png", f"tutorial-{name}.png")


if __name__ == "__main__":
    found = learned()
    if not found:
        print("skipped: no Python with scikit-learn, pandas and matplotlib; sh cmake/install-dependencies.sh tutorial installs them")
        sys.exit(SKIPPED)
    PYTHON, VERSION = found
    unittest.main(argv=sys.argv[:1])
