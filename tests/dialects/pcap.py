"""Writes a pcap file with nanosecond times, frame by frame, in the order they are given.

Times are integer nanoseconds since 1970, so that nothing is rounded.  The captured bytes may be fewer than the frame had.
"""
import struct

NANOSECOND_MAGIC = 0xA1B23C4D
ETHERNET = 1
LONGEST_FRAME = 65535
NS_PER_SECOND = 10**9


def header(link_type=ETHERNET):
    return struct.pack("<IHHiIII", NANOSECOND_MAGIC, 2, 4, 0, 0, LONGEST_FRAME, link_type)


def record(time_ns, frame, captured=None):
    """One frame; `captured` is how many of its bytes the file has, all unless given."""
    kept = frame if captured is None else frame[:captured]
    return struct.pack("<IIII", time_ns // NS_PER_SECOND, time_ns % NS_PER_SECOND, len(kept), len(frame)) + kept


def write(path, records, link_type=ETHERNET):
    """Writes a whole file of record()s."""
    with open(path, "wb") as file:
        file.write(header(link_type))
        file.writelines(records)
