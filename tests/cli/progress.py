#!/usr/bin/env python3
"""The progress that cicflowmeter shows on a terminal, and only there.

usage: progress.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

from command import CAPTURE, COMMAND, ENVIRONMENT, CommandTest, main, run

COLUMNS = 80


def on_terminal(*arguments):
    """What the command writes to a terminal, as the successive contents of its last line."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    process = subprocess.Popen([COMMAND, *arguments], env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # nobody has the other end any more
            break
        text += piece
    os.close(ours)
    return process.wait(), [line for line in re.split(r"\r\x1b\[K|\r\n", text.decode()) if line]


class Progress(CommandTest):
    def long_capture(self):
        """About a hundred thousand packets."""
        path = CAPTURE
        for i, times in enumerate((12, 12, 12)):
            longer = self.path(f"{i}.pcap")
            subprocess.run(["mergecap", "-a", "-F", "pcap", "-w", longer, *[path] * times], check=True, capture_output=True)
            path = longer
        return path

    def test_a_capture(self):
        path = self.long_capture()
        status, lines = on_terminal("-f", path, "-c", "--full-dissection", self.path("out.csv"))
        *shown, last = lines
        self.assertEqual(status, 0)
        self.assertRegex(last, rf"^cicflowmeter: {re.escape(path)}: {55 * 12 ** 3} packets, \d+ flows$")
        shares = []
        for line in shown:
            self.assertLess(len(line), COLUMNS)
            match = re.match(r"\[#* *\] +(\d+)%(?:, \d+:\d\d left)?, \S+(?: [kM])? packets, \S+(?: [kM])? packets/s", line)
            self.assertTrue(match, line)
            shares.append(int(match[1]))
        self.assertEqual(shares, sorted(shares))
        self.assertTrue(any(0 < share < 100 for share in shares), shown)
        self.assertTrue(any("left" in line for line in shown))

    def test_several_captures(self):
        path = self.long_capture()
        status, lines = on_terminal("-j", "1", "-f", CAPTURE, "-f", path, "-c", "--full-dissection", "--merge", self.path("out.csv"))
        self.assertEqual(status, 0)
        self.assertTrue(any("1 of 2 captures" in line for line in lines), lines)
        self.assertTrue(lines[-1].startswith(f"cicflowmeter: {path}: "), lines)

    def test_no_progress_when_quiet_or_not_on_a_terminal(self):
        self.assertEqual(on_terminal("-q", "-f", CAPTURE, "-c", self.path("out.csv")), (0, []))
        self.assertEqual(run("-f", CAPTURE, "-c", self.path("out.csv")).stderr, b"")


if __name__ == "__main__":
    main()
