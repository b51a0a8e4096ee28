#!/usr/bin/env python3
"""cicflowmeter with several outputs in one run: each has the bytes it would have alone, and either all exist or none.

usage: together.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import json
import os
import shutil

from command import CAPTURE, SOURCE, CommandTest, main, plain_records, read, run
from http_server import Server

OTHER = os.path.join(SOURCE, "test-captures", "traffic", "vxlan.pcap")


class Together(CommandTest):
    def outputs(self):
        return [part for kind in ("csv", "jsonl", "parquet") for part in (f"--{kind}", self.path("all." + kind))]

    def is_whole_parquet(self, path):
        content = read(path)
        self.assertEqual((content[:4], content[-4:]), (b"PAR1", b"PAR1"))

    def test_all_are_what_each_is_alone(self):
        self.succeeds("-f", CAPTURE, *self.outputs())
        for kind in ("csv", "jsonl", "parquet"):
            self.succeeds("-f", CAPTURE, f"--{kind}", self.path("alone." + kind))
            self.assertEqual(read(self.path("all." + kind)), read(self.path("alone." + kind)), kind)
        self.assertEqual(read(self.path("all.csv")), plain_records(CAPTURE))
        self.assertEqual(read(self.path("all.jsonl")), plain_records(CAPTURE, kind="jsonl"))
        self.is_whole_parquet(self.path("all.parquet"))
        self.assertEqual(sorted(os.listdir(self.folder)), [f"{name}.{kind}" for name in ("all", "alone")
                                                           for kind in ("csv", "jsonl", "parquet")])

    def test_every_form_of_the_forks_command_line(self):
        expected = plain_records(CAPTURE)
        out = self.path("out.csv")
        for line in (["-f", CAPTURE, "-c", out], ["-f", CAPTURE, "-c", "-q", out], ["-c", "-f", CAPTURE, out],
                     ["-qc", out, "-f", CAPTURE], ["-f", CAPTURE, "--csv", out], [f"--csv={out}", "-f", CAPTURE],
                     ["-f", CAPTURE, "--csv", "--", out]):
            self.succeeds(*line)
            self.assertEqual(read(out), expected, line)
            os.remove(out)
        self.assertEqual(self.succeeds("-f", CAPTURE, "-c", "-").stdout, expected)

    def test_one_of_them_is_the_forks(self):
        self.succeeds("-f", CAPTURE, "--jsonl", self.path("out.jsonl"), "-c", "--fields", "src_ip", self.path("out.csv"))
        self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE, "-o", "cicflow.fields:src_ip"))
        self.assertEqual(len(read(self.path("out.jsonl")).splitlines()), 15)

    def test_what_cannot_be_together(self):
        out, other = self.path("out"), self.path("other")
        for line, said in ((["-c"], "no OUTPUT"), (["-c", "-q", "--jsonl", "-q", out], "OUTPUT is one path"),
                           (["--csv", out, "--jsonl", out], "--csv and --jsonl both go to"),
                           (["--csv", "-", "--parquet", "-"], "--csv and --parquet both go to '-'"),
                           (["--csv", out, "--jsonl", other, self.path("third")], "is not used: every output has its own path"),
                           (["--parquet", out, "--merge"], "--parquet and --merge exclude each other"),
                           (["-c", out + ".parquet"], "use --parquet or another name"),
                           (["--jsonl", out + ".parquet"], "use --parquet or another name"),
                           (["--parquet", out + ".csv"], "use --csv or another name"),
                           (["--csv=", out], "--csv: the value is empty"), ([out], "no kind of output")):
            done = run("-f", CAPTURE, *line)
            self.assertEqual(done.returncode, 2, line)
            self.assertIn(said, done.stderr.decode().splitlines()[0])
        self.assertEqual(os.listdir(self.folder), [])

    def test_no_output_takes_the_place_of_another_file(self):
        """However its path is written; nothing is lost."""
        capture, rules = self.path("x.pcap"), self.path("rules")
        shutil.copy(CAPTURE, capture)
        with open(rules, "w", encoding="utf-8") as file:
            file.write("web: tcp\n")
        os.symlink(capture, self.path("link"))
        csv = ["--csv", self.path("out")]
        for line, said in (([*csv, "--jsonl", self.path(".", "out")], "--csv and --jsonl both go to"),
                           (["--csv", capture], "--csv would overwrite"), (["--csv", self.path("link")], "which --file reads"),
                           ([*csv, "--labels", rules, "--label-report", rules], "which --labels reads"),
                           ([*csv, "--define", rules, "--jsonl", rules], "which --define reads"),
                           ([*csv, "--annotate", self.path("p.png"), "--plot", self.path("p.png")], "both go to")):
            done = run("-f", capture, *line)
            self.assertEqual((done.returncode, said in done.stderr.decode().splitlines()[0]), (2, True), done.stderr)
        self.assertEqual(read(capture), read(CAPTURE))
        self.assertEqual(sorted(os.listdir(self.folder)), ["link", "rules", "x.pcap"])

    def test_none_is_there_when_one_fails(self):
        for bad in ("csv", "jsonl", "parquet"):
            places = {kind: self.path("all." + kind) for kind in ("csv", "jsonl", "parquet")}
            for target in (self.path("missing", "x"), "/dev/full"):
                places[bad] = target
                done = run("-f", CAPTURE, *(part for kind in places for part in (f"--{kind}", places[kind])))
                self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)
                self.assertIn(target, done.stderr.decode())
                self.assertEqual(os.listdir(self.folder), [], (bad, target))

    def test_folders(self):
        os.makedirs(self.path("in", "sub"))
        shutil.copy(CAPTURE, self.path("in", "first.pcap"))
        shutil.copy(OTHER, self.path("in", "sub", "other.pcap"))
        self.succeeds("-q", "-d", self.path("in"), "--parquet", self.path("out"), "--csv", self.path("out"), "--extra", "capture")
        names = sorted(os.path.relpath(os.path.join(where, name), self.path("out"))
                       for where, _, found in os.walk(self.path("out")) for name in found)
        self.assertEqual(names, ["first.pcap.csv", "first.pcap.parquet", "sub/other.pcap.csv", "sub/other.pcap.parquet"])
        for name in names[1::2]:
            self.is_whole_parquet(self.path("out", name))
        for name, path in (("first.pcap", "first.pcap"), ("sub/other.pcap", "sub/other.pcap")):
            for line in read(self.path("out", name + ".csv")).decode().splitlines()[1:]:
                self.assertTrue(line.endswith("," + self.path("in", path)), line)

    def test_merged_text(self):
        captures = ["-f", CAPTURE, "-f", OTHER]
        self.succeeds("-q", *captures, "--merge", "--csv", self.path("m.csv"), "--jsonl", self.path("m.jsonl"))
        self.assertEqual(read(self.path("m.csv")), plain_records(CAPTURE) +
                         b"".join(plain_records(OTHER).splitlines(keepends=True)[1:]))
        self.assertEqual(read(self.path("m.jsonl")), plain_records(CAPTURE, kind="jsonl") + plain_records(OTHER, kind="jsonl"))

    def test_delivery_beside_files(self):
        with Server() as server:
            self.succeeds("-f", CAPTURE, "-u", server.url(), *self.outputs())
            delivered = sorted(json.dumps(record, sort_keys=True) for record in server.accepted())
        written = sorted(json.dumps(json.loads(line), sort_keys=True) for line in read(self.path("all.jsonl")).splitlines())
        self.assertEqual(delivered, written)
        self.is_whole_parquet(self.path("all.parquet"))


if __name__ == "__main__":
    main()
