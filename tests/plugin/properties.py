#!/usr/bin/env python3
"""What must hold for the records of any capture, checked on every one that there is.

usage: properties.py PLUGIN_FOLDER CAPTURE...
"""
import collections
import csv
import itertools
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest

PLUGIN = os.path.abspath(sys.argv[1])
CAPTURES = [os.path.abspath(path) for path in sys.argv[2:]]
ENVIRONMENT = dict(os.environ, TZ="UTC")
SHIFT_S = 100_000_000  # of a second copy: every flow of the first has been idle for longer than any timeout
PCAP_NS_MAGIC = 0xA1B23C4D


def flows(capture, folder):
    """Records and statistics of a capture."""
    out, stats = os.path.join(folder, "out.csv"), os.path.join(folder, "stats.json")
    subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-r", capture, "-q", "-o", f"cicflow.csv:{out}",
                    "-o", f"cicflow.stats:{stats}", "-o", "cicflow.timestamp:epoch", "-o", "cicflow.fast:TRUE"],
                   env=ENVIRONMENT, check=True, stderr=subprocess.PIPE)
    with open(out, newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    with open(stats, encoding="utf-8") as file:
        return records, json.load(file)


def packets_and_bytes(record):
    return (int(record["tot_fwd_pkts"]) + int(record["tot_bwd_pkts"]),
            int(record["totlen_fwd_pkts"]) + int(record["totlen_bwd_pkts"]))


def by_ends(records):
    """Packets and bytes of each pair of ends, whichever way round."""
    sums = collections.Counter()
    for record in records:
        ends = frozenset(((record["src_ip"], record["src_port"]), (record["dst_ip"], record["dst_port"])))
        packets, size = packets_and_bytes(record)
        sums[ends, record["protocol"], "packets"] += packets
        sums[ends, record["protocol"], "bytes"] += size
    return sums


def convert(capture, path, *options):
    """The capture as a pcap file of nanoseconds; False when that format cannot hold it."""
    done = subprocess.run(["editcap", "-F", "nsecpcap", *options, capture, path], env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    return done.returncode == 0


def read_pcap(path):
    with open(path, "rb") as file:
        data = file.read()
    assert struct.unpack_from("<I", data)[0] == PCAP_NS_MAGIC
    frames, at = [], 24
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        frames.append(data[at:at + 16 + size])
        at += 16 + size
    return data[:24], frames


def times(path):
    """Seconds of every frame."""
    return [struct.unpack_from("<I", frame)[0] for frame in read_pcap(path)[1]]


def has_fragments(path):
    """Pieces of a datagram can wait over a cut."""
    return subprocess.run(["tshark", "-r", path, "-Y", "ip.flags.mf == 1 || ip.frag_offset > 0 || ipv6.fraghdr", "-T",
                           "fields", "-e", "frame.number"], env=ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout != b""


class Properties(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def check_each(self, check):
        for capture in CAPTURES:
            with self.subTest(capture=os.path.basename(capture)):
                check(capture)

    def records(self, name):
        return flows(self.path(name), self.folder.name)[0]

    def check_counts(self, capture):
        records, stats = flows(capture, self.folder.name)
        listed = subprocess.run(["tshark", "-r", capture, "-T", "fields", "-e", "frame.len"], env=ENVIRONMENT,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.split()
        self.assertEqual(stats["packets"], len(listed))
        self.assertEqual(stats["packets"], stats["used"] + sum(stats["skipped"].values()))
        self.assertLessEqual(sum(packets_and_bytes(record)[0] for record in records), stats["used"])
        if not any(stats["skipped"].values()):
            self.assertEqual(sum(packets_and_bytes(record)[1] for record in records), sum(map(int, listed)))

    def check_cut(self, capture):
        if not convert(capture, self.path("one.pcap")) or not convert(capture, self.path("later.pcap"), "-t",
                                                                      str(SHIFT_S)):
            return
        shifted = [second + SHIFT_S for second in times(self.path("one.pcap"))]
        if shifted != times(self.path("later.pcap")) or has_fragments(self.path("one.pcap")):
            return
        subprocess.run(["mergecap", "-a", "-F", "nsecpcap", "-w", self.path("both.pcap"), self.path("one.pcap"),
                        self.path("later.pcap")], env=ENVIRONMENT, check=True)

        def rows(records):
            return sorted(tuple(record.values()) for record in records)

        self.assertEqual(rows(self.records("both.pcap")), rows(self.records("one.pcap") + self.records("later.pcap")))

    def check_shuffle(self, capture):
        if not convert(capture, self.path("one.pcap")):
            return
        header, frames = read_pcap(self.path("one.pcap"))
        runs = [list(run) for _, run in itertools.groupby(frames, key=lambda frame: frame[:8])]
        if len(runs) == len(frames):
            return
        for run in runs:
            random.Random(1).shuffle(run)
        with open(self.path("shuffled.pcap"), "wb") as file:
            file.write(header + b"".join(frame for run in runs for frame in run))
        self.assertEqual(by_ends(self.records("one.pcap")), by_ends(self.records("shuffled.pcap")))

    def test_every_packet_is_used_or_skipped(self):
        self.check_each(self.check_counts)

    def test_a_cut_where_no_flow_is_open_changes_nothing(self):
        self.check_each(self.check_cut)

    def test_order_of_equal_times_does_not_change_sums(self):
        self.check_each(self.check_shuffle)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
