#!/usr/bin/env python3
"""docs/developer-guide.md: its drawing of the source tree has exactly the existing folders, each with a sentence; the files it names exist; and its
table of what Wireshark does not promise has the rows of plugin/epan/assumptions.def. The top level of the repository has no other folders than ours.

usage: check_house.py SOURCE_FOLDER
SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import re
import shutil
import subprocess
import sys

GUIDE = "docs/developer-guide.md"
TOPS = ("plugin", "cli-wrapper")
TOP_LEVEL = {".ci", "cmake", "docs", "test-captures", "tests", *TOPS}
# Folders of one file, for a version of Wireshark or a package of Python.
INSIDE = ("plugin/epan/wireshark-4.2", "cli-wrapper/python/cicflowmeter")
LINE = re.compile(r"^ {4}( *)([\w-]+)/( +\S.*)?$", re.M)


def drawn(text):
    """The folders of the drawing, and those without a sentence."""
    drawing = text[text.index("## The house"):text.index("## A packet's way")]
    path, folders, bare = [], [], []
    for indent, name, sentence in LINE.findall(drawing):
        depth = len(indent) // 2
        path = path[:depth] + [name]
        folders.append("/".join(path))
        if depth > 0 and not sentence:
            bare.append(folders[-1])
    return folders, bare


def there(source):
    found = []
    for top in TOPS:
        for folder, names, _ in os.walk(os.path.join(source, top)):
            names[:] = [name for name in names if name != "__pycache__" and not name.endswith(".egg-info")]
            found.append(os.path.relpath(folder, source))
    return [folder for folder in found if folder not in INSIDE]


def strangers(source):
    """Folders of the top level that are committed and not the project's; none where there is no repository."""
    git = shutil.which("git")
    listed = git and subprocess.run([git, "-C", source, "ls-files"], capture_output=True, text=True, check=False)
    if not listed or listed.returncode != 0:
        print("the top level is not checked: this is no git repository, or there is no git")
        return []
    return sorted({path.split("/")[0] for path in listed.stdout.splitlines() if "/" in path} - TOP_LEVEL)


def main():
    source = sys.argv[1]
    with open(os.path.join(source, GUIDE), encoding="utf-8") as file:
        text = file.read()
    folders, bare = drawn(text)
    real = there(source)
    problems = [f"{GUIDE}: {folder}/ is drawn, and not there" for folder in folders if folder not in real]
    problems += [f"{GUIDE}: {folder}/ is there, and not drawn" for folder in real if folder not in folders]
    problems += [f"{GUIDE}: {folder}/ has no sentence" for folder in bare]
    files = set(re.findall(r"`((?:plugin|cli-wrapper|tests)/[\w./-]+\.(?:c|h|py|def|cc))`", text))
    problems += [f"{GUIDE}: there is no file {name}" for name in sorted(files) if not os.path.exists(os.path.join(source, name))]
    with open(os.path.join(source, "plugin/epan/assumptions.def"), encoding="utf-8") as file:
        rows = re.findall(r'^ASSUMPTION\(\w+, "(\w+)"', file.read(), re.M)
    table = text[text.index("without its promise\n"):text.index("## Add a column")]
    told = re.findall(r"^\| `(\w+)` \|", table, re.M)
    problems += [f"{GUIDE}: {name} is not both in the table and in assumptions.def" for name in sorted(set(rows) ^ set(told))]
    problems += [f"{name}/: a folder of the top level that is not the project's" for name in strangers(source)]
    for problem in problems:
        print(problem)
    print(f"{len(folders)} folders, {len(files)} files, {len(problems)} problems")
    return 1 if problems or len(folders) < len(TOPS) else 0


if __name__ == "__main__":
    sys.exit(main())
