#!/usr/bin/env python3
"""The faults of a capture in the statistics and --summary, checked by hand, against editcap, and against the file's bytes.

usage: health.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import glob
import json
import os
import re
import struct
import subprocess
import sys

from command import ENVIRONMENT, PLUGIN, SOURCE, TSHARK, CommandTest, main

sys.path[:0] = [os.path.join(SOURCE, "test-captures", "composed"), os.path.join(SOURCE, "tests", "reference")]
import files  # noqa: E402
import packets as p  # noqa: E402
from standard_capture import read_frames  # noqa: E402

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
WAYS = ([], ["-o", "cicflow.fast:TRUE"], ["-2"], ["-o", "cicflow.dialect:java"])
TIME_NS_MIN, TIME_NS_MAX = -2 ** 61, 2 ** 63 - 1 - 2 ** 61  # times are brought into these bounds
DROPPED, DROPPED_BY_SYSTEM = 5, 7  # options of an interface's statistics
DROPPED_BEFORE = 4                 # option of a packet
KEYS = ("out_of_order", "first_out_of_order", "largest_step_back", "repeated", "cut", "tcp_flows_without_syn", "tcp_flows_from_syn_ack")


def up(port, flags, identity):
    return p.ethernet(p.ipv4(CLIENT, SERVER, p.tcp(port, 80, flags), identity=identity), least=60)


def down(port, flags, identity):
    return p.ethernet(p.ipv4(SERVER, CLIENT, p.tcp(80, port, flags), identity=identity), least=60)


FRAMES = [
    files.at(0, up(1000, p.SYN, 1)),
    files.at(files.S, down(1000, p.SYN | p.ACK, 2)),
    files.at(files.S, down(1000, p.SYN | p.ACK, 2)),                # repeats the second
    files.at(2 * files.S, up(1001, p.ACK, 3)),                      # a flow without SYN
    files.at(files.S // 2, down(1002, p.SYN | p.ACK, 4)),           # 1.5 s back; a flow from SYN and ACK
    files.at(3 * files.S, up(1000, p.ACK, 5), captured=58),         # cut
    files.at(3 * files.S - files.MS, up(1000, p.ACK, 6)),           # 0.001 s back
    files.at(4 * files.S, down(1000, p.SYN | p.ACK, 2)),            # the second again, after more than four
]
EXPECTED = dict(zip(KEYS, (2, 5, 1.5, 1, 1, 1, 1)))
LINES = """
Health of the capture
  frames older than the one before                  2  first: frame 5, by up to 1.5 s; reordercap puts them in order
  frames that repeat one of the 4 before            1  editcap -d removes them
  frames cut by a snaplen                           1  capture with a larger one (--snaplen)
  TCP flows without a SYN                           1  begun before the capture, or packets are missing
  TCP flows that begin with SYN and ACK             1  their SYN is missing, or comes later
