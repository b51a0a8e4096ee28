#!/usr/bin/env python3
"""The table of column names in docs/migrating.md is that of the dialects' tables.

usage: check_names_map.py SOURCE_FOLDER [--update]

Features are joined by their row in features.def; columns that no feature of the 82 corresponds to come last.
"""
import os
import re
import sys

PAGE = "docs/migrating.md"
BEGIN, END = "<!-- table: column-names -->\n", "<!-- end of table -->"
HEAD = ["cicflow and the Python tool", "CICFlowMeter V4 (`java`)", "corrected V4 (`java-fixed`)", "CIC-IDS2017 files"]
DIALECTS = ("java", "java-fixed", "cicids2017")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def features(source):
    """Names of the 82 columns by feature."""
    return dict(re.findall(r'^FEATURE\((\w+), "(\w+)"', read(os.path.join(source, "plugin", "features.def")), re.M))


def columns(source, dialect):
    """(header, feature) of a dialect's columns, in order."""
    return re.findall(r'^COLUMN\("([^"]*)", (\w+),', read(os.path.join(source, "plugin", "dialects", dialect + ".def")), re.M)


def cell(names):
    return ", ".join(f"`{name.strip()}`" for name in dict.fromkeys(names))


def table(source):
    of_dialect = [columns(source, dialect) for dialect in DIALECTS]
    known = features(source)
    rows = [HEAD, ["---"] * len(HEAD)]
    for feature, name in known.items():
        rows.append([f"`{name}`"] + [cell(h for h, f in found if f == feature) for found in of_dialect])
    others = dict.fromkeys(h.strip() for found in of_dialect for h, f in found if f not in known)
    for header in others:
        rows.append([""] + [cell(h for h, f in found if h.strip() == header and f not in known) for found in of_dialect])
    return "".join("| " + " | ".join(row).replace("|  |", "| |") + " |\n" for row in rows)


def main():
    source = sys.argv[1]
    path = os.path.join(source, PAGE)
    text = read(path)
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    right = before + BEGIN + table(source) + END + after
    if text == right:
        return 0
    if "--update" not in sys.argv:
        print(f"{PAGE}: the table of column names is not that of plugin/dialects; {sys.argv[0]} SOURCE --update writes it")
        return 1
    with open(path, "w", encoding="utf-8") as file:
        file.write(right)
    return 0


if __name__ == "__main__":
    sys.exit(main())
