#!/usr/bin/env python3
"""The version is the same everywhere, and CHANGELOG.md and CITATION.cff have their standard forms.

usage: check_release.py SOURCE_FOLDER
SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import re
import sys

SOURCE = sys.argv[1]
VERSIONS = {
    "CMakeLists.txt": r"^project\(cicflow VERSION (\S+)",
    "cli-wrapper/python/pyproject.toml": r'^version = "([^"]+)"',
    "CITATION.cff": r"^version: (\S+)",
    "README.md": r"\*\*Version\*\* (\d+\.\d+\.\d+)",
}
SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
RELEASE = re.compile(r"\[Unreleased\]|\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d")
CITATION = ("cff-version", "message", "title", "authors", "version", "license")


def read(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def wrong_versions():
    found = {}
    for name, pattern in VERSIONS.items():
        match = re.search(pattern, read(name), re.M)
        found[name] = match[1] if match else "none"
    if len(set(found.values())) != 1:
        yield f"versions differ: {found}"


def wrong_changelog():
    text = read("CHANGELOG.md")
    releases = re.findall(r"^## (.*)$", text, re.M)
    if not text.startswith("# Changelog\n") or releases[:1] != ["[Unreleased]"]:
        yield "CHANGELOG.md: it begins with '# Changelog' and '## [Unreleased]'"
    yield from (f"CHANGELOG.md: a release is '[1.2.3] - 2027-01-31', not '{name}'" for name in releases if not RELEASE.fullmatch(name))
    sections = re.findall(r"^### (.*)$", text, re.M)
    yield from (f"CHANGELOG.md: '{name}' is no section of Keep a Changelog" for name in sections if name not in SECTIONS)
    for release in re.split(r"^## ", text, flags=re.M)[1:]:
        before = release.partition("###")[0]
        if "\n- " in before:
            yield f"CHANGELOG.md: a change outside of a section: {before.splitlines()[0]}"


def wrong_citation():
    text = read("CITATION.cff")
    yield from (f"CITATION.cff: there is no {name}" for name in CITATION if not re.search(rf"^{name}:", text, re.M))


def main():
    problems = [*wrong_versions(), *wrong_changelog(), *wrong_citation()]
    print(*problems, f"{len(problems)} problems", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
