#!/usr/bin/env python3
"""What must hold for the records of any capture, checked on all captures at hand and on generated ones.

usage: properties.py [--together] [--seeds FIRST-LAST] [--packets N] PLUGIN_FOLDER CAPTURE...

--together makes one capture of all whose times allow it, which takes seconds instead of minutes. Generated are the profiles
of tests/dialects/generated.py, and random frames of every kind as in differential_fuzz.py, both with every seed (1-1) and so
many packets (600). A seed always gives the same capture. At the end it prints on how many captures each property was checked, and why not on the
others.
"""
import argparse
import collections
import csv
import functools
import itertools
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "reference"), str(TESTS / "dialects")]
import differential_fuzz  # noqa: E402
import generated  # noqa: E402
import pcap  # noqa: E402
import standard_capture  # noqa: E402
import turned  # noqa: E402

PLUGIN, CAPTURES = "", []
GIVEN, GENERATED = [], []  # all of them; the given ones may be one
ENVIRONMENT = dict(os.environ, TZ="UTC")
SHIFT_S = 2_000_000_000  # of a second copy: every flow of the first has been idle for longer than any timeout
ENHANCED_PACKET = 6
TCP = "6"
SYN, FIN_RST, SYN_ACK, ACK_FIN_RST = 0x02, 0x05, 0x12, 0x15
NAMED = collections.Counter()  # of the differences between flows and streams that have a reason
NO_TIME_OUTS = [word for name in ("idle_timeout", "icmp_idle_timeout") for word in ("-o", f"cicflow.{name}:1000000000")]


