#!/usr/bin/env python3
# editor_config.py - the files have the form that .editorconfig describes: UTF-8, line ends, last line, trailing blanks, no leading tabs, longest
# line. Exits with 1 after one line for each violation. usage: editor_config.py FOLDER
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import pathlib
import re
import sys

LEFT_OUT = re.compile(r"build.*|__pycache__|\.(?!ci$).*")
BINARY = (".pcap", ".pcapng", ".png", ".gz", ".pyc")


def pattern_of(glob):
    """The part of the pattern language that is in use: {a,b}, **, and * within a name. Without a slash it is a file's name."""
    parts = re.split(r"(\*\*|\*|[{},])", glob)
    known = {"**": ".*", "*": "[^/]*", "{": "(?:", "}": ")", ",": "|"}
    return re.compile(r"(?:.*/)?" + "".join(known.get(part, re.escape(part)) for part in parts))


def read_sections(path):
    """[(pattern of paths, {name: value})], in their order."""
    sections = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            sections.append((pattern_of(line.strip()[1:-1]), {}))
        elif "=" in line and not line.startswith("#") and sections:
            name, value = (part.strip() for part in line.split("=", 1))
            sections[-1][1][name] = value
    return sections


def rules_of(sections, path):
    rules = {}
    for pattern, settings in sections:
        if pattern.fullmatch(path):
            rules.update(settings)
    return rules


def problems_of_lines(rules, text):
    longest = int(rules["max_line_length"]) if rules.get("max_line_length", "").isdigit() else None
    for number, line in enumerate(text.split("\n"), 1):
        if rules.get("trim_trailing_whitespace") == "true" and line != line.rstrip(" \t\r"):
            yield f"{number}: blanks at the end of the line"
        if rules.get("indent_style") == "space" and line.startswith("\t"):
            yield f"{number}: a tab in front"
        if longest and len(line) > longest:
            yield f"{number}: {len(line)} characters, {longest} are allowed"


def problems_of(rules, content):
    if rules.get("charset") != "utf-8":
        return
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        yield f"not UTF-8: {error}"
        return
    if rules.get("end_of_line") == "lf" and "\r" in text:
        yield "a carriage return"
    if rules.get("insert_final_newline") == "true" and text and not text.endswith("\n"):
        yield "the last line does not end"
    yield from problems_of_lines(rules, text)


def files_below(top):
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not LEFT_OUT.fullmatch(name))
        yield from (pathlib.Path(folder, name) for name in sorted(names) if not name.endswith(BINARY) and name != ".git")


def check(top):
    """The problems, one line each, and the number of files that were looked at."""
    sections = read_sections(top / ".editorconfig")
    problems, count = [], 0
    for path in files_below(top):
        name = path.relative_to(top).as_posix()
        problems += [f"{name}:{problem}" for problem in problems_of(rules_of(sections, name), path.read_bytes())]
        count += 1
    return problems, count


def main():
    problems, count = check(pathlib.Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)
    print(f"{count} files, {len(problems)} problems")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
