#!/usr/bin/env python3
"""The largest and smallest times and lengths that captures can hold: the right numbers in every dialect and output.

usage: extremes.py PLUGIN_FOLDER

What is expected comes from the independent computations in tests/reference, which use integers and fractions, and for times beyond their range from
calculations by hand.
"""
import csv
import io
import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent / "test-captures" / "composed"), str(TESTS / "dialects")]
import files  # noqa: E402
import packets as p  # noqa: E402
import programs  # noqa: E402
import records as rows  # noqa: E402
from files import MS, S, Frame, Interface  # noqa: E402
from plugin_run import Plugin  # noqa: E402

PLUGIN = Plugin(sys.argv.pop(1))
STANDARD_REFERENCE = TESTS / "reference" / "standard_flows.py"
A, B = "10.0.0.1", "10.0.0.2"
DAY = 86400 * S
FIRST_NS, LAST_NS = -(1 << 61), (1 << 63) - 1 - (1 << 61)  # the bounds that times are kept in


def packet(port, back=False, payload=b"x" * 9, flags=p.ACK):
    ends, ports = ((B, A), (80, port)) if back else ((A, B), (port, 80))
    return p.ethernet(p.ipv4(*ends, p.tcp(*ports, flags, payload)))


def datagram(port, payload):
    return p.ethernet(p.ipv4(A, B, p.udp(port, 53, payload)))


def frame(time_ns, data, length=None):
    return Frame(time_ns, data, len(data) if length is None else length)


def conversation(port, begin_ns, steps_ns):
    return [frame(begin_ns + step, packet(port, back=n % 2 == 1, payload=b"x" * (n * 7 % 5))) for n, step in enumerate(steps_ns)]


def far_times():
    """The first nanoseconds there are, across the ends of 31 and of 32 bits as far as they go, and a second and a day there."""
    steps = (0, 1, 2, 3, 500 * MS, 500 * MS + 1, 3 * S, 9 * S, 9 * S + 1)
    return (conversation(1, 0, steps) + conversation(2, (1 << 31) * S - 2, steps)
            + conversation(3, ((1 << 32) - 1) * S, (0, 1, 2, 700 * MS, S - 2, S - 1)))


