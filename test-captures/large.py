#!/usr/bin/env python3
"""A capture of more than so many megabytes on standard output: frames of zeros, which are no packets, then those of a capture.

usage: large.py CAPTURE.pcap MEGABYTES

The capture has to be a little-endian pcap file with a snaplen of 262,144 bytes.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct
import sys

FILE_HEADER = 24
FRAME = 262_144


def main():
    with open(sys.argv[1], "rb") as file:
        header, frames = file.read(FILE_HEADER), file.read()
    first_time = frames[:8]
    zeros = first_time + struct.pack("<II", FRAME, FRAME) + bytes(FRAME)
    sys.stdout.buffer.write(header)
    for _ in range(int(sys.argv[2]) * 1_000_000 // len(zeros) + 1):
        sys.stdout.buffer.write(zeros)
    sys.stdout.buffer.write(frames)


if __name__ == "__main__":
    main()
