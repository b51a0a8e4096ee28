#!/usr/bin/env python3
"""cicflowmeter with many captures: each has its own output, or all have one in a fixed order.

usage: several.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import gzip
import os
import shutil
import subprocess

from command import CAPTURE, CommandTest, main, plain_records, read, run


class Several(CommandTest):
    def setUp(self):
        super().setUp()
        self.records = plain_records(CAPTURE)
        self.header, *self.lines = self.records.splitlines(keepends=True)

    def capture(self, *parts, content=None):
        path = self.path(*parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(read(CAPTURE) if content is None else content)
        return path

    def outputs(self, folder):
        return sorted(os.path.relpath(os.path.join(where, name), self.path(folder))
                      for where, _, names in os.walk(self.path(folder)) for name in names)

    def fill_folder(self):
        for parts in (("a", "x.pcap"), ("b", "x.pcap"), ("b", "x.cap"), ("b", "x.pcapng"), ("rotated.pcap7",)):
            self.capture("in", *parts)
        self.capture("in", "x.pcap.GZ", content=gzip.compress(read(CAPTURE)))
        self.capture("in", "README.txt", content=b"not a capture")
        self.capture("in", ".hidden.pcap", content=b"not one either")

    def test_a_folder(self):
        self.fill_folder()
        done = run("-d", self.path("in"), "-c", self.path("out"))
        self.assertEqual(done.returncode, 0, done.stderr)
        names = ["a/x.pcap", "b/x.cap", "b/x.pcap", "b/x.pcapng", "rotated.pcap7", "x.pcap.GZ"]
        self.assertEqual(self.outputs("out"), [name + ".csv" for name in names])
        for name in names:
            self.assertEqual(read(self.path("out", name + ".csv")), self.records)
        self.assertEqual(done.stderr.decode().splitlines(),
                         [f"cicflowmeter: {self.path('in', name)}: 55 packets, 15 flows" for name in names])

    def test_quiet_says_nothing_and_json_has_its_own_ending(self):
        self.capture("in", "a", "x.pcap")
        self.succeeds("-q", "-d", self.path("in"), "--jsonl", self.path("out"))
        self.assertEqual(self.outputs("out"), ["a/x.pcap.jsonl"])

    def test_a_link_round_in_a_circle(self):
        self.capture("in", "a", "x.pcap")
        os.symlink(self.path("in"), self.path("in", "again"))
        self.succeeds("-q", "-d", self.path("in"), "-c", self.path("out"))
        self.assertEqual(self.outputs("out"), ["a/x.pcap.csv"])

    def test_a_folder_without_captures(self):
        os.mkdir(self.path("in"))
        done = run("-d", self.path("in"), "-c", self.path("out"))
        self.assertEqual((done.returncode, done.stderr.decode()),
                         (1, f"cicflowmeter: no captures below '{self.path('in')}'\n"))
        self.assertNotEqual(run("-d", self.path("nowhere"), "-c", self.path("out")).returncode, 0)

    def test_files_with_the_same_name(self):
        one, two, three = (self.capture(*parts) for parts in (("p", "q", "x.pcap"), ("p", "r", "x.pcap"), ("y.pcap",)))
        self.succeeds("-q", "-f", one, "-f", two, "-f", three, "-c", self.path("out"))
        self.assertEqual(self.outputs("out"), ["q/x.pcap.csv", "r/x.pcap.csv", "y.pcap.csv"])

    def test_a_file_named_twice_is_read_once(self):
        one = self.capture("x.pcap")
        self.succeeds("-q", "-f", one, "-f", self.path(".", "x.pcap"), "--merge", "-c", self.path("out.csv"))
        self.assertEqual(read(self.path("out.csv")), self.records)

    def test_one_broken_capture_among_others(self):
        self.capture("in", "a.pcap")
        self.capture("in", "b.pcap", content=b"this is no capture\n" * 9)
        self.capture("in", "c.pcap", content=read(CAPTURE)[:3000])
        self.capture("in", "d.pcap")
        done = run("-d", self.path("in"), "-c", self.path("out"))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.outputs("out"), ["a.pcap.csv", "c.pcap.csv", "d.pcap.csv"])
        said = done.stderr.decode().splitlines()
        self.assertEqual(len(said), 4)
        for line, name, words in zip(said, "abcd", ("15 flows", "isn't a capture", "cut short", "15 flows")):
            self.assertIn(self.path("in", f"{name}.pcap"), line)
            self.assertIn(words, line)
        quiet = run("-q", "-d", self.path("in"), "-c", self.path("out"))
        self.assertEqual((quiet.returncode, quiet.stderr.decode().splitlines()), (1, said[1:3]))

    def test_merged_in_the_order_of_paths_whatever_the_jobs(self):
        expected = self.header
        for i in range(5):
            path = self.path("part.pcap")
            subprocess.run(["tshark", "-r", CAPTURE, "-c", str(5 + 9 * ((3 * i) % 5)), "-w", path], check=True,
                           capture_output=True)
            os.makedirs(self.path("in"), exist_ok=True)
            shutil.move(path, self.path("in", f"{i:02}.pcap"))
            expected += b"".join(plain_records(self.path("in", f"{i:02}.pcap")).splitlines(keepends=True)[1:])
        for jobs in ("1", "5"):
            self.succeeds("-q", "-j", jobs, "-d", self.path("in"), "--merge", "-c", self.path("out.csv"))
            self.assertEqual(read(self.path("out.csv")), expected)
        done = self.succeeds("-q", "-d", self.path("in"), "--merge", "-c", "-")
        self.assertEqual(done.stdout, expected)

    def test_merged_without_the_broken_one(self):
        self.capture("in", "a.pcap", content=b"this is no capture\n" * 9)
        self.capture("in", "b.pcap")
        self.capture("in", "c.pcap")
        done = run("-q", "-d", self.path("in"), "--merge", "-c", self.path("out.csv"))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(read(self.path("out.csv")), self.records + b"".join(self.lines))

    def test_nothing_to_merge(self):
        self.capture("in", "a.pcap", content=b"this is no capture\n" * 9)
        done = run("-q", "-d", self.path("in"), "--merge", "-c", self.path("out.csv"))
        self.assertEqual((done.returncode, os.listdir(self.folder)), (1, ["in"]))

    def test_several_to_standard_output_need_merge(self):
        self.fill_folder()
        self.assertEqual(run("-d", self.path("in"), "-c", "-").returncode, 2)

    def test_one_is_no_plural(self):
        self.capture("in", "a.pcap")
        self.capture("in", "b.pcap")
        done = run("-d", self.path("in"), "-c", "--packets", "1", self.path("out"))
        self.assertEqual(done.stderr.count(b": 1 packet, 1 flow\n"), 2, done.stderr)

    def test_a_folder_that_looks_like_a_file(self):
        self.fill_folder()
        for inputs in (("-d", self.path("in")), ("-f", CAPTURE, "-f", CAPTURE)):
            done = run(*inputs, "-c", self.path("out.csv"))
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"would be a folder", done.stderr)
        self.assertEqual(os.listdir(self.folder), ["in"])
        os.mkdir(self.path("out.csv"))
        self.assertEqual(run("-q", "-d", self.path("in"), "-c", self.path("out.csv")).returncode, 0)

    def test_a_wrong_value_is_told_once(self):
        self.fill_folder()
        done = run("-d", self.path("in"), "-c", "--fields", "nope", self.path("out"))
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(self.outputs("out"), [])

    def test_an_input_that_was_stopped_for_it_says_nothing_of_its_own(self):
        os.mkfifo(self.path("never.pcap"))
        done = run("-j", "2", "-f", self.path("never.pcap"), "-f", CAPTURE, "-c", "--fields", "nope", self.path("out"))
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(b"--fields", done.stderr)

    def test_the_output_folder_is_a_file(self):
        self.capture("in", "a.pcap")
        self.capture("out")
        self.capture("in", "b.pcap")
        done = run("-d", self.path("in"), "-c", self.path("out"))
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"'{self.path('out')}' is a file, but each capture has its own".encode(), done.stderr.splitlines()[0])
        self.assertEqual(read(self.path("out")), read(CAPTURE))


if __name__ == "__main__":
    main()
