#!/usr/bin/env python3
# check_labels.py - every test that labels.cmake names exists and has the label.
#
# usage: check_labels.py BUILD_FOLDER LABELS_FILE
# SPDX-License-Identifier: GPL-2.0-or-later
import json
import re
import subprocess
import sys


def labelled_tests(build):
    """The labels of every test, by the test's name."""
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True).stdout
    labels = {}
    for test in json.loads(shown)["tests"]:
        values = [p["value"] for p in test.get("properties", []) if p["name"] == "LABELS"]
        labels[test["name"]] = set(values[0] if values else ())
    return labels


def named_tests(path):
    """The tests that the file lists, by label."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"#.*", "", file.read())
    return {label: [name for name in names.split() if not name.startswith("$")]
            for label, names in re.findall(r"set\((\w+)_tests\s+([^)]*)\)", text)}


def main():
    labels = labelled_tests(sys.argv[1])
    problems = []
    for label, names in named_tests(sys.argv[2]).items():
        problems += [f"{label}: there is no test {name}" for name in names if name not in labels]
        problems += [f"{name} has no label {label}" for name in names if label not in labels.get(name, {label})]
        print(f"{label}: {sum(label in has for has in labels.values())} tests of {len(labels)}")
    for problem in problems:
        print(problem)
    return 1 if problems or not labels else 0


if __name__ == "__main__":
    sys.exit(main())
