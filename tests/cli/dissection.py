#!/usr/bin/env python3
"""cicflowmeter leaves out the dissection that no record needs: the same records as plain tshark, at least twice as fast.

usage: dissection.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER

Reads the test captures, and those in ../shared/captures where that folder is there.
"""
import glob
import os
import subprocess
import unittest

from command import COMMAND, ENVIRONMENT, IS_SANITIZED, PLUGIN, SOURCE, CommandTest, main, plain_records, read

SHARED = os.path.join(SOURCE, "..", "shared", "captures")
REPETITIONS = 10


def captures():
    patterns = (os.path.join(SOURCE, "test-captures", "**", "*.pcap*"), os.path.join(SHARED, "*.pcap*"))
    return sorted(path for pattern in patterns for path in glob.glob(pattern, recursive=True))


def cpu_seconds(command):
    """Processor time of the command and its children."""
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return usage.ru_utime + usage.ru_stime


class Dissection(CommandTest):
    def test_same_records(self):
        self.assertTrue(captures())
        for capture in captures():
            with self.subTest(capture=os.path.basename(capture)):
                self.succeeds("-f", capture, "-c", self.path("out.csv"))
                self.assertEqual(read(self.path("out.csv")), plain_records(capture))

    @unittest.skipIf(IS_SANITIZED, "a sanitized plugin says nothing about speed")
    @unittest.skipUnless(os.path.isdir(SHARED), "../shared/captures, whose traffic is mixed, is not there")
    def test_twice_as_fast(self):
        mixed = self.path("mixed.pcapng")
        subprocess.run(["mergecap", "-a", "-w", mixed, *captures() * REPETITIONS], check=True, capture_output=True)
        plain = ["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", mixed, "-o",
                 f"cicflow.csv:{self.path('plain.csv')}"]
        ours = [COMMAND, "-f", mixed, "-c", self.path("ours.csv")]
        ratio = min(cpu_seconds(plain) for _ in range(3)) / min(cpu_seconds(ours) for _ in range(3))
        print(f"plain tshark takes {ratio:.1f} times as long")
        self.assertEqual(read(self.path("plain.csv")), read(self.path("ours.csv")))
        self.assertGreaterEqual(ratio, 2)


if __name__ == "__main__":
    main()