def flows(capture, folder, *options):
    """Records and statistics of a capture."""
    out, stats = os.path.join(folder, "out.csv"), os.path.join(folder, "stats.json")
    subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-r", capture, "-q", "-o", f"cicflow.csv:{out}",
                    "-o", f"cicflow.stats:{stats}", "-o", "cicflow.timestamp:epoch", "-o", "cicflow.fast:TRUE", *options],
                   env=ENVIRONMENT, check=True, stderr=subprocess.PIPE)
    with open(out, newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    with open(stats, encoding="utf-8") as file:
        return records, json.load(file)


Seen = collections.namedtuple("Seen", "length time_s in_flow is_fragment")


def is_set(value):
    """Whether a boolean is set; from 4.2 on booleans are words."""
    return value == "True" or (value != "False" and int(value, 0) > 0)


def frames_of(capture):
    """Every frame as tshark shows it, in two passes: some datagrams in fragments count when later frames are read."""
    names = ["frame.len", "frame.time_epoch", "cicflow.flow_id", "ip.flags.mf", "ip.frag_offset", "ipv6.fraghdr"]
    text = subprocess.run(["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-2", "-r", capture, "-T", "fields",
                           *(word for name in names for word in ("-e", name))], env=ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout.decode()
    for line in text.splitlines():
        length, time, flow, more, offsets, header = line.split("\t")
        pieces = any(is_set(value) for values in (more, offsets) if values for value in values.split(","))
        yield Seen(int(length), float(time or 0), flow != "", pieces or header != "")


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
    """The capture as pcapng, which holds all that any format does."""
    subprocess.run(["editcap", "-F", "pcapng", *options, capture, path], env=ENVIRONMENT, stderr=subprocess.DEVNULL, check=True)


def blocks(path):
    """(what stands for its time, bytes) of each block of a pcapng file; those that are no packets differ from all others."""
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        yield data[at + 8:at + 20] if kind == ENHANCED_PACKET else at, data[at:at + size]
        at += size


def without_fragments(capture, path):
    """The same without pieces of datagrams, which can wait over a cut."""
    convert(capture, path)
    fragments = (frame.is_fragment for frame in list(frames_of(path)))
    kept = [block for time, block in blocks(path) if isinstance(time, int) or not next(fragments)]
    with open(path, "wb") as file:
        file.write(b"".join(kept))


def rows(records):
    return sorted(tuple(record.values()) for record in records)


def check_counts(capture, folder):
    """Packets used and skipped are the packets read, and what flows sum up is what their packets are."""
    records, stats = flows(capture, folder)
    seen = list(frames_of(capture))
    used = [frame for frame in seen if frame.in_flow]
    packets, size = (sum(sums) for sums in zip((0, 0), *map(packets_and_bytes, records)))
    case.assertEqual(stats["packets"], len(seen))
    case.assertEqual(stats["packets"], stats["used"] + sum(stats["skipped"].values()))
    case.assertEqual(packets, len(used))
    if not any(frame.is_fragment for frame in seen):
        case.assertEqual(packets, stats["used"])
        case.assertEqual(size, sum(frame.length for frame in used))
        return ""
    case.assertLessEqual(packets, stats["used"])
    case.assertGreaterEqual(size, sum(frame.length for frame in used))
    case.assertLessEqual(size, sum(frame.length for frame in seen))
    if not any(stats["skipped"].values()):
        case.assertEqual(size, sum(frame.length for frame in seen))
    whole = os.path.join(folder, "whole")
    without_fragments(capture, whole)
    return check_counts(whole, folder)


def check_cut(capture, folder):
    """A capture and the same much later: together they give what each gives."""
    one, later, both = (os.path.join(folder, name) for name in ("one", "later", "both"))
    without_fragments(capture, one)
    times = [frame.time_s for frame in frames_of(one)]
    if not times or max(times) - min(times) > SHIFT_S / 2:
        return "whose times reach beyond the cut, or empty"
    convert(one, later, "-t", str(SHIFT_S))
    if not any(times) and not any(frame.time_s for frame in frames_of(later)):
        return "without times"  # editcap moves what has none up to 4.2 only
    subprocess.run(["mergecap", "-a", "-F", "pcapng", "-w", both, one, later], env=ENVIRONMENT, check=True)
    apart = flows(one, folder)[0] + flows(later, folder)[0]
    case.assertEqual(rows(apart), rows(flows(both, folder)[0]))
    return ""


def check_shuffle(capture, folder):
    """The order of packets with equal times changes no sums."""
    one, shuffled = (os.path.join(folder, name) for name in ("one", "shuffled"))
    convert(capture, one)
    runs = [[block for _, block in run] for _, run in itertools.groupby(blocks(one), key=lambda block: block[0])]
    if all(len(run) == 1 for run in runs):
        return "without equal times"
    for run in runs:
        random.Random(1).shuffle(run)
    with open(shuffled, "wb") as file:
        file.write(b"".join(block for run in runs for block in run))
    case.assertEqual(by_ends(flows(one, folder)[0]), by_ends(flows(shuffled, folder)[0]))
    return ""


Segment = collections.namedtuple("Segment", "flow stream flags ends")  # ends: its sender first
NO_SYN_BEFORE = "SYNs of an end whose SYNs before were not seen"
NOBODY_ANSWERED = "SYNs with another number, of a connection that nobody answered"
REPEATED_AFTER_END = "SYNs repeated after a RST or FIN, with Wireshark 4.2 and later"


@functools.lru_cache(maxsize=1)
def wireshark_version():
    text = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r"(\d+)\.(\d+)\.\d+", text).groups()))


