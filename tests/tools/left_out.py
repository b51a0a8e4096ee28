#!/usr/bin/env python3
# left_out.py - what test runs left out, in one block, with the reason for each.
#
# A test that is skipped says why in its last line; one that leaves out a part of itself says so in a line that begins with
# "left out: ". CMake notes the tests that it did not add in BUILD_FOLDER/left-out.txt, "NAME: REASON" a line.
#
# usage: left_out.py BUILD_FOLDER...       after ctest --output-junit BUILD_FOLDER/tests.xml
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

MARK = "left out: "


def output_lines(case):
    return [line.strip() for line in (case.findtext("system-out") or "").splitlines() if line.strip()]


def left_out_by(case):
    """What one test left out."""
    lines = output_lines(case)
    reasons = [line[len(MARK):] for line in lines if line.startswith(MARK)]
    if case.find("skipped") is not None and not reasons:
        reasons = [lines[-1] if lines else "it does not say why"]
    return [f"{case.get('name')}: {reason}" for reason in dict.fromkeys(reasons)]


def left_out_in(folder):
    found = []
    notes = folder / "left-out.txt"
    if notes.exists():
        found += [line for line in notes.read_text().splitlines() if line]
    for case in ElementTree.parse(folder / "tests.xml").getroot().iter("testcase"):
        found += left_out_by(case)
    return found


def main():
    all_found = [(folder, found) for folder in sys.argv[1:] for found in left_out_in(pathlib.Path(folder))]
    if not all_found:
        print("Nothing was left out.")
        return
    print(f"Left out ({len(all_found)}):")
    for folder, found in all_found:
        print(f"  {folder}: {found}")


if __name__ == "__main__":
    main()
