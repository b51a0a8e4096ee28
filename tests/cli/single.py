#!/usr/bin/env python3
"""cicflowmeter with one capture: the Python fork's command line, and the same records as plain tshark.

usage: single.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import os
import subprocess
import sys
import unittest

from command import CAPTURE, COMMAND, ENVIRONMENT, IS_SANITIZED, SOURCE, CommandTest, main, plain_records, read

sys.path.insert(0, os.path.join(SOURCE, "test-captures", "composed"))
import files  # noqa: E402
import packets as p  # noqa: E402

MOST_KIB = 60 * 1024  # what waits between threads is 8 MiB at most; the threads need some themselves


def peak_kib(*arguments):
    """The largest memory of a process of the command."""
    with subprocess.Popen([COMMAND, *arguments], env=ENVIRONMENT) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss


class OneCapture(CommandTest):
    def test_csv_file(self):
        self.succeeds("-f", CAPTURE, "-c", self.path("out.csv"))
        self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE))

    def test_csv_to_standard_output(self):
        done = self.succeeds("-f", CAPTURE, "-c", "-")
        self.assertEqual(done.stdout, plain_records(CAPTURE))

    def test_json_lines(self):
        self.succeeds("-f", CAPTURE, "--jsonl", self.path("out.jsonl"))
        self.assertEqual(read(self.path("out.jsonl")), plain_records(CAPTURE, kind="jsonl"))

    def test_standard_input(self):
        with open(CAPTURE, "rb") as capture:
            done = self.succeeds("-f", "-", "-c", "-", stdin=capture)
        self.assertEqual(done.stdout, plain_records(CAPTURE))

    @unittest.skipIf(IS_SANITIZED, "sanitizers need memory of their own")
    def test_large_and_small_frames_in_turn(self):
        """A small frame that waits to be dissected has the memory of the large one that was read before it."""
        plain = p.ethernet(p.ipv4("10.0.0.1", "10.0.0.2", p.tcp(1000, 9, p.ACK, b"x" * 60000)))
        tunnel = p.ethernet(p.ipv4("10.0.0.1", "10.0.0.2", p.udp(5, 4789, p.vxlan(plain[:14] + p.ipv4("10.1.0.1", "10.1.0.2", p.udp(5, 6, b"y"))))))
        with open(self.path("x.pcap"), "wb") as capture:
            capture.write(files.pcap([files.at(number * files.S, frame) for number in range(1500) for frame in (plain, tunnel)]))
        results = [peak_kib("-q", "-j", jobs, "-f", self.path("x.pcap"), "-c", self.path(f"{jobs}.csv")) for jobs in ("1", "4")]
        self.assertEqual([status for status, _ in results], [0, 0])
        self.assertEqual(read(self.path("1.csv")), read(self.path("4.csv")))
        self.assertLess(results[1][1] - results[0][1], MOST_KIB)


if __name__ == "__main__":
    main()