def segments_of(capture, of_flow):
    """The packets of TCP flows; of TCP in TCP the innermost."""
    names = ("cicflow.flow_id", "cicflow.direction", "tcp.stream", "tcp.flags", "tcp.srcport", "tcp.dstport")
    text = subprocess.run(["tshark", "-n", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-r", capture, *NO_TIME_OUTS, "-T", "fields",
                           *(word for name in names for word in ("-e", name)), "-Y", "tcp.stream && cicflow.flow_id"], env=ENVIRONMENT,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode()
    for line in text.splitlines():
        flow, direction, *values = line.split("\t")
        stream, flags, source, destination = (value.split(",")[-1] for value in values)
        ends = [of_flow[flow][f"{end}_ip"] for end in ("src", "dst")]
        if direction == "backward":
            ends.reverse()
        if of_flow[flow]["protocol"] == TCP:
            yield Segment(flow, stream, int(flags, 0), (f"{ends[0]} {source}", f"{ends[1]} {destination}"))


def reason_for(segment, before):
    """Why the segment is in another flow than Wireshark's stream says, or in another stream; "": for none that we know. `before` are
    those between the same ends.

    Where no SYN of an end was seen its initial number is inferred, by us and by Wireshark, and not in the same way; from 4.4 on it
    compares that of SYNs with ACK too. And attempts that nobody answered are one flow, with whatever numbers, and for Wireshark a
    stream for each number. From 4.2 on every SYN after a RST or FIN, with ACK or without, begins a stream, before only one with
    another number, as it does with us."""
    of_flow = [one for one in before if one.flow == segment.flow]
    if wireshark_version() >= (4, 2) and segment.flags & SYN and any(one.flags & FIN_RST for one in of_flow):
        return REPEATED_AFTER_END
    is_compared = segment.flags & SYN if wireshark_version() >= (4, 4) else segment.flags & SYN_ACK == SYN
    if not is_compared:
        return ""
    if not any(one.flags & SYN and one.ends == segment.ends for one in before if one.flow == before[-1].flow):
        return NO_SYN_BEFORE
    return NOBODY_ANSWERED if of_flow and not any(one.flags & ACK_FIN_RST for one in of_flow) else ""


def differences_of_streams(segments):
    """(reason, segment) of the first segment between two ends where flows and streams part; what follows there follows from it."""
    stream_of, flow_of = {}, {}
    for at, segment in enumerate(segments):
        if (stream_of.setdefault(segment.flow, segment.stream) != segment.stream or
                flow_of.setdefault(segment.stream, segment.flow) != segment.flow):
            return reason_for(segment, segments[:at]), segment
    return None


def check_streams(capture, folder):
    """With the time-outs off a TCP flow is a tcp.stream of Wireshark."""
    records, stats = flows(capture, folder, *NO_TIME_OUTS, "-o", "cicflow.extra:flow_id")
    if stats["flows_by_end"]["idle"]:
        return "with gaps longer than any time-out"
    between = collections.defaultdict(list)
    for segment in segments_of(capture, {record["flow_id"]: record for record in records}):
        between[frozenset(segment.ends)].append(segment)
    found = [found for found in map(differences_of_streams, between.values()) if found]
    case.assertEqual([], [segment for reason, segment in found if not reason])
    NAMED.update(reason for reason, _ in found)
    case.assertTrue(capture not in GIVEN or all(reason == REPEATED_AFTER_END for reason, _ in found), found)
    return "" if between else "without TCP"


def check_gaps(capture, folder):
    """The gaps of a direction are together not longer than the flow."""
    records, _ = flows(capture, folder)
    for record in records:
        for name in ("fwd_iat_tot", "bwd_iat_tot"):
            case.assertLessEqual(float(record[name]), float(record["flow_duration"]), f"{name} of {list(record.values())[:7]}")
    return "" if records else "without flows"


case = unittest.TestCase()


class Properties(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def check_each(self, check, captures=CAPTURES):
        def checked(capture):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    return check(capture, folder), None
                except (AssertionError, subprocess.CalledProcessError) as failure:
                    return "", failure

        reasons = collections.Counter()
        with ThreadPoolExecutor(2) as pool:
            for capture, (reason, failure) in zip(captures, pool.map(checked, captures)):
                reasons[reason or "checked"] += 1
                with self.subTest(capture=os.path.basename(capture)):
                    if failure:
                        raise failure
        print(f"{check.__doc__} {', '.join(f'{count} {reason}' for reason, count in reasons.items())}")
        self.assertGreater(reasons["checked"], 0)

    def test_every_packet_is_used_or_skipped(self):
        self.check_each(check_counts)

    def test_a_cut_where_no_flow_is_open_changes_nothing(self):
        self.check_each(check_cut)

    def test_order_of_equal_times_does_not_change_sums(self):
        self.check_each(check_shuffle)

    def test_tcp_flows_are_the_streams_of_wireshark(self):
        """All packets of a flow are in one, and no two flows share one; in generated captures but for what reason_for() names."""
        self.check_each(check_streams, GIVEN + GENERATED)
        print(*(f"{count} {reason}" for reason, count in NAMED.items()), sep="\n")

    def test_directions_are_not_longer_than_the_flow(self):
        self.check_each(check_gaps)

    def test_turning_every_packet_swaps_the_directions(self):
        swapped = 0
        for link, frames in turned.plain_frames(CAPTURES).items():
            records = []
            for name, made in (("straight", turned.straight(frames)), ("turned", turned.turned(frames))):
                path = os.path.join(self.folder, name)
                pcap.write(path, made, link)
                records.append(flows(path, self.folder, *turned.OPTIONS)[0])
            self.assertEqual(len(records[0]), len(records[1]))
            for straight, other in zip(*records):
                wrong, is_swapped = turned.differences(straight, other)
                self.assertEqual([], wrong)
                swapped += is_swapped
            print(f"Turning every packet swaps the directions. link type {link}: {len(frames)} packets, {len(records[0])} records")
        self.assertGreater(swapped, 100)


def generate(folder, seeds, packets):
    """Paths of generated captures."""
    for seed in seeds:
        for name, profile in generated.PROFILES.items():
            path = os.path.join(folder, f"{name}-{seed}.pcap")
            pcap.write(path, generated.Traffic(profile, f"{name} {seed}").records(packets))
            yield path
        path = os.path.join(folder, f"random-{seed}.pcapng")
        differential_fuzz.write_capture(path, seed, packets)
        yield path


def can_be_followed(capture):
    """Whether other captures can follow this one: impossible times would end all flows or keep them open."""
    times = []
    try:
        times.extend(frame.time_ns // pcap.NS_PER_SECOND for frame in standard_capture.read_frames(capture))
    except (standard_capture.BadCapture, OSError, EOFError):
        return False
    return bool(times) and SHIFT_S / 2 <= min(times) and max(times) < SHIFT_S


def merge(captures, path):
    """One capture made of all that can follow each other, and the others."""
    merged = [capture for capture in captures if can_be_followed(capture)]
    subprocess.run(["mergecap", "-a", "-F", "pcapng", "-w", path, *merged], env=ENVIRONMENT, check=True)
    print(f"{len(merged)} captures together, {len(captures) - len(merged)} by themselves")
    return [path, *(capture for capture in captures if capture not in merged)]


def main():
    global PLUGIN
    parser = argparse.ArgumentParser()
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--seeds", default="1-1")
    parser.add_argument("--packets", type=int, default=600)
    parser.add_argument("plugin")
    parser.add_argument("captures", nargs="*")
    options = parser.parse_args()
    PLUGIN = os.path.abspath(options.plugin)
    CAPTURES.extend(os.path.abspath(path) for path in options.captures)
    first, last = map(int, options.seeds.split("-"))
    GIVEN.extend(CAPTURES)
    with tempfile.TemporaryDirectory() as folder:
        GENERATED.extend(generate(folder, range(first, last + 1), options.packets))
        CAPTURES.extend(GENERATED)
        if options.together:
            CAPTURES[:] = merge(CAPTURES, os.path.join(folder, "together.pcapng"))
            GIVEN[:] = merge(GIVEN, os.path.join(folder, "given.pcapng"))
        return not unittest.main(argv=sys.argv[:1], exit=False).result.wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())
