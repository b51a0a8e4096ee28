#!/usr/bin/env python3
"""Makes a large capture out of small ones: copies of them, with other addresses and shifted times, merged by time.

usage: make_capture.py OUTPUT.pcap --packets N CAPTURE...

Every copy has its own IPv4 and IPv6 addresses (the low bits of each address are changed by the number of the copy), so it has
flows of its own; checksums are left as they were. Only Ethernet captures are used, others are named and left out. editcap
(Wireshark) turns every format into pcap first.
"""
import argparse
import os
import struct
import subprocess
import sys
import tempfile

ETHERNET = 1
PCAP_MICROSECONDS = 0xA1B2C3D4
START_SECONDS = 1_700_000_000
COPY_SHIFT_US = 730_000
IPV4_ADDRESSES, IPV6_ADDRESSES = (26, 30), (22, 38)


def read_pcap(path):
    """Frames of a capture as (microseconds since its first, wire length, bytes), up to where it is damaged; None when it is not
    Ethernet."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as converted:
        subprocess.run(["editcap", "-F", "pcap", path, converted.name], check=False, stderr=subprocess.DEVNULL)
        data = open(converted.name, "rb").read()
    if len(data) < 24:
        return None
    order = "<" if struct.unpack_from("<I", data)[0] == PCAP_MICROSECONDS else ">"
    if struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF != ETHERNET:
        return None
    frames, position = [], 24
    while position + 16 <= len(data):
        seconds, micros, captured, wire = struct.unpack_from(order + "IIII", data, position)
        frames.append((seconds * 1_000_000 + micros, wire, data[position + 16:position + 16 + captured]))
        position += 16 + captured
    first = min((time for time, _, _ in frames), default=0)
    return [(time - first, wire, frame) for time, wire, frame in frames]


def renumber(frame, copy):
    """The frame with the addresses of its IP header changed by the number of the copy."""
    kind = frame[12:14]
    places = [(at, 4) for at in IPV4_ADDRESSES] if kind == b"\x08\x00" else \
             [(at, 16) for at in IPV6_ADDRESSES] if kind == b"\x86\xdd" else []
    if copy == 0 or not places or len(frame) < places[-1][0] + places[-1][1]:
        return frame
    changed = bytearray(frame)
    for at, size in places:
        middle = at + size - 3
        value = int.from_bytes(changed[middle:middle + 2], "big") ^ copy
        changed[middle:middle + 2] = value.to_bytes(2, "big")
    return bytes(changed)


def copies(captures, wanted):
    """Index of every packet of the result: (time, capture, frame, copy)."""
    rows, copy = [], 0
    while len(rows) < wanted and copy < 65536:
        for number, frames in enumerate(captures):
            shift = copy * COPY_SHIFT_US
            rows.extend((time + shift, number, index, copy) for index, (time, _, _) in enumerate(frames))
        copy += 1
    rows.sort()
    return rows[:wanted]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("output")
    parser.add_argument("captures", nargs="+")
    parser.add_argument("--packets", type=int, default=650_000)
    options = parser.parse_args()
    captures = []
    for path in sorted(options.captures):
        frames = read_pcap(path)
        if frames:
            captures.append(frames)
        else:
            print(f"left out: {os.path.basename(path)}: not Ethernet, or empty", file=sys.stderr)
    if not captures:
        sys.exit("make_capture.py: none of the captures can be used")
    with open(options.output, "wb") as out:
        out.write(struct.pack("<IHHiIII", PCAP_MICROSECONDS, 2, 4, 0, 0, 262144, ETHERNET))
        for time, number, index, copy in copies(captures, options.packets):
            _, wire, frame = captures[number][index]
            frame = renumber(frame, copy)
            seconds, micros = divmod(START_SECONDS * 1_000_000 + time, 1_000_000)
            out.write(struct.pack("<IIII", seconds, micros, len(frame), wire) + frame)


if __name__ == "__main__":
    main()