def backward_times():
    """From the end of 32 bits to the beginning and back again."""
    ends = (0, ((1 << 32) - 1) * S + 999_999_999)
    return [frame(ends[n % 2], packet(1 + n // 4, back=n % 3 == 1)) for n in range(1, 12)]


def long_flows():
    """Days of gaps that differ by nanoseconds: their deviation is a nanosecond beside 200 seconds."""
    return [frame(n * 200 * S + n % 3, packet(1, back=n % 4 == 3)) for n in range(1300)]


def lengths():
    """The largest IPv4 packets, the smallest, frames that are empty, and lengths on the wire of 32 bits."""
    sent = [datagram(1, b"x" * 65507), datagram(1, b""), packet(2, payload=b"x" * 65495), packet(2, payload=b""),
            packet(2, back=True, payload=b""), datagram(1, b"x" * 65507), datagram(3, b""), b"",
            p.ethernet(p.ipv4(A, B, p.icmp(8, 0, 7, 1, b"x" * 65507)))]
    frames = [frame(n * MS, data) for n, data in enumerate(sent)]
    frames += [frame(20 * MS, b"", 60), frame(21 * MS, datagram(4, b"xy"), (1 << 32) - 1), frame(22 * MS, datagram(4, b""), (1 << 32) - 1)]
    return frames


CAPTURES = {"far": far_times, "backward": backward_times, "long": long_flows, "lengths": lengths}


def standard_reference(path, *options):
    run = subprocess.run([sys.executable, STANDARD_REFERENCE, path, *options], capture_output=True, check=True,
                         env=dict(os.environ, TZ="UTC"))
    return run.stdout


def absurd(ticks, offset=0, resolution=0):
    """A pcapng file of packets at these ticks, of 10^-resolution seconds, and an interface whose times are offset by seconds."""
    option = struct.pack("<HHB3xHHqHH", 9, 1, resolution, 14, 8, offset, 0, 0)
    data = files.pcapng_section([], [])
    data += files.block("<", 1, struct.pack("<HHI", 1, 0, files.SNAPLEN) + option)
    for n, tick in enumerate(ticks):
        content = packet(1, back=n % 2 == 1)
        data += files.block("<", 6, struct.pack("<IIIII", 0, tick >> 32, tick & 0xFFFFFFFF, len(content), len(content)) + content)
    return data


class Extremes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def capture(self, name):
        path = self.folder / f"{name}.pcap"
        path.write_bytes(files.pcap(CAPTURES[name](), nanoseconds=True))
        return path

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def csv(self, capture, *options):
        path = self.folder / "out.csv"
        PLUGIN.tshark("-q", "-r", str(capture), "-o", f"cicflow.csv:{path}", *options)
        return path.read_bytes()

    def check_finite(self, text, dialect):
        """A rate over no time is Infinity or NaN in the tool that java stands for, and nowhere else."""
        for row in csv.reader(io.StringIO(text.decode("utf-8"))):
            for cell in row:
                spelled = cell.lower().strip("-")
                if dialect != "java":
                    self.assertNotIn(spelled, ("inf", "infinity", "nan"))
                if spelled[:1].isdigit() and set(spelled) <= set("0123456789.e+-"):
                    try:
                        self.assertTrue(math.isfinite(float(cell)), cell)
                    except ValueError:
                        pass  # an address or a time

    def test_numbers_are_those_of_the_references(self):
        for name in CAPTURES:
            capture = self.capture(name)
            for dialect in programs.DIALECTS:
                expected = (standard_reference(capture) if dialect == "standard" else programs.reference_records(dialect, capture))
                for fast in ("FALSE", "TRUE")[:2 if name in ("far", "lengths") else 1]:
                    with self.subTest(capture=name, dialect=dialect, fast=fast):
                        got = self.csv(capture, "-o", f"cicflow.dialect:{dialect}", "-o", f"cicflow.fast:{fast}")
                        # Every packet of the long flow is too late for java, which writes no flow of one packet.
                        self.assertEqual(got.count(b"\n") > 1, (name, dialect) != ("long", "java"))
                        self.assertEqual([], rows.differences(expected, got))
                        self.check_finite(got, dialect)

    def test_a_nanosecond_beside_days(self):
        """Two gaps, of five days and of five days and a nanosecond: each is half a nanosecond from their mean."""
        capture = self.write("days.pcap", files.pcap([frame(0, packet(1)), frame(5 * DAY, packet(1)), frame(10 * DAY + 1, packet(1))],
                                                     nanoseconds=True))
        row = rows.read(self.csv(capture, "-o", "cicflow.idle_timeout:1000000"))[1][0]
        for column, expected in {"flow_duration": 864000.000000001, "flow_iat_mean": 432000.0000000005, "flow_iat_std": 0.5e-9,
                                 "flow_iat_max": 432000.000000001, "fwd_iat_tot": 864000.000000001, "idle_std": 0.5e-9,
                                 "flow_pkts_s": 3 / 864000.000000001}.items():
            self.assertTrue(math.isclose(float(row[column]), expected, rel_tol=1e-15), f"{column}: {row[column]}")

    def test_json_and_tree_say_the_same(self):
        for name in ("far", "lengths", "backward"):
            capture, lines = self.capture(name), self.folder / "out.jsonl"
            extra = ("-o", "cicflow.extra:flow_id", "-o", "cicflow.timestamp:epoch")
            text = self.csv(capture, "-o", f"cicflow.jsonl:{lines}", *extra)
            columns, expected = rows.read(text)
            self.assertEqual(expected, [{name: str(cell) for name, cell in json.loads(line, parse_float=str, parse_int=str).items()}
                                        for line in lines.read_text(encoding="utf-8").splitlines()])
            names = [column for column in columns if column not in ("src_ip", "dst_ip", "timestamp")]
            shown = {row["flow_id"]: row for row in PLUGIN.fields(str(capture), names, "-2", "-Y", "cicflow.last", *extra)}
            self.assertEqual({row["flow_id"] for row in expected}, set(shown))
            for row in expected:
                for column in names:
                    self.assertTrue(math.isclose(float(row[column]), float(shown[row["flow_id"]][column]), rel_tol=1e-14),
                                    f"{name}, {column}: {row[column]} and {shown[row['flow_id']][column]}")

    def test_times_beyond_the_bounds_are_those_of_the_bounds(self):
        """Wireshark counts seconds in 64 bits; the plugin keeps nanoseconds in 64 bits, from the year 1897 to 2189."""
        last, first = (f"{sign}{abs(ns) // S}.{abs(ns) % S:09}" for sign, ns in (("", LAST_NS), ("-", FIRST_NS)))
        cases = {"late": (absurd([1 << 61, (1 << 62) + 5, 0, 1 << 40]), last, [0.0]),
                 "early": (absurd([0, 5, 1], offset=-(1 << 61)), first, [0.0]),
                 "beyond 2106": (absurd([1 << 32, (1 << 32) + 7]), "4294967296.000000000", [7.0]),
                 "before 1970": (absurd([0, 1], offset=-1), "-1.000000000", [1.0]),
                 "from end to end": (absurd([1 << 61, 0], offset=-(1 << 60)), last, [0.0])}
        for name, (data, timestamp, durations) in cases.items():
            capture = self.write(f"{name}.pcapng", data)
            with self.subTest(name):
                text = self.csv(capture, "-o", "cicflow.timestamp:epoch")
                found = rows.read(text)[1]
                self.assertEqual([timestamp], [row["timestamp"] for row in found])
                self.assertEqual(durations, [float(row["flow_duration"]) for row in found])
                self.check_finite(text, "standard")

    def test_start_and_end_before_1970_are_the_times_of_their_frames(self):
        """Half a second before 1970: Wireshark counts the nanoseconds upwards from second -1."""
        capture = self.write("half.pcapng", absurd([5], offset=-1, resolution=1))
        shown = PLUGIN.tshark("-r", str(capture), "-2", "-Y", "cicflow.start == frame.time && cicflow.end == frame.time", "-T", "fields",
                              "-e", "frame.number")
        self.assertEqual(["1"], shown.split())

    def test_ticks_of_every_size(self):
        """The largest count of ticks in units from seconds to attoseconds: every packet is counted, whatever the time becomes."""
        for resolution in (0, 3, 6, 9, 12, 18, 0x80, 0x80 | 10, 0x80 | 63):
            capture = self.write("ticks.pcapng", absurd([(1 << 64) - 1, 0, 1 << 63, (1 << 63) - 1], resolution=resolution))
            for dialect in programs.DIALECTS if resolution in (0, 9, 0x80 | 63) else ["standard"]:
                with self.subTest(resolution=resolution, dialect=dialect):
                    text = self.csv(capture, "-o", f"cicflow.dialect:{dialect}")
                    self.check_finite(text, dialect)
                    if dialect == "standard":
                        self.assertEqual(4, sum(int(row["tot_fwd_pkts"]) + int(row["tot_bwd_pkts"]) for row in rows.read(text)[1]))


if __name__ == "__main__":
    unittest.main()
