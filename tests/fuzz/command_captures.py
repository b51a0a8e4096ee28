#!/usr/bin/env python3
"""Captures with random errors (see damage.py) through the command, whose decoders and epan must find the same in them.

Many are joined in a file, each as a section. The command reads every file twice: normally, so that its own decoders take what they can, and with
every frame dissected. Checked in both: no crash, no hang, no report of a sanitizer, nothing said on standard error, every row has all columns and
finite numbers, CSV and JSON say the same, Parquet has as many rows and the same as CSV where pyarrow is installed (see tests/parquet/environment.py).
And both wrote the same bytes and the same summary.

Failing captures are found by bisection, and failures of several captures only together are counted apart: epan keeps fragments for good, so that
those of one capture can complete a datagram of another one, where records have given up waiting after 30 s.

usage: command_captures.py COMMAND [--captures N] [--first N] [--seed N] [--joined N] [--keep FOLDER] [--environment FOLDER] SOURCE...
"""
import glob
import itertools
import math
import os
import random
import subprocess
import sys
import tempfile
import time

import damage
from outputs_check import MAY_BE_EMPTY, Failure, Totals, check_json, note_names, read_csv
from through_sharkd import DAMAGED, EXTRA, REPORTS

JOINED = 50
SECONDS_MAX = 300   # of a run
TOLD_EVERY = 5000
FORMATS = ("csv", "jsonl", "parquet")
FULL = ["--full-dissection"]
# Measures that need no dissection of plain frames, and some that do.
DEFINITIONS = """
ttls = distinct(packet.ttl)
lengths = sum(packet.ip_len, fwd) else 0
outer_ttl = first(ip.ttl)
flags = or(tcp.flags, bwd)
small = count(*, if frame.len <= 128 && !(tcp.port == 80))
names = distinct(dns.qry.name)
"""
LABELS = """
to the web: tcp.dstport == 80 || tcp.dstport == 443
short: cicflow.tot_fwd_pkts < 3 && cicflow.flow_duration < 1
"""
MAY_BE_EMPTY.update(("outer_ttl", "flags"))
PLAIN = "payload,flags,ttl,window,tcp,flow_id,first_frame,last_frame,end_reason"
WAYS = (
    [],
    ["--tunnel", "outer"],
    ["--vlan-flows", "--closed-timeout", "0.01", "--active-timeout", "0.5", "--idle-timeout", "0.001"],
    ["--extra", PLAIN, "--sequence", "5"],
    ["--dialect", "java"],
    ["--first-packets", "3", "--max-flows", "3"],
    ["--dialect", "java-fixed"],
    ["--define", "DEFINITIONS"],
    ["--labels", "LABELS", "--label", "none"],
    ["--dialect", "python"],
    ["--extra", EXTRA, "--filter", "frame.len > 40"],
)


def pyarrow_of(environment):
    """The module, installed or in the environment of the tests; None: it cannot be had."""
    sys.path += glob.glob(os.path.join(environment, "venv", "lib", "python3*", "site-packages"))
    try:
        import pyarrow.parquet
    except ImportError:
        return None
    return pyarrow.parquet


def agrees(cell, value):
    """Whether a cell of CSV and a value of Parquet are the same; times and texts are spelt in several ways."""
    if isinstance(value, float):
        return cell != "" and (float(cell) == value or math.isnan(value))
    if isinstance(value, int):
        return int(cell) == value
    return True