"""


def with_dropped(data, counts, option=DROPPED, interface=0):
    """The capture with interface statistics: one block for each cumulative count."""
    for dropped in counts:
        data += files.block("<", 5, struct.pack("<III", interface, 0, 0) + struct.pack("<HHQHH", option, 8, dropped, 0, 0))
    return data


def with_dropped_before(data, counts):
    """A section whose last packets each say how many were dropped before them."""
    for dropped in counts:
        frame = up(1003, p.ACK, 9)
        padded = frame + bytes(-len(frame) % 4)
        data += files.block("<", 6, struct.pack("<IIIII", 0, 0, 0, len(frame), len(frame)) + padded +
                            struct.pack("<HHQHH", DROPPED_BEFORE, 8, dropped, 0, 0))
    return data


class Health(CommandTest):
    def capture(self, frames, counts=()):
        path = self.path("capture.pcapng")
        with open(path, "wb") as file:
            file.write(with_dropped(files.pcapng_section(frames, [files.Interface(files.ETHERNET)]), counts))
        return path

    def summary(self, *captures):
        inputs = [word for capture in captures for word in ("-f", capture)]
        text = self.succeeds(*inputs, "-c", "--merge", "--summary", "-q", self.path("out.csv")).stdout.decode()
        return text[text.index("\nHealth"):] if "Health" in text else ""

    def stats(self, capture, *options):
        path = self.path("stats.json")
        subprocess.run([TSHARK, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, "-o", f"cicflow.stats:{path}", *options],
                       env=ENVIRONMENT, capture_output=True, check=True)
        with open(path, encoding="utf-8") as file:
            return json.load(file)["health"]

    def test_statistics(self):
        capture = self.capture(FRAMES)
        for way in WAYS:
            expected = {key: value for key, value in EXPECTED.items() if "java" not in str(way) or "tcp" not in key}
            self.assertEqual(self.stats(capture, *way), expected, way)

    def test_summary(self):
        self.assertEqual(self.summary(self.capture(FRAMES)), LINES)

    def test_nothing_is_wrong(self):
        self.assertEqual(self.summary(self.capture(FRAMES[:2], (0,))), "")

    def write(self, data):
        path = self.path("written.pcapng")
        with open(path, "wb") as file:
            file.write(data)
        return path

    def check_dropped(self, data, dropped):
        capture = self.write(data)
        self.assertIn(f"packets dropped while capturing {dropped:19}  ", self.summary(capture))
        for way in WAYS:
            self.assertEqual(self.stats(capture, *way)["dropped"], dropped, way)

    def test_dropped_by_the_capture(self):
        """Statistics are cumulative from the beginning of the capture, so the last block counts."""
        section = files.pcapng_section(FRAMES, [files.Interface(files.ETHERNET)])
        self.check_dropped(with_dropped(section, (3, 7)), 7)
        self.check_dropped(with_dropped(section, (3, 7), DROPPED_BY_SYSTEM), 7)
        self.check_dropped(with_dropped_before(section, (1, 0, 5)), 6)
        self.check_dropped(with_dropped(with_dropped_before(section, (1, 0, 5)), (6,)), 6)

    def test_dropped_on_several_interfaces(self):
        """One of them without any packet."""
        frames = [files.at(0, up(1000, p.SYN, 1), interface=1), files.at(0, down(1000, p.SYN | p.ACK, 2))]
        section = files.pcapng_section(frames, [files.Interface(files.ETHERNET)] * 3)
        self.check_dropped(with_dropped(with_dropped(with_dropped(section, (1, 2)), (30,), interface=1), (400,), interface=2), 432)

    def test_dropped_in_files_that_follow_each_other(self):
        self.assertIn("packets dropped while capturing                  10  ",
                      self.summary(self.capture(FRAMES, (3,)), self.write(with_dropped(files.pcapng_section(
                          FRAMES, [files.Interface(files.ETHERNET)]), (7,)))))

    def test_a_file_that_does_not_tell(self):
        self.assertNotIn("dropped", self.stats(self.capture(FRAMES)))
        self.assertEqual(self.stats(self.capture(FRAMES, (0,)))["dropped"], 0)

    def test_several_captures(self):
        capture, copy = self.capture(FRAMES, (7,)), self.path("copy.pcapng")
        os.link(capture, copy)
        lines = LINES.replace("first: frame 5", "in 2 captures").splitlines()
        said = self.summary(capture, copy).splitlines()
        self.assertEqual(len(said), len(lines) + 1)
        for line, expected in zip(said[2:], lines[2:]):
            number = re.search(r" (\d+)  ", expected)
            self.assertEqual(line.split(), expected.replace(number[0], f" {2 * int(number[1])}  ", 1).split())

    def test_active_timeout_begins_no_flow_without_syn(self):
        health = self.stats(self.capture(FRAMES[:2] + [files.at(9 * files.S, up(1000, p.ACK, 7))]), "-o", "cicflow.active_timeout:5")
        self.assertEqual((health["tcp_flows_without_syn"], health["tcp_flows_from_syn_ack"]), (0, 0))

    def test_captures_in_reach(self):
        """All in one file, compared with editcap and an independent reader."""
        shared = os.path.join(SOURCE, "..", "shared", "captures")
        found = [path for folder in (os.path.join(SOURCE, "test-captures", "*"), shared)
                 for path in sorted(glob.glob(os.path.join(folder, "*.pcap*"))) if not path.endswith(".csv")]
        together = self.path("together.pcapng")
        subprocess.run(["mergecap", "-a", "-F", "pcapng", "-w", together, *found], env=ENVIRONMENT, capture_output=True, check=False)
        frames = list(read_frames(together))
        said = subprocess.run(["editcap", "-d", together, self.path("without.pcapng")], env=ENVIRONMENT, capture_output=True, check=True)
        repeated = int(re.search(r"(\d+) packets? skipped", said.stderr.decode())[1])
        times = [min(max(frame.time_ns, TIME_NS_MIN), TIME_NS_MAX) for frame in frames]
        steps = [(one - other, number) for number, (one, other) in enumerate(zip(times, times[1:]), 2) if other < one]
        health = self.stats(together, "-o", "cicflow.fast:TRUE")
        self.assertGreater(repeated, 0)
        self.assertEqual(health["repeated"], repeated)
        self.assertEqual(health["cut"], sum(len(frame.data) < frame.length for frame in frames))
        self.assertEqual((health["out_of_order"], health["first_out_of_order"]), (len(steps), steps[0][1]))
        self.assertEqual(health["largest_step_back"], max(steps)[0] / 10 ** 9)


if __name__ == "__main__":
    main()
