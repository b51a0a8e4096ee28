#!/usr/bin/env python3
"""Captures with random errors (see damage.py) through sharkd and tshark with the plugin.

Most go through sharkd one by one (through_sharkd.py), a share of them through tshark, many in a file (through_tshark.py).
Checked: no crash, no hang, no report of a sanitizer, packets read = used + skipped, every row has all columns and finite
numbers, CSV and JSON say the same, and no text of a packet is a control character or begins a formula (outputs_check.py).
Where Wireshark itself fails in the same way without the plugin, that is reported and counted separately.

Sources are captures, and scripts that make one, like test-captures/applications.py, which has hostile names: a tenth of the damaged captures is made
from it. Capture number N is determined by the seed, N and the sources. randpkt's captures are read as they are, and are sources too; they differ each
time.

usage: mutated_captures.py PLUGIN_FILE [--captures N] [--first N] [--seed N] [--randpkt N] [--joined N] [--keep FOLDER] SOURCE...
"""
import os
import random
import re
import subprocess
import sys
import tempfile
import time

import damage
from outputs_check import Failure, Totals
from through_sharkd import Sharkd, WiresharkFailure, missing_programs
from through_tshark import WAYS, Tshark

SKIPPED = 77
JOINED = 40         # captures in a file for tshark, unless told otherwise
TSHARK_EVERY = 10   # every tenth capture goes there
SHARE = 0.1         # of the captures are made from what scripts made, and from randpkt's
RANDPKT_FRAMES, RANDPKT_BYTES = 10, 1000
TOLD_EVERY = 5000


def randpkt_sources(folder, amount):
    """`amount` captures of each type that randpkt has."""
    if amount == 0:
        return []
    text = subprocess.run(["randpkt", "-h"], check=False, capture_output=True, text=True)
    types = re.findall(r"^\t(\S+)", text.stdout + text.stderr, re.MULTILINE)
    paths = []
    for name in types * amount:
        paths.append(os.path.join(folder, f"{name}{len(paths)}.pcap"))
        subprocess.run(["randpkt", "-t", name, "-c", str(RANDPKT_FRAMES), "-b", str(RANDPKT_BYTES), paths[-1]], check=True,
                       capture_output=True)
    return damage.read_sources(folder, paths)


class Run:
    def __init__(self, options, folder):
        self.options, self.totals = options, Totals()
        self.failures, self.of_wireshark, self.captures = 0, 0, 0
        self.sharkd = Sharkd(options.plugin, self.totals)
        self.tshark = Tshark(os.path.dirname(options.plugin), folder, self.totals)
        self.waiting, self.tshark_runs = [], 0

    def fail(self, name, capture, what, error):
        if isinstance(error, WiresharkFailure):
            self.of_wireshark += 1
            print(f"{name}: Wireshark without the plugin fails too: {str(error)[-500:]}", file=sys.stderr)
            return
        self.failures += 1
        print(f"{name}, {what}: {error}", file=sys.stderr)
        if self.options.keep:
            with open(os.path.join(self.options.keep, f"{name}.pcapng"), "wb") as file:
                file.write(capture)

    def through_sharkd(self, name, dice, capture, frames):
        self.captures += 1
        try:
            self.sharkd.read(dice, capture, frames)
        except Exception as error:  # pylint: disable=broad-except
            self.fail(name, capture, self.sharkd.set, error)

    def through_tshark(self, name):
        capture = b"".join(capture for capture, _ in self.waiting)
        frames = sum(count for _, count in self.waiting)
        way = WAYS[self.tshark_runs % len(WAYS)]
        self.captures += len(self.waiting)
        self.tshark_runs += 1
        self.waiting = []
        try:
            self.tshark.read(capture, frames, way)
        except Exception as error:  # pylint: disable=broad-except
            self.fail(name, capture, " ".join(way), error)

    def damaged(self, number, captures, others):
        """From one of the captures, or of a kind of others."""
        dice = random.Random(f"{self.options.seed}:{number}")
        place = int(dice.random() / SHARE)
        kind = others[place] if place < len(others) and others[place] else captures
        capture, frames = damage.damaged(dice, dice.choice(kind))
        if number % TSHARK_EVERY:
            self.through_sharkd(f"capture{number}", dice, capture, frames)
            return
        self.waiting.append((capture, frames))
        if len(self.waiting) == self.options.joined:
            self.through_tshark(f"captures_to_{number}")

    def whole(self, number, source):
        dice = random.Random(f"{self.options.seed}:whole {number}")
        self.through_sharkd(f"randpkt{number}", dice, damage.section(source.header, source.frames), len(source.frames))

    def end(self):
        if self.waiting:
            self.through_tshark("last_captures")
        try:
            self.sharkd.end()
        except Failure as failure:
            self.fail("end", b"", "sharkd", failure)

    def __str__(self):
        return (f"{self.captures} captures ({self.tshark_runs} runs of tshark), {self.totals}; {self.failures} failures, "
                f"{self.of_wireshark} of Wireshark alone")


def main():
    parser = damage.campaign_options("plugin", captures=800, joined=JOINED)
    parser.add_argument("--randpkt", type=int, default=0)
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        made = damage.read_sources(folder, [path for path in options.sources if path.endswith(".py")])
        captures = damage.read_sources(folder, [path for path in options.sources if not path.endswith(".py")])
        randpkt = randpkt_sources(folder, options.randpkt)
        run = Run(options, folder)
        for number, source in enumerate(randpkt):
            run.whole(number, source)
        for number in range(options.first, options.first + options.captures):
            run.damaged(number, captures, (made, randpkt))
            if number % TOLD_EVERY == TOLD_EVERY - 1:
                print(f"{run}, {time.monotonic() - began:.0f} s", flush=True)
        run.end()
    print(f"{run}, {time.monotonic() - began:.0f} s")
    return run.failures > 0 or run.totals.records == 0


if __name__ == "__main__":
    missing = missing_programs()
    if missing:
        print(f"skipped: {' and '.join(missing)} not found")
        sys.exit(SKIPPED)
    sys.exit(main())
