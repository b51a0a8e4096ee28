#!/usr/bin/env python3
"""An output that cannot be written does not appear, whichever step fails, and is in no overview.

usage: full_disk.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import itertools
import os
import subprocess
import sys
import time
import unittest

from command import CAPTURE, COMMAND, ENVIRONMENT, SOURCE, CommandTest, main, plain_records, read, run

sys.path.insert(0, os.path.join(SOURCE, "tests", "dialects"))
import pcap  # noqa: E402
import wire  # noqa: E402

FRAME = wire.ethernet(wire.ipv4(("10.0.0.1", "10.0.0.2"), wire.UDP, wire.udp((1000, 53), b"x")))

CAPTURES = 40
# The records of all take about 250 KiB.
SIZES_KIB = (8, 200)


def can_mount():
    done = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return os.geteuid() == 0 and done.returncode == 0


class NotWritten(CommandTest):
    @unittest.skipUnless(can_mount(), "a small disk needs root")
    def test_merged_on_a_disk_that_is_too_small(self):
        os.mkdir(self.path("in"))
        os.mkdir(self.path("disk"))
        for i in range(CAPTURES):
            os.symlink(CAPTURE, self.path("in", f"{i:02}.pcap"))
        for size in SIZES_KIB:
            for jobs in ("1", "3"):
                with self.subTest(kib=size, jobs=jobs):
                    script = (f"mount -t tmpfs -o size={size}k tmpfs '{self.path('disk')}' && '{COMMAND}' -q -j {jobs} -d "
                              f"'{self.path('in')}' --merge --summary -c '{self.path('disk')}/out.csv'; echo status $?; "
                              f"ls -A '{self.path('disk')}'")
                    done = subprocess.run(["unshare", "-m", "sh", "-c", script], env=ENVIRONMENT, capture_output=True, timeout=120,
                                          check=False)
                    self.assertEqual(done.stdout.decode().splitlines(), ["status 1"], done.stderr)
                    self.assertIn(b"No space left", done.stderr)

    def test_the_folder_of_the_merged_file_goes_away(self):
        """Renaming fails: no file, and no overview of what is not there."""
        os.mkdir(self.path("in"))
        os.mkdir(self.path("out"))
        os.mkfifo(self.path("in", "slow.pcap"))
        process = subprocess.Popen([COMMAND, "-q", "-f", self.path("in", "slow.pcap"), "-f", CAPTURE, "--merge", "--summary", "-c",
                                    self.path("out", "out.csv")], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with open(self.path("in", "slow.pcap"), "wb") as writer:
            os.remove(self.path("out", "out.csv.partial"))
            os.rmdir(self.path("out"))
            writer.write(read(CAPTURE))
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (1, b""))
        self.assertIn(b"out.csv", err)

    def test_a_run_ends_when_nothing_can_be_written(self):
        """Endless input of flows that end: the run ends all the same, with one thread and with several."""
        for options in (["-j", "1"], ["-j", "3"]):
            process = subprocess.Popen([COMMAND, "-f", "-", "-c", *options, "/dev/full"], env=ENVIRONMENT, stdin=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            end = time.monotonic() + 60
            with self.assertRaises(BrokenPipeError), process.stdin as writer:
                writer.write(pcap.header())
                for number in itertools.count():
                    self.assertLess(time.monotonic(), end)
                    writer.write(pcap.record((1000 + 300 * number) * pcap.NS_PER_SECOND, FRAME))
            self.assertEqual(process.wait(60), 1)
            self.assertIn(b"/dev/full", process.stderr.read())
            process.stderr.close()

    def test_names_with_line_breaks(self):
        name = "two\nlines.pcap"
        os.mkdir(self.path("in"))
        os.symlink(CAPTURE, self.path("in", name))
        with open(self.path("in", "no\ncapture.pcap"), "wb") as file:
            file.write(b"x" * 100)
        for arguments in (["-d", self.path("in")], ["-f", self.path("in", name), "-f", self.path("in", "no\ncapture.pcap")]):
            done = run(*arguments, "-c", self.path("out"))
            self.assertEqual(done.returncode, 1)
            self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)
            self.assertIn(b"no\\ncapture.pcap", done.stderr)
            self.assertEqual(os.listdir(self.path("out")), [name + ".csv"])
            self.assertEqual(read(self.path("out", name + ".csv")), plain_records(CAPTURE))
            os.remove(self.path("out", name + ".csv"))


if __name__ == "__main__":
    main()
