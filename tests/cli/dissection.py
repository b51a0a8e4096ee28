#!/usr/bin/env python3
"""cicflowmeter skips dissection that no record needs: the same records as plain tshark, at least twice as fast.

usage: dissection.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER

Reads the test captures, and those in ../shared/captures where that folder is there.
"""
import os
import subprocess
import sys
import unittest

from command import COMMAND, ENVIRONMENT, IS_SANITIZED, PLUGIN, SOURCE, CommandTest, main, plain_run, read, run

SHARED = os.path.join(SOURCE, "..", "shared", "captures")
REPETITIONS = 10


ENDINGS = (".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz")


def captures_below(folder):
    return sorted(os.path.join(where, name) for where, _, names in os.walk(folder) for name in names if name.endswith(ENDINGS))


def cpu_seconds(command):
    """Processor time of the command and its children."""
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return usage.ru_utime + usage.ru_stime


class Dissection(CommandTest):
    def compare_below(self, folder):
        """One run of the command over the whole folder against a plain run for each capture."""
        run("-q", "-d", folder, "-c", self.path("out"), timeout=300)
        captures = captures_below(folder)
        self.assertTrue(captures)
        for capture in captures:
            with self.subTest(capture=os.path.relpath(capture, folder)):
                plain_run(capture, self.path("plain.csv"))
                ours = self.path("out", os.path.relpath(capture, folder) + ".csv")
                self.assertEqual(read(ours), read(self.path("plain.csv")))
                os.remove(self.path("plain.csv"))

    def test_same_records_of_the_test_captures(self):
        self.compare_below(os.path.join(SOURCE, "test-captures"))

    def test_checksums_of_frames_are_no_payload(self):
        """The file's header says that frames end with a checksum of four bytes; the packets' lengths are left to segmentation offload."""
        sys.path.insert(0, os.path.join(SOURCE, "test-captures"))
        from composed import files, packets
        segment = packets.tcp(1000, 80, packets.ACK, bytes(100))
        four, six = packets.ipv4("10.0.0.1", "10.0.0.2", segment), packets.ipv6("2001:db8::1", "2001:db8::2", segment, size=0)
        frames = [packets.ethernet(packet) + bytes(4) for packet in (four[:2] + bytes(2) + four[4:], six)]
        capture, out = self.path("checksums.pcap"), self.path("out.csv")
        with open(capture, "wb") as file:
            file.write(files.pcap([files.at(index, data) for index, data in enumerate(frames)], files.ETHERNET | 0x24000000, nanoseconds=True))
        for more in ([], ["--full-dissection"]):
            run("-q", "-f", capture, "-c", out, "--fields", "totlen_fwd_pkts", "--extra", "fwd_payload_bytes", *more)
            self.assertEqual(read(out), b"totlen_fwd_pkts,fwd_payload_bytes\n158,100\n178,100\n", more)

    def test_frames_without_a_time_print_nothing(self):
        capture = os.path.join(SOURCE, "test-captures", "edges", "simple-packets.pcapng")
        self.assertEqual(run("-q", "--full-dissection", "-f", capture, "-c", self.path("out.csv")).stderr, b"")

    @unittest.skipUnless(os.path.isdir(SHARED), "../shared/captures is not there")
    def test_same_records_of_real_traffic(self):
        self.compare_below(SHARED)

    @unittest.skipIf(IS_SANITIZED, "a sanitized plugin says nothing about speed")
    @unittest.skipUnless(os.path.isdir(SHARED), "../shared/captures, whose traffic is mixed, is not there")
    def test_twice_as_fast(self):
        mixed = self.path("mixed.pcapng")
        subprocess.run(["mergecap", "-a", "-w", mixed, *captures_below(SHARED) * REPETITIONS], check=True, capture_output=True)
        plain = ["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", mixed, "-o",
                 f"cicflow.csv:{self.path('plain.csv')}"]
        ours = [COMMAND, "-f", mixed, "-c", self.path("ours.csv")]
        ratio = min(cpu_seconds(plain) for _ in range(3)) / min(cpu_seconds(ours) for _ in range(3))
        print(f"plain tshark takes {ratio:.1f} times as long")
        self.assertEqual(read(self.path("plain.csv")), read(self.path("ours.csv")))
        self.assertGreaterEqual(ratio, 2)


if __name__ == "__main__":
    main()
