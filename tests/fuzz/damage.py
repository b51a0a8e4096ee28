"""Damaged captures, made in Python because starting editcap for each one is too slow.

A capture is a few consecutive frames of a source, from a random place.  Bytes change with one probability for the whole capture, as
`editcap -E` changes them (one bit, any byte, a letter or digit, "%s", everything after it), and to characters that mean
something in CSV, JSON, spreadsheets or terminals; in half of the captures only among the first bytes, where the headers
are.  Some frames are cut, claim another length, move in time by a nanosecond to centuries, come twice or change places.
Everything is determined by `dice`, a random.Random.
"""
import argparse
import math
import os
import string
import struct
import subprocess
import sys

FRAMES_READ = 2000  # of a source
FRAMES_MAX = 40     # of a damaged capture
FRAMES_MEAN = 10
HEADER_BYTES = 80
FRAME_FAULT = 0.04  # probability of each fault of a whole frame
PROBABILITIES = (0.0, 0.002, 0.02, 0.1)
ALPHANUMERIC = string.ascii_letters.encode() + string.digits.encode()
MEANINGFUL = b"=+-@\"',;|\t\r\n\x00\x1b\x7f\x85\xff\\{}<&%"
SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6


class Source:
    """The frames of a capture, as (interface, time in the interface's units, length on the wire, bytes)."""

    def __init__(self, data):
        self.header, self.frames = b"", []
        at = 0
        while at < len(data):
            kind, size = struct.unpack_from("<II", data, at)
            if kind in (SECTION, INTERFACE):
                self.header += data[at:at + size]
            elif kind == PACKET:
                self.frames.append(read_packet(data, at))
            at += size


def read_packet(data, at):
    interface, high, low, captured, length = struct.unpack_from("<IIIII", data, at + 8)
    return interface, high << 32 | low, length, data[at + 28:at + 28 + captured]


def campaign_options(program, captures, joined):
    """A parser for what every program takes that reads damaged captures; these are the defaults."""
    parser = argparse.ArgumentParser()
    parser.add_argument(program, type=os.path.abspath)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--captures", type=int, default=captures)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--joined", type=int, default=joined, help="captures in a file")
    parser.add_argument("--keep", help="folder for the files that fail")
    return parser


def read_sources(folder, paths):
    """What editcap can read of these files, or of what scripts among them make; those without a frame are left out."""
    sources, copy, made = [], os.path.join(folder, "source.pcapng"), os.path.join(folder, "made.pcap")
    for path in paths:
        if path.endswith(".py"):
            subprocess.run([sys.executable, path, made], check=True)
            path = made
        done = subprocess.run(["editcap", "-F", "pcapng", "-r", path, copy, f"1-{FRAMES_READ}"], check=False, capture_output=True)
        if done.returncode not in (0, 2):  # 2: cut in the middle of a frame
            sys.exit(f"{path}: {done.stderr.decode().strip()}")
        with open(copy, "rb") as file:
            source = Source(file.read())
        if source.frames:
            sources.append(source)
        os.remove(copy)
    return sources


def section(header, frames):
    """A pcapng section, which is a file, and can follow another one in a file."""
    blocks = [header]
    for interface, time, length, data in frames:
        padding = -len(data) % 4
        size = 32 + len(data) + padding
        blocks.append(struct.pack("<IIIIIII", PACKET, size, interface, time >> 32, time & 0xFFFFFFFF, len(data), length))
        blocks.append(data + bytes(padding) + struct.pack("<I", size))
    return b"".join(blocks)


def damage_byte(dice, data, at):
    kind = dice.randrange(21)
    if kind < 5:
        data[at] ^= 1 << dice.randrange(8)
    elif kind < 10:
        data[at] = dice.randrange(256)
    elif kind < 15:
        data[at] = dice.choice(ALPHANUMERIC)
    elif kind < 17:
        data[at:at + 2] = b"%s"[:len(data) - at]
    elif kind < 18:
        data[at:] = b"\xaa" * (len(data) - at)
    else:
        data[at] = dice.choice(MEANINGFUL)


def damage_bytes(dice, data, probability, end):
    """Damages each byte before `end` with this probability."""
    if probability == 0:
        return data
    damaged, at, factor = bytearray(data), -1, 1 / math.log1p(-probability)
    while True:
        at += 1 + int(math.log(1 - dice.random()) * factor)
        if at >= min(end, len(damaged)):
            return bytes(damaged)
        damage_byte(dice, damaged, at)


def damage_frame(dice, frame, probability, end):
    interface, time, length, data = frame
    data = damage_bytes(dice, data, probability, end)
    if dice.random() < FRAME_FAULT:
        data = data[:dice.randrange(len(data) + 1)]
    if dice.random() < FRAME_FAULT:
        length = dice.choice((len(data), len(data) + dice.randrange(65536), dice.randrange(len(data), 1 << 18)))
    if dice.random() < FRAME_FAULT:
        time += dice.choice((-1, 1)) * dice.randrange(10 ** dice.randrange(1, 19))
    return interface, min(max(time, 0), (1 << 63) - 1), max(length, len(data)), data


def damage_order(dice, frames):
    for at in range(len(frames)):
        if dice.random() < FRAME_FAULT:
            frames.append(frames[at])
        if dice.random() < FRAME_FAULT:
            other = dice.randrange(len(frames))
            frames[at], frames[other] = frames[other], frames[at]


def damaged(dice, source):
    """(bytes of a pcapng file, number of its frames)"""
    wanted = min(FRAMES_MAX, 1 + int(dice.expovariate(1 / FRAMES_MEAN)))
    first = dice.randrange(max(1, len(source.frames) - wanted + 1))
    probability = dice.choice(PROBABILITIES)
    end = dice.choice((HEADER_BYTES, 1 << 18))
    frames = [damage_frame(dice, frame, probability, end) for frame in source.frames[first:first + wanted]]
    damage_order(dice, frames)
    return section(source.header, frames), len(frames)
