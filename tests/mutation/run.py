#!/usr/bin/env python3
"""Breaks the engine in the ways of mutants.txt, one at a time, and expects the engine's tests to notice.

usage: run.py [--check] [--only N | --sample N]
  --check    only look whether every mutant still applies to the sources
  --sample   N of the mutants, others for every commit

The sources are copied, so nothing of the project is touched.  Exit status 1 when a mutant survives or does not apply.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile

PROJECT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TESTS = "^(flow|cases)$"


class Mutant:
    def __init__(self, path, old, new, place):
        self.path, self.old, self.new, self.place = path, old, new, place

    def __str__(self):
        return f"{self.path}: {self.new}"

    def apply(self, text):
        """The text with the mutant's line broken; None when the line is not there."""
        lines, seen = text.split("\n"), 0
        for number, line in enumerate(lines):
            if line.strip() != self.old:
                continue
            seen += 1
            if seen == self.place:
                lines[number] = self.new
                return "\n".join(lines)
        return None


def read_mutants(path):
    with open(path, encoding="utf-8") as file:
        blocks = file.read().split("\n\n")
    for block in blocks:
        lines = [line for line in block.split("\n") if line and not line.startswith("#")]
        if not lines:
            continue
        place = int(lines[3][2:]) if len(lines) > 3 else 1
        yield Mutant(lines[0], lines[1][2:], lines[2][2:], place)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def build(folder):
    return run(["cmake", "--build", folder, "--target", "flow-tests", "case-tests"])


def tests_pass(folder):
    return run(["ctest", "--test-dir", folder, "-R", TESTS]).returncode == 0


def survives(mutant, sources, folder):
    path = os.path.join(sources, mutant.path)
    original = read(path)
    write(path, mutant.apply(original))
    try:
        built = build(folder)
        if built.returncode != 0:
            raise SystemExit(f"{mutant}: does not compile:\n{built.stdout.decode()}")
        return tests_pass(folder)
    finally:
        write(path, original)


def prepare(work):
    """A copy of the sources, configured and built; its tests pass."""
    sources, folder = os.path.join(work, "sources"), os.path.join(work, "build")
    shutil.copytree(PROJECT, sources, ignore=shutil.ignore_patterns(".git", "build*", "__pycache__"))
    for command in (["cmake", "-S", sources, "-B", folder, "-G", "Ninja", "-D", "CMAKE_BUILD_TYPE=Debug"],
                    ["cmake", "--build", folder, "--target", "flow-tests", "case-tests"]):
        done = run(command)
        if done.returncode != 0:
            raise SystemExit(done.stdout.decode())
    if not tests_pass(folder):
        raise SystemExit("the tests fail without any mutant")
    return sources, folder


def commit():
    """The commit of the sources, empty where there is no repository or no git."""
    if not shutil.which("git"):
        return ""
    return run(["git", "-C", PROJECT, "rev-parse", "HEAD"]).stdout.decode()


def chosen(options, count):
    """The numbers of the mutants to try."""
    if options.only is not None:
        return [options.only]
    if options.sample is not None:
        return sorted(random.Random(commit()).sample(range(count), min(options.sample, count)))
    return range(count)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", type=int)
    parser.add_argument("--sample", type=int)
    options = parser.parse_args()
    mutants = list(read_mutants(os.path.join(PROJECT, "tests", "mutation", "mutants.txt")))
    lost = [m for m in mutants if m.apply(read(os.path.join(PROJECT, m.path))) is None]
    for mutant in lost:
        print(f"no such line any more: {mutant.path}: {mutant.old}")
    if options.check or lost:
        print(f"{len(mutants)} mutants, {len(lost)} do not apply")
        return len(lost) > 0
    survivors = 0
    numbers = chosen(options, len(mutants))
    with tempfile.TemporaryDirectory() as work:
        sources, folder = prepare(work)
        for number in numbers:
            if survives(mutants[number], sources, folder):
                survivors += 1
                print(f"survives: {number}: {mutants[number]}", flush=True)
    print(f"mutants {', '.join(map(str, numbers))} of {len(mutants)}: {survivors} survive")
    return survivors > 0


if __name__ == "__main__":
    sys.exit(main())