class Command:
    def __init__(self, path, folder, totals, parquet):
        self.path, self.folder, self.totals, self.parquet = path, folder, totals, parquet
        self.capture = os.path.join(folder, "capture.pcapng")
        self.files = {"DEFINITIONS": os.path.join(folder, "all.define"), "LABELS": os.path.join(folder, "rules.txt")}
        for name, path in self.files.items():
            with open(path, "w", encoding="utf-8") as file:
                file.write(globals()[name])

    def outputs(self, name):
        return {kind: os.path.join(self.folder, f"{name}.{kind}") for kind in FORMATS}

    def run(self, way, paths):
        """What the command says; its outputs are at the paths then."""
        outputs = [word for kind, path in paths.items() for word in (f"--{kind}", path)]
        options = [self.files.get(word, word) for word in way]
        try:
            done = subprocess.run([self.path, "-q", "-f", self.capture, *outputs, "--summary", *options], check=False, capture_output=True,
                                  timeout=SECONDS_MAX, env=dict(os.environ, TZ="UTC"))
        except subprocess.TimeoutExpired as error:
            raise Failure(f"still running after {SECONDS_MAX} s") from error
        told = done.stderr.decode(errors="replace")
        is_damaged = done.returncode == 1 and DAMAGED in told
        if done.returncode != 0 and not is_damaged or any(report in told for report in REPORTS):
            raise Failure(f"exit status {done.returncode}: {told[-3000:]}")
        return done.stdout

    def check_parquet(self, plain, full, header, rows):
        """The files differ in what they say of the options."""
        table, other = self.parquet.read_table(plain), self.parquet.read_table(full)
        if repr(table.to_pydict()) != repr(other.to_pydict()):  # NaN too
            raise Failure("Parquet differs with every frame dissected")
        if table.num_rows != len(rows):
            raise Failure(f"{table.num_rows} rows of Parquet, {len(rows)} of CSV")
        for at, name in enumerate(header):
            values = table.column(at).to_pylist()
            if name != table.column_names[at] or not all(map(agrees, (row[at] for row in rows), values)):
                raise Failure(f"{name} differs in Parquet")

    def read(self, capture, way):
        with open(self.capture, "wb") as file:
            file.write(capture)
        dialect = way[1] if way[:1] == ["--dialect"] else "standard"
        plain, full = self.outputs("plain"), self.outputs("full")
        try:
            said, said_in_full = self.run(way, plain), self.run(way + FULL, full)
            header, rows = read_csv(plain["csv"], dialect)
            check_json(plain["jsonl"], header, rows)
            self.compare(plain, full)
            if self.parquet:
                self.check_parquet(plain["parquet"], full["parquet"], header, rows)
            if said != said_in_full:
                raise Failure(f"summaries differ: {said.decode()}{said_in_full.decode()}")
        except Failure as failure:
            raise Failure(f"{' '.join(way)}: {failure}") from failure
        note_names(header, rows, self.totals)
        self.totals.records += len(rows)

    def compare(self, plain, full):
        for kind in ("csv", "jsonl"):
            with open(plain[kind], "rb") as one, open(full[kind], "rb") as other:
                if one.read() == other.read():
                    continue
            with open(plain["csv"], encoding="utf-8") as one, open(full["csv"], encoding="utf-8") as other:
                lines = [pair for pair in itertools.zip_longest(one, other) if pair[0] != pair[1]]
            raise Failure(f"{kind} differs with every frame dissected; lines of CSV:\n" + "".join(map(str, lines[:2])))


def failing(command, sections, way):
    """The failures, each with the fewest captures that show it, found by bisection."""
    try:
        command.read(b"".join(sections), way)
        return []
    except Failure as failure:
        middle = len(sections) // 2
        apart = [found for half in (sections[:middle], sections[middle:]) if middle for found in failing(command, half, way)]
        return apart or [(failure, sections)]


def main():
    parser = damage.campaign_options("command", captures=1000, joined=JOINED)
    parser.add_argument("--environment", default="", help="folder with the tests' readers of Parquet")
    options = parser.parse_args()
    began, totals, alone, together = time.monotonic(), Totals(), 0, 0
    parquet = pyarrow_of(options.environment)
    if not parquet:
        print("left out: Parquet is not read back, pyarrow is not installed")
    with tempfile.TemporaryDirectory() as folder:
        sources = damage.read_sources(folder, options.sources)
        command = Command(options.command, folder, totals, parquet)
        for first in range(options.first, options.first + options.captures, options.joined):
            sections, way = [], WAYS[first // options.joined % len(WAYS)]
            for number in range(first, min(first + options.joined, options.first + options.captures)):
                dice = random.Random(f"{options.seed}:{number}")
                section, frames = damage.damaged(dice, dice.choice(sources))
                sections.append(section)
                totals.frames += frames
            for failure, captures in failing(command, sections, way):
                alone, together = alone + (len(captures) == 1), together + (len(captures) > 1)
                print(f"{len(captures)} of the captures from {first}, {failure}", file=sys.stderr, flush=True)
                if options.keep:
                    with open(os.path.join(options.keep, f"from{first}-{alone + together}.pcapng"), "wb") as file:
                        file.write(b"".join(captures))
            if (first + options.joined) % TOLD_EVERY < options.joined:
                print(f"{first + options.joined - options.first} captures, {alone} failures, {together} of several together, "
                      f"{time.monotonic() - began:.0f} s", flush=True)
    print(f"{options.captures} captures with {totals.frames} packets in files of {options.joined}, each read twice: {totals.records} records, "
          f"{alone} failures, {together} of several captures together, {time.monotonic() - began:.0f} s")
    return alone + together > 0 or totals.records == 0


if __name__ == "__main__":
    sys.exit(main())
