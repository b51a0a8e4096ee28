#!/usr/bin/env python3
"""The plugin in every kind of tshark run: the same records, or a clear failure.

usage: modes.py PLUGIN_FOLDER CAPTURE REFERENCE_PROGRAM
"""
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import unittest

from plugin_run import FolderTest
from sharkd import AS_NOBODY, make_home, missing_programs

PLUGIN, CAPTURE, REFERENCE = (os.path.abspath(a) for a in sys.argv[1:4])
ENVIRONMENT = dict(os.environ, TZ="UTC")


def tshark(*options, **more):
    command = ["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", *options]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, **more)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def same_cell(a, b):
    try:
        return a == b or math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-9)
    except ValueError:
        return False


class Modes(FolderTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.write("plain.csv", "-q", "-r", CAPTURE)

    @classmethod
    def write(cls, name, *options, **more):
        run = tshark(*options, "-o", f"cicflow.csv:{cls.path(name)}", **more)
        assert run.returncode == 0, run.stderr
        with open(cls.path(name), "rb") as file:
            return file.read()

    def test_equals_the_reference(self):
        expected = subprocess.run([sys.executable, REFERENCE, CAPTURE], env=ENVIRONMENT, capture_output=True, check=True)
        with open(self.path("expected.csv"), "wb") as file:
            file.write(expected.stdout)
        ours, theirs = rows(self.path("plain.csv")), rows(self.path("expected.csv"))
        self.assertEqual(len(ours), len(theirs))
        for a, b in zip(ours, theirs):
            self.assertEqual(len(a), len(b))
            for x, y in zip(a, b):
                self.assertTrue(same_cell(x, y), f"{x} is not {y} in {a}")

    def test_same_records_in_every_mode(self):
        for options in (["-r", CAPTURE], ["-V", "-r", CAPTURE], ["-q", "-2", "-r", CAPTURE], ["-2", "-r", CAPTURE],
                        ["-r", CAPTURE, "-Y", "icmp"], ["-q", "-r", CAPTURE, "-z", "io,stat,0"],
                        ["-r", CAPTURE, "-w", self.path("copy.pcap")], ["-q", "-r", CAPTURE, "-o", "cicflow.fast:TRUE"]):
            with self.subTest(options=options):
                self.assertEqual(self.write("mode.csv", *options), self.plain)

    def test_sessions_within_a_file_change_nothing(self):
        """With -M tshark begins dissection anew every few packets and numbers frames from 1 again."""
        extra = ["-r", CAPTURE, "-o", "cicflow.extra:flow_id,first_frame,last_frame", "-o", f"cicflow.stats:{self.path('session.json')}",
                 "-o", f"cicflow.parquet:{self.path('session.parquet')}"]
        whole = []
        for options in ([], ["-M", "5"], ["-M", "1", "-q"], ["-M", "5", "-q", "-o", "cicflow.fast:TRUE"]):
            with self.subTest(options=options):
                records = self.write("session.csv", *options, *extra)
                with open(self.path("session.json"), "rb") as file:
                    whole.append((records, file.read()))
                self.assertEqual(whole[-1], whole[0])
                with open(self.path("session.parquet"), "rb") as file:
                    self.assertEqual(file.read().count(b"cicflow:capture_sha256"), 1)

    def test_sessions_end_early_only_when_the_run_does(self):
        with open(CAPTURE, "rb") as file:
            some = file.read()[:5000]
        run = tshark("-q", "-M", "3", "-r", "-", "-o", f"cicflow.csv:{self.path('cut.csv')}", input=some)
        self.assertNotEqual(run.returncode, 0, run.stderr)
        self.assertNotIn(b"cicflow", run.stderr)
        with open(self.path("cut.csv"), "rb") as file:
            cut = file.read()
        tshark("-q", "-r", "-", "-o", f"cicflow.csv:{self.path('cut.csv')}", input=some)
        with open(self.path("cut.csv"), "rb") as file:
            self.assertEqual(file.read(), cut)

    def test_standard_input(self):
        with open(CAPTURE, "rb") as file:
            self.assertEqual(self.write("stdin.csv", "-q", "-r", "-", stdin=file), self.plain)

    def test_read_filter_decides_what_packets_there_are(self):
        for read_filter in ("icmp", "tcp", "udp || icmpv6", "frame.len > 99999", "tcp.flags.syn == 1 && tcp.flags.ack == 0"):
            with self.subTest(read_filter=read_filter):
                subprocess.run(["tshark", "-r", CAPTURE, "-Y", read_filter, "-w", self.path("part.pcap")], check=True,
                               capture_output=True)
                part = self.write("part.csv", "-q", "-r", self.path("part.pcap"))
                self.assertEqual(self.write("filtered.csv", "-q", "-2", "-R", read_filter, "-r", CAPTURE), part)

    def test_read_filter_on_captures_of_one_packet(self):
        subprocess.run(["tshark", "-r", CAPTURE, "-Y", "icmp", "-c", "20", "-w", self.path("some.pcap")], check=True,
                       capture_output=True)
        subprocess.run(["tshark", "-r", self.path("some.pcap"), "-c", "1", "-w", self.path("one.pcap")], check=True,
                       capture_output=True)
        one = self.write("one.csv", "-q", "-r", self.path("one.pcap"))
        self.assertEqual(len(one.splitlines()), 2)
        self.assertEqual(self.write("kept.csv", "-q", "-2", "-R", "icmp", "-r", self.path("one.pcap")), one)
        self.assertEqual(len(self.write("none.csv", "-q", "-2", "-R", "tcp", "-r", self.path("one.pcap")).splitlines()), 1)

    def test_first_packets_only(self):
        subprocess.run(["tshark", "-r", CAPTURE, "-c", "7", "-w", self.path("seven.pcap")], check=True, capture_output=True)
        seven = self.write("seven.csv", "-q", "-r", self.path("seven.pcap"))
        self.assertEqual(self.write("count.csv", "-q", "-r", CAPTURE, "-c", "7"), seven)

    def test_disabled_protocol_writes_nothing(self):
        run = tshark("-q", "-r", CAPTURE, "--disable-protocol", "cicflow", "-o", f"cicflow.csv:{self.path('disabled.csv')}")
        self.assertEqual(run.returncode, 0)
        self.assertFalse(os.path.exists(self.path("disabled.csv")))

    def test_json_lines_say_the_same(self):
        tshark("-q", "-r", CAPTURE, "-o", f"cicflow.jsonl:{self.path('all.jsonl')}")
        header, *records = rows(self.path("plain.csv"))
        with open(self.path("all.jsonl"), encoding="utf-8") as file:
            objects = [json.loads(line) for line in file]
        self.assertEqual([list(o) for o in objects], [header] * len(records))
        for record, o in zip(records, objects):
            for cell, value in zip(record, o.values()):
                self.assertTrue(same_cell(cell, str(value)))

    def test_fields_label_and_extra(self):
        text = self.write("fields.csv", "-q", "-r", CAPTURE, "-o", "cicflow.fields:dst_port, src_ip", "-o",
                          'cicflow.label:a "b", c', "-o", "cicflow.extra:flow_id,end_reason").decode()
        lines = text.splitlines()
        self.assertEqual(lines[0], "dst_port,src_ip,flow_id,end_reason,label")
        self.assertTrue(lines[1].endswith(',"a ""b"", c"'), lines[1])

    def test_statistics_count_every_packet(self):
        tshark("-q", "-r", CAPTURE, "-o", f"cicflow.stats:{self.path('stats.json')}")
        with open(self.path("stats.json"), encoding="utf-8") as file:
            stats = json.load(file)
        packets = len(subprocess.run(["tshark", "-r", CAPTURE], capture_output=True, check=True).stdout.splitlines())
        self.assertEqual(stats["packets"], packets)
        self.assertEqual(stats["used"] + sum(stats["skipped"].values()), packets)
        self.assertEqual(stats["flows"], len(rows(self.path("plain.csv"))) - 1)
        self.assertEqual(sum(stats["flows_by_end"].values()), stats["flows"])

    def test_full_table_ends_the_longest_unseen(self):
        self.write("full.csv", "-q", "-r", CAPTURE, "-o", "cicflow.max_flows:2", "-o", f"cicflow.stats:{self.path('full.json')}")
        with open(self.path("full.json"), encoding="utf-8") as file:
            stats = json.load(file)
        self.assertEqual(stats["largest_open"], 2)
        self.assertEqual(stats["flows_by_end"]["full"], stats["flows"] - 2)

    def test_wrong_values(self):
        for name, value in (("idle_timeout", "-1"), ("idle_timeout", "0"), ("active_timeout", "x"), ("closed_timeout", "-1"), ("subflow_gap", ""),
                            ("tunnel", "middle"), ("timestamp", "iso"), ("dialect", "perl"), ("fields", "src_ip,nonsense"),
                            ("extra", "src_ip")):
            with self.subTest(name=name, value=value):
                target = self.path("wrong.csv")
                run = tshark("-q", "-r", CAPTURE, "-o", f"cicflow.csv:{target}", "-o", f"cicflow.{name}:{value}")
                lines = [l for l in run.stderr.decode().splitlines() if not l.startswith("Running as user")]
                self.assertNotEqual(run.returncode, 0)
                self.assertEqual(len(lines), 1, lines)
                self.assertIn(f"cicflow.{name}", lines[0])
                self.assertFalse(os.path.exists(target))

    def test_a_saved_path_replaces_no_earlier_output(self):
        home = self.path("saved")
        os.mkdir(home)
        for kind in ("csv", "jsonl", "stats", "progress"):
            with self.subTest(kind=kind):
                path, other = self.path(f"saved.{kind}"), self.path(f"given.{kind}")
                with open(os.path.join(home, "preferences"), "w", encoding="utf-8") as file:
                    file.write(f"cicflow.{kind}: {path}\n")
                environment = dict(ENVIRONMENT, WIRESHARK_CONFIG_DIR=home)
                command = ["tshark", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", CAPTURE]
                if kind == "progress":
                    command += ["-o", "cicflow.csv:/dev/null"]
                first = subprocess.run(command, env=environment, capture_output=True)
                self.assertEqual(first.returncode, 0)
                with open(path, "rb") as file:
                    written = file.read()
                self.assertTrue(written)
                again = subprocess.run([*command, "-c", "3"], env=environment, capture_output=True)
                self.assertEqual(again.returncode, 1)
                self.assertRegex(again.stderr.decode(), rf"(?m)^tshark: cicflow\.{kind}: {path}, from the saved preferences, .*$")
                for options in (["-o", f"cicflow.{kind}:{other}"], [f"-ocicflow.{kind}:{other}"], [f"-nocicflow.{kind}:{other}"]):
                    given = subprocess.run([*command, *options], env=environment, capture_output=True)
                    self.assertEqual(given.returncode, 0)
                with open(path, "rb") as file:
                    self.assertEqual(file.read(), written)

    def test_saved_preferences_do_not_fail_runs_of_others(self):
        """The plugin is in a plugin folder, and the command line asks for nothing of it."""
        if missing_programs():
            self.skipTest(f"not found: {missing_programs()}")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        home = folder.name
        capture, = make_home(home, os.path.join(PLUGIN, "cicflow.so"), [CAPTURE])
        settings = os.path.join(home, "settings")
        os.mkdir(settings)
        held = os.path.join(settings, "held.csv")
        wrong = {"idle_timeout": "soon", "csv": held, "filter": "tcp.nothing", "dialect": "other"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "WIRESHARK_"))}
        environment.update(HOME=home, WIRESHARK_CONFIG_DIR=settings, LC_ALL="C.UTF-8")
        for name, value in wrong.items():
            with open(held, "w", encoding="utf-8") as file:
                file.write("mine")
            with open(os.path.join(settings, "preferences"), "w", encoding="utf-8") as file:
                file.write(f"cicflow.{name}: {value}\n")
            for path, folders, files in os.walk(home):
                for entry in [path, *(os.path.join(path, other) for other in folders + files)]:
                    os.chmod(entry, 0o777)
            for asks, options in ((False, []), (False, ["-2"]), (False, ["-Y", "ip", "-T", "fields", "-e", "ip.src"]),
                                  (True, ["-Y", "cicflow.flow_id == 1"]), (True, ["-q", "-z", "cicflow"]),
                                  (True, ["-2", "-o", "cicflow.tree:TRUE"])):
                with self.subTest(name=name, options=options):
                    run = subprocess.run([*AS_NOBODY, "tshark", "-r", capture, *options], env=environment, capture_output=True)
                    told = [line for line in run.stderr.decode().splitlines() if "cicflow" in line]
                    self.assertEqual(run.returncode, 1 if asks else 0, told)
                    self.assertEqual(len(told), 1, told)
                    if not asks:
                        self.assertTrue(run.stdout)
            with open(held, encoding="utf-8") as file:
                self.assertEqual(file.read(), "mine")

    def test_files_that_cannot_be_written(self):
        for target, reason in (("/nonexistent/out.csv", "No such file"), ("/dev/full", "No space"), (self.folder.name, "directory")):
            with self.subTest(target=target):
                run = tshark("-q", "-r", CAPTURE, "-o", f"cicflow.csv:{target}")
                self.assertNotEqual(run.returncode, 0)
                self.assertIn(target.encode(), run.stderr)
                self.assertIn(reason.encode(), run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
