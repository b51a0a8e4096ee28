#!/usr/bin/env python3
"""First fragments that nothing follows count as packets. The number that can wait is bounded; beyond it the oldest count early.

usage: fragments.py PLUGIN_FOLDER
"""
import json
import os
import random
import struct
import sys
import tempfile
import unittest

from plugin_run import Plugin

PLUGIN = Plugin(sys.argv[1])
BOUND = 32768  # FRAGMENT_DATAGRAMS_MAX
PIECE = 24     # bytes of a first fragment's IP payload
MORE_FRAGMENTS = 0x2000


def ethernet(payload):
    return bytes(12) + b"\x08\x00" + payload


def fragment(source, identification, offset, more, payload):
    flags_and_offset = (MORE_FRAGMENTS if more else 0) | offset // 8
    return ethernet(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, flags_and_offset, 64, 17, 0,
                                struct.pack("!I", source), b"\x0a\xff\xff\x01") + payload)


def first(source, identification):
    """A UDP header that promises one more fragment, of 8 bytes."""
    return fragment(source, identification, 0, True, struct.pack("!HHHH", 1000, 2000, PIECE + 8, 0) + bytes(PIECE - 8))


def last(source, identification):
    return fragment(source, identification, PIECE, False, bytes(8))


def flood(datagrams):
    """First fragments of so many datagrams. Identifications in order would make Wireshark's own table slow."""
    numbers = random.Random(1)
    return [first(0x0B000000 + source, numbers.getrandbits(16)) for source in range(datagrams)]


def write(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack("<IIII", 1_700_000_000, number, len(frame), len(frame)) + frame)


class Fragments(unittest.TestCase):
    def run_flood(self, others):
        """One datagram whose halves come before and after `others` first fragments: its record, and the statistics."""
        victim = 0x0A000001
        with tempfile.TemporaryDirectory() as folder:
            capture, stats = os.path.join(folder, "flood.pcap"), os.path.join(folder, "stats.json")
            write(capture, [first(victim, 7), *flood(others), last(victim, 7)])
            records = PLUGIN.records(capture, "-o", f"cicflow.stats:{stats}")
            with open(stats, encoding="utf-8") as file:
                counts = json.load(file)
        self.assertEqual(counts["packets"], others + 2)
        self.assertEqual(counts["packets"], counts["used"] + sum(counts["skipped"].values()))
        self.assertEqual(len(records), others + 1)
        return next(record for record in records if record["src_ip"] == "10.0.0.1"), counts

    def test_header_checksums_do_not_matter(self):
        """The checksums here are all 0; if Wireshark checked them it would not reassemble these fragments."""
        with tempfile.TemporaryDirectory() as folder:
            capture = os.path.join(folder, "two.pcap")
            write(capture, [first(0x0A000001, 7), last(0x0A000001, 7)])
            for options in ([], ["-o", "ip.check_checksum:TRUE"], ["-o", "ip.defragment:FALSE"], ["-2"], ["-o", "cicflow.fast:TRUE"]):
                records = PLUGIN.records(capture, *options)
                self.assertEqual([record["totlen_fwd_pkts"] for record in records], [str(len(first(1, 1)) + len(last(1, 1)))], options)

    def test_a_full_table_still_has_every_datagram(self):
        record, counts = self.run_flood(BOUND - 1)
        self.assertEqual(int(record["totlen_fwd_pkts"]), len(first(1, 1)) + len(last(1, 1)))
        self.assertEqual((counts["used"], counts["skipped"]["fragment"]), (BOUND + 1, 0))
        self.assertEqual((counts["incomplete_datagrams"], counts["datagrams_ended_early"]), (BOUND - 1, 0))

    def test_one_more_and_the_oldest_counts_early(self):
        record, counts = self.run_flood(BOUND)
        self.assertEqual(int(record["totlen_fwd_pkts"]), len(first(1, 1)))
        self.assertEqual((counts["used"], counts["skipped"]["fragment"]), (BOUND + 1, 1))
        # The last piece, for which there is no room either, takes the place of another one.
        self.assertEqual((counts["incomplete_datagrams"], counts["datagrams_ended_early"]), (BOUND + 2, 2))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
