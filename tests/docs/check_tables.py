#!/usr/bin/env python3
"""Checks that the tables in the documents are those that the program prints, or puts them there.

usage: check_tables.py COLUMNS_TABLE_PROGRAM DOCUMENT... [--update]

A table is between the lines `<!-- table: NAME -->` and `<!-- end of table -->`; NAME is `columns`, `extra-columns` or `preferences`.
"""
import difflib
import re
import subprocess
import sys

ARGUMENTS = {"columns": [], "extra-columns": ["--extra"], "preferences": ["--preferences"]}
LINES_MOST = 40
BLOCK = re.compile(r"(<!-- table: ([a-z-]+) -->\n)(.*?)(<!-- end of table -->)", re.S)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    update = len(arguments) < len(sys.argv) - 1
    program, documents = arguments[0], arguments[1:]
    tables = {name: subprocess.run([program, *options], check=True, capture_output=True, text=True).stdout
              for name, options in ARGUMENTS.items()}
    stale, found = [], 0
    for path in documents:
        text = open(path, encoding="utf-8").read()
        fresh = BLOCK.sub(lambda m: m[1] + tables[m[2]] + m[4], text)
        found += len(BLOCK.findall(text))
        if fresh != text and update:
            open(path, "w", encoding="utf-8").write(fresh)
        elif fresh != text:
            stale.append(path)
            print(*list(difflib.unified_diff(text.splitlines(), fresh.splitlines(), path, "the program's", lineterm="", n=0))[:LINES_MOST], sep="\n")
            print(f"{path}: a table differs from the program's; run {sys.argv[0]} {' '.join(arguments)} --update")
    if found == 0:
        print("no table found in: " + ", ".join(documents))
    return 1 if stale or found == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
