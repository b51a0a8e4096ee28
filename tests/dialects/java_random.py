#!/usr/bin/env python3
"""Compares the plugin with the reference of the java dialects on captures of random frames, byte by byte.

usage: java_random.py PLUGIN_FOLDER CAPTURES FRAMES [FIRST_SEED]

Capture after capture, each of FRAMES frames (java_frames.py); raw IP in every fifth, and every second one with
cicflow.fast.  A capture on which they differ is named by its seed.  Status 1 when there is any.
"""
import itertools
import os
import pathlib
import struct
import sys
import tempfile
import time

import java_frames
from programs import ProgramError, Tshark

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "reference"))
import java_dialect

DIALECTS = ("java", "java-fixed")
LINK_TYPES = {"ethernet": 1, "raw": 101}
MICROSECONDS = 1000000


def write(path, link, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, LINK_TYPES[link]))
        for time_us, wire, data in frames:
            file.write(struct.pack("<IIII", *divmod(time_us, MICROSECONDS), len(data), wire) + data)


def difference(dialect, capture, tshark, options):
    """The first line that differs, or None."""
    expected = [",".join(row).encode() for row in java_dialect.rows(dialect, capture)] + [b""]
    actual = tshark.records(capture, dialect, *options).split(b"\n")
    if expected == actual:
        return None
    pairs = itertools.zip_longest(expected, actual, fillvalue=b"(no line)")
    number, (want, have) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    return f"line {number} of {len(expected)}:\n expected {want.decode()}\n got      {have.decode()}"


def compare(seed, frames, tshark, folder):
    """The number of dialects that differ; says what does."""
    link = "raw" if seed % 5 == 4 else "ethernet"
    options = ["-o", "cicflow.fast:TRUE"] if seed % 2 else []
    capture = folder / "random.pcap"
    write(capture, link, itertools.islice(java_frames.Frames(seed, link), frames))
    wrong = 0
    for dialect in DIALECTS:
        if found := difference(dialect, capture, tshark, options):
            wrong += 1
            print(f"seed {seed}, {dialect}, {link}: {found}")
    return wrong


def main(arguments):
    if len(arguments) not in (4, 5):
        print(f"usage: {arguments[0]} PLUGIN_FOLDER CAPTURES FRAMES [FIRST_SEED]", file=sys.stderr)
        return 2
    count, frames = int(arguments[2]), int(arguments[3])
    first = int(arguments[4]) if len(arguments) > 4 else 1
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        tshark = Tshark(arguments[1])
        with tempfile.TemporaryDirectory() as folder:
            wrong = sum(compare(seed, frames, tshark, pathlib.Path(folder)) for seed in range(first, first + count))
    except (ProgramError, OSError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    print(f"{count} captures of {frames} frames, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
