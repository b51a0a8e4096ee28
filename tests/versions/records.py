#!/usr/bin/env python3
"""Checks that all versions of Wireshark give the same records.

usage: records.py write COMMAND SOURCE_FOLDER > FILE     what the captures give here, with one thread and with several
       records.py compare SOURCE_FOLDER FILE...          what several versions gave

Written is a digest of each output's bytes, and with further columns one of each column. Only the columns that docs/columns.md lists in
"What depends on the version of Wireshark" may differ.
"""
import collections
import csv
import hashlib
import os
import re
import subprocess
import sys
import tempfile

DIALECTS = ("standard", "python", "java", "java-fixed")
ENDINGS = (".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz")
HEADING = "What depends on the version of Wireshark"


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def outputs(command, captures, *options):
    """The bytes of each capture's output, by its path below the folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([command, "-q", "-d", captures, "--extra", "payload,flags,ttl,window,tcp", *options, folder],
                              env=dict(os.environ, TZ="UTC"), stderr=subprocess.PIPE, check=False)
        found = {}
        for where, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(where, name), "rb") as file:
                    found[os.path.relpath(os.path.join(where, name), folder)] = file.read()
        if not found:
            sys.exit(f"records: {captures}: {done.stderr.decode()}")
        return found


def write(command, source):
    folders = [os.path.join(source, "test-captures")]
    for number, captures in enumerate(folder for folder in folders if os.path.isdir(folder)):
        for options in [("-c", "--dialect", name) for name in DIALECTS] + [("--jsonl",)]:
            for name, data in sorted(outputs(command, captures, *options).items()):
                print(number, options[-1], name, "bytes", digest(data), sep="\t")
        one, several = (outputs(command, captures, "-c", "--jobs", jobs) for jobs in ("1", "3"))
        for name in sorted(one.keys() | several.keys()):
            if one.get(name) != several.get(name):
                sys.exit(f"records: {name}: several threads give other bytes than one")
        for name, data in sorted(outputs(command, captures, "-c", "--extra", "all").items()):
            rows = list(csv.reader(data.decode().splitlines()))
            for column in zip(*rows):
                print(number, "all", name, column[0], digest("\n".join(column).encode()), sep="\t")


def allowed(source):
    """The columns that may differ, by the page."""
    with open(os.path.join(source, "docs", "columns.md"), encoding="utf-8") as file:
        section = file.read().split(f"# {HEADING}\n")[1].split("\n#")[0]
    return {name for line in section.splitlines() if line.endswith("` |") for name in re.findall(r"`(\w+)`", line.split("|")[2])}


def read(path):
    with open(path, encoding="utf-8") as file:
        return {tuple(line.split("\t")[:-1]): line.split("\t")[-1] for line in file.read().splitlines()}


def compare(source, paths):
    first, *others = [read(path) for path in paths]
    may_differ, problems, differing = allowed(source), [], collections.Counter()
    for path, other in zip(paths[1:], others):
        for key in sorted(first.keys() | other.keys()):
            if first.get(key) == other.get(key):
                continue
            differing[key[3]] += 1
            if key[3] not in may_differ:
                problems.append(f"{' '.join(key[1:])}: {os.path.basename(path)} differs from {os.path.basename(paths[0])}")
    outputs_count = sum(key[3] == "bytes" for key in first)
    print(f"{outputs_count} outputs of {len(paths)} versions compared: {len(problems)} differences",
          *(f"; {name} differs in {count} captures, as the page says" for name, count in sorted(differing.items()) if name in may_differ),
          sep="")
    print(*problems[:50], sep="\n")
    return 1 if problems or not outputs_count or not others else 0


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(os.path.abspath(sys.argv[2]), sys.argv[3])
    else:
        sys.exit(compare(sys.argv[2], sys.argv[3:]))
