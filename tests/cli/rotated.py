#!/usr/bin/env python3
"""cicflowmeter --continue: several files are one capture, as mergecap -a would join them.

usage: rotated.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import os
import subprocess

from command import CAPTURE, CommandTest, main, plain_records, read, run

EXTRA = ["--extra", "flow_id,first_frame,last_frame,end_reason"]


class Rotated(CommandTest):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("in"))
        self.parts = []
        for i, frames in enumerate(("1-20", "21-21", "22-40", "41-55")):
            self.parts.append(self.path("in", f"rotated-{i}.pcap"))
            subprocess.run(["editcap", "-F", "pcap", "-r", CAPTURE, self.parts[-1], frames], check=True, capture_output=True)
        self.joined = self.path("joined.pcap")
        subprocess.run(["mergecap", "-a", "-F", "pcap", "-w", self.joined, *self.parts], check=True, capture_output=True)
        self.whole = plain_records(self.joined, "-o", f"cicflow.extra:{EXTRA[1]}")

    def test_files_in_the_order_given(self):
        inputs = [word for part in self.parts for word in ("-f", part)]
        for more in ([], ["--full-dissection"]):
            self.succeeds("-q", *inputs, "--continue", "-c", *EXTRA, *more, self.path("out.csv"))
            self.assertEqual(read(self.path("out.csv")), self.whole)
        done = self.succeeds("-q", *inputs, "--continue", "-c", *EXTRA, "-")
        self.assertEqual(done.stdout, self.whole)

    def test_a_folder_in_the_order_of_paths(self):
        self.succeeds("-q", "-d", self.path("in"), "--continue", "-c", *EXTRA, self.path("out.csv"))
        self.assertEqual(read(self.path("out.csv")), self.whole)

    def test_merging_is_something_else(self):
        self.succeeds("-q", "-d", self.path("in"), "--merge", "-c", *EXTRA, self.path("out.csv"))
        self.assertGreater(len(read(self.path("out.csv")).splitlines()), len(self.whole.splitlines()))
        self.assertEqual(run("-d", self.path("in"), "--merge", "--continue", "-c", self.path("out.csv")).returncode, 2)

    def test_files_of_several_formats(self):
        other = self.path("other.pcapng")
        subprocess.run(["editcap", "-F", "pcapng", self.parts[2], other], check=True, capture_output=True)
        inputs = [word for part in (*self.parts[:2], other, self.parts[3]) for word in ("-f", part)]
        self.succeeds("-q", *inputs, "--continue", "-c", *EXTRA, self.path("out.csv"))
        self.assertEqual(read(self.path("out.csv")), self.whole)

    def test_one_that_cannot_be_read_is_named(self):
        with open(self.parts[2], "wb") as file:
            file.write(b"this is no capture\n" * 9)
        done = run("-q", "-d", self.path("in"), "--continue", "-c", self.path("out.csv"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(self.parts[2].encode(), done.stderr)

    def test_help_says_which_is_which(self):
        text = " ".join(self.succeeds("--help").stdout.decode().split())
        self.assertIn("flows go on from file to file", text)
        self.assertIn("flows do not go on from one capture to the next", text)


if __name__ == "__main__":
    main()
