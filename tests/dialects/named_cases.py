#!/usr/bin/env python3
"""Checks that every case a document names exists, and that every case file is named in it.

usage: named_cases.py DOCUMENT FOLDER_OF_CASES

Cases are named as `FILE/CASE`, or `FILE` for all of one.  Status 1 when one is missing.
"""
import pathlib
import re
import sys

import case_file


def main(arguments):
    if len(arguments) != 3:
        print(f"usage: {arguments[0]} DOCUMENT FOLDER_OF_CASES", file=sys.stderr)
        return 2
    text = pathlib.Path(arguments[1]).read_text(encoding="utf-8")
    files = {path.stem: {case.name for case in case_file.read(path)} for path in pathlib.Path(arguments[2]).glob("*.case")}
    named = [(file, case) for file, case in re.findall(r"`(\w+)(?:/(\w+))?`", text) if file in files]
    problems = [f"no case {file}/{case}" for file, case in named if case and case not in files[file]]
    problems += [f"cases {file} are not named" for file in sorted(set(files) - {file for file, _ in named})]
    for problem in problems:
        print(f"{arguments[1]}: {problem}")
    print(f"{len(named)} cases named")
    return 1 if problems or not named else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
