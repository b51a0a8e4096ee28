#!/usr/bin/env python3
"""Outputs of the plugin that cannot be written or completed: one line, an exit status, and no file that looks complete.

usage: outputs.py PLUGIN_FOLDER CAPTURE
"""
import glob
import gzip
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from plugin_run import ENVIRONMENT

PLUGIN, CAPTURE = (os.path.abspath(a) for a in sys.argv[1:3])
KINDS = ("csv", "jsonl", "parquet", "stats")
NOBODY = 65534
PATIENCE_SECONDS = 60
PCAP_HEADER_BYTES = 24


def complaints(stderr):
    return [line for line in stderr.decode().splitlines() if not line.startswith("Running as user")]


class Outputs(unittest.TestCase):
    def setUp(self):
        # Another user has to reach the plugin and the capture.
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)
        for file in [CAPTURE, *glob.glob(f"{PLUGIN}/*.lua"), *glob.glob(f"{PLUGIN}/*.so")]:
            shutil.copy(file, self.folder)
        self.capture = self.path(os.path.basename(CAPTURE))
        self.environment = dict(ENVIRONMENT, WIRESHARK_CONFIG_DIR=self.path("settings"), HOME=self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, *options, capture=None):
        return ["tshark", "-X", f"lua_script:{self.folder}/cicflow.lua", "-q", "-r", capture or self.capture, *options]

    def tshark(self, *options, prefix=(), **more):
        return subprocess.run([*prefix, *self.command(*options)], env=self.environment, stderr=subprocess.PIPE, check=False,
                              timeout=PATIENCE_SECONDS, **more)

    def fails(self, kind, target, reason, prefix=()):
        run = self.tshark("-o", f"cicflow.{kind}:{target}", prefix=prefix, stdout=subprocess.DEVNULL)
        lines = complaints(run.stderr)
        self.assertEqual((run.returncode, len(lines)), (1, 1), lines)
        self.assertIn(target, lines[0])
        self.assertIn(reason, lines[0])

    def refused(self, *options):
        """The one line about outputs that exclude each other."""
        run = self.tshark(*options, stdout=subprocess.PIPE)
        lines = complaints(run.stderr)
        self.assertEqual((run.returncode, len(lines), run.stdout), (1, 1, b""), lines)
        return lines[0]

    def test_two_outputs_in_one_file(self):
        target = self.path("both")
        os.symlink(target, self.path("link"))
        for other in (target, self.folder + "/./both"):
            for one, two in (("csv", "jsonl"), ("csv", "stats"), ("jsonl", "progress"), ("csv", "parquet")):
                with self.subTest(one=one, two=two, other=other):
                    line = self.refused("-o", f"cicflow.{one}:{target}", "-o", f"cicflow.{two}:{other}")
                    self.assertIn(f'cicflow.{two}: "{other}" is the file of cicflow.{one} too', line)
                    self.assertFalse(os.path.exists(target))
        self.assertIn("cicflow.jsonl", self.refused("-o", "cicflow.csv:-", "-o", "cicflow.jsonl:-"))
        with open(target, "w", encoding="ascii") as file:
            file.write("older")
        self.refused("-o", f"cicflow.csv:{self.path('link')}", "-o", f"cicflow.stats:{target}")
        with open(target, encoding="ascii") as file:
            self.assertEqual(file.read(), "older")
        run = self.tshark("-o", "cicflow.csv:/dev/null", "-o", "cicflow.jsonl:/dev/null", "-o", "cicflow.stats:/dev/null")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_no_file_that_is_read_is_replaced(self):
        """The capture, also by another name or compressed, another capture, the rules, and one of several files of definitions."""
        packed, rules = self.path("x.pcap.gz"), self.path("rules")
        defined = [self.path(name) for name in ("one.define", "other.define")]
        for path in defined:
            with open(path, "w", encoding="ascii") as file:
                file.write(f"{os.path.basename(path)[:3]} = count(ip.ttl)\n")
        with open(self.capture, "rb") as file, gzip.open(packed, "wb") as out:
            out.write(file.read())
        with open(rules, "w", encoding="ascii") as file:
            file.write("web: tcp\n")
        os.symlink(self.capture, self.path("link"))
        for read, output, word in ((self.capture, self.capture, "is a capture"), (self.capture, self.path("link"), "is a capture"),
                                   (packed, self.capture, "is a capture"), (packed, packed, "is the capture that is read"),
                                   (self.capture, rules, "is the file of cicflow.labels too"),
                                   *((self.capture, path, "is the file of cicflow.define too") for path in defined)):
            with open(output, "rb") as file:
                before = file.read()
            for kind in KINDS:
                with self.subTest(read=read, output=output, kind=kind):
                    run = subprocess.run(self.command("-o", f"cicflow.labels:{rules}", "-o", f"cicflow.define:{', '.join(defined)}",
                                                      "-o", f"cicflow.{kind}:{output}", capture=read),
                                         env=self.environment, capture_output=True, check=False, timeout=PATIENCE_SECONDS)
                    lines = complaints(run.stderr)
                    self.assertEqual((run.returncode, len(lines)), (1, 1), lines)
                    self.assertIn(f'"{output}" {word}', lines[0])
                    with open(output, "rb") as file:
                        self.assertEqual(file.read(), before)

    def test_records_and_statistics_on_standard_output(self):
        run = self.tshark("-o", "cicflow.csv:-", "-o", "cicflow.stats:-", stdout=subprocess.PIPE)
        lines = run.stdout.decode().splitlines()
        self.assertEqual((run.returncode, lines[0][:7], lines[-1][:1]), (0, "src_ip,", "{"), run.stderr)

    def test_progress_is_not_for_standard_output(self):
        self.assertIn("cicflow.progress", self.refused("-o", "cicflow.csv:-", "-o", "cicflow.progress:-"))

    def test_full_disk(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.fails(kind, "/dev/full", "No space left on device")

    def test_folders(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.fails(kind, self.folder, "Is a directory")
                self.fails(kind, self.path("missing/out"), "No such file or directory")

    def test_no_permission(self):
        as_nobody = ()
        if os.geteuid() == 0:
            as_nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        locked = self.path("locked")
        os.mkdir(locked)
        file = os.path.join(locked, "file")
        with open(file, "w", encoding="ascii") as out:
            out.write("before")
        os.chmod(file, 0o444)
        os.chmod(locked, 0o555)
        try:
            for kind in KINDS:
                with self.subTest(kind=kind):
                    self.fails(kind, os.path.join(locked, "new"), "Permission denied", as_nobody)
                    self.fails(kind, file, "Permission denied", as_nobody)
            with open(file, encoding="ascii") as untouched:
                self.assertEqual(untouched.read(), "before")
        finally:
            os.chmod(locked, 0o755)

    def test_closed_standard_output(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                reader, writer = os.pipe()
                os.close(reader)
                run = self.tshark("-o", f"cicflow.{kind}:-", stdout=writer)
                os.close(writer)
                lines = complaints(run.stderr)
                self.assertNotEqual(run.returncode, 0)
                self.assertEqual(len(lines), 1, lines)
                self.assertIn("Broken pipe", lines[0])

    def test_symbolic_link_stays_and_its_file_is_written(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                link, file = self.path(f"{kind}.link"), self.path(f"{kind}.file")
                os.symlink(file, link)
                self.assertEqual(self.tshark("-o", f"cicflow.{kind}:{link}").returncode, 0)
                self.assertTrue(os.path.islink(link))
                self.assertGreater(os.path.getsize(file), 0)

    def outputs(self):
        return ("-o", f"cicflow.csv:{self.path('out.csv')}", "-o", f"cicflow.stats:{self.path('out.json')}")

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def begin(self, *reading):
        """A run that has written records and waits for more of its capture."""
        command = ["tshark", "-X", f"lua_script:{self.folder}/cicflow.lua", *(reading or ("-q", "-r", "-")), *self.outputs(), "-o",
                   "cicflow.max_flows:1"]
        process = subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        process.stdin.write(self.read(os.path.basename(CAPTURE)))
        process.stdin.flush()
        end = time.monotonic() + PATIENCE_SECONDS
        while not os.path.exists(self.path("out.csv.partial")):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        return process

    def test_a_run_that_ends_early_leaves_an_earlier_one_alone(self):
        self.assertEqual(self.tshark(*self.outputs()).returncode, 0)
        earlier = self.read("out.csv"), self.read("out.json")
        for number, reading in ((signal.SIGKILL, ()), (signal.SIGINT, ()), (signal.SIGTERM, ()), (signal.SIGINT, ("-q", "-M5", "-r-"))):
            with self.subTest(signal=number, reading=reading), self.begin(*reading) as run:
                run.send_signal(number)
                if number != signal.SIGKILL:  # tshark sees the signal with the next packet
                    run.stdin.write(self.read(os.path.basename(CAPTURE))[PCAP_HEADER_BYTES:])
                run.stdin.close()
                run.wait(PATIENCE_SECONDS)
                lines = [line for line in complaints(run.stderr.read()) if "not read to its end" in line]
                os.rename(self.path("out.csv.partial"), self.path("left"))
                is_killed = number == signal.SIGKILL
                self.assertEqual((run.returncode < 0, len(lines)), (is_killed, 0 if is_killed else 1))
                self.assertNotEqual(run.returncode, 0)
                self.assertEqual((self.read("out.csv"), self.read("out.json")), earlier)
                self.assertFalse(os.path.exists(self.path("out.json.partial")))
        os.rename(self.path("left"), self.path("out.csv.partial"))
        self.assertEqual(self.tshark(*self.outputs()).returncode, 0)
        self.assertFalse(os.path.exists(self.path("out.csv.partial")))

    def test_every_way_to_say_which_file_is_read(self):
        for reading in (("-qr", "-"), ("-q", "-nr-"), ("-qN", "m", "-r-"), ("--enable-protocol", "cicflow", "-q", "-r", "-")):
            with self.subTest(reading=reading), self.begin(*reading) as run:
                self.assertFalse(os.path.exists(self.path("out.csv")))
                run.stdin.close()
                self.assertEqual(run.wait(PATIENCE_SECONDS), 0)
            os.remove(self.path("out.csv"))

    def test_what_a_full_disk_left_is_named(self):
        disk = self.path("disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", disk], capture_output=True, check=False).returncode:
            self.skipTest("a small disk needs root")
        self.addCleanup(subprocess.run, ["umount", disk], check=False)
        for kind in ("csv", "jsonl", "parquet"):
            with self.subTest(kind=kind):
                target = os.path.join(disk, kind)
                self.fails(kind, target, f'the records so far are in "{target}.partial"')
                self.assertEqual(os.listdir(disk), [kind + ".partial"])
                os.remove(target + ".partial")

    def test_nothing_is_left_of_statistics_that_cannot_be_written(self):
        disk = self.path("disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", disk], capture_output=True, check=False).returncode:
            self.skipTest("a small disk needs root")
        self.addCleanup(subprocess.run, ["umount", disk], check=False)
        with open(os.path.join(disk, "all"), "wb") as file:
            file.write(bytes(4096))
        self.fails("stats", os.path.join(disk, "st.json"), "No space left on device")
        self.assertEqual(os.listdir(disk), ["all"])

    def test_the_records_of_the_other_output_are_named(self):
        for good, bad in (("csv", "jsonl"), ("jsonl", "csv"), ("parquet", "csv"), ("csv", "parquet")):
            for target in ("/dev/full", self.path("missing/out")):
                with self.subTest(good=good, bad=bad, target=target):
                    whole = self.path("two." + good)
                    run = self.tshark("-o", f"cicflow.{good}:{whole}", "-o", f"cicflow.{bad}:{target}")
                    lines = complaints(run.stderr)
                    self.assertEqual((run.returncode, len(lines)), (1, 1), lines)
                    self.assertIn(target, lines[0])
                    self.assertEqual(os.path.exists(whole + ".partial"), f'"{whole}.partial"' in lines[0], lines)
                    self.assertFalse(os.path.exists(whole))
                    for left in glob.glob(whole + ".partial"):
                        os.remove(left)

    def test_a_file_that_is_mounted_is_written_in_place(self):
        """Like a file mounted into a container: another file cannot replace it."""
        source, target = self.path("outside.csv"), self.path("inside.csv")
        for path in (source, target):
            with open(path, "w", encoding="ascii") as file:
                file.write("before")
        if subprocess.run(["mount", "--bind", source, target], capture_output=True, check=False).returncode:
            self.skipTest("mounting needs root")
        self.addCleanup(subprocess.run, ["umount", target], check=False)
        self.assertEqual(self.tshark("-o", f"cicflow.csv:{target}").returncode, 0)
        self.assertEqual(self.tshark("-o", f"cicflow.csv:{self.path('out.csv')}").returncode, 0)
        self.assertEqual(self.read("outside.csv"), self.read("out.csv"))

    def test_a_file_of_another_user_in_a_sticky_folder_is_written_in_place(self):
        if os.geteuid() != 0:
            self.skipTest("only root can be two users")
        folder = self.path("sticky")
        os.mkdir(folder)
        os.chmod(folder, 0o1777)
        target = os.path.join(folder, "out.csv")
        with open(target, "w", encoding="ascii") as file:
            file.write("before")
        os.chmod(target, 0o666)
        as_nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        self.assertEqual(self.tshark("-o", f"cicflow.csv:{target}", prefix=as_nobody).returncode, 0)
        self.assertEqual(os.stat(target).st_uid, 0)
        self.assertGreater(os.path.getsize(target), len("before"))

    def test_no_statistics_beside_records_that_could_not_be_written(self):
        """Also when the disk was full long before the end, and the statistics would fit."""
        run = self.tshark("-o", "cicflow.jsonl:/dev/full", "-o", "cicflow.max_flows:1", "-o",
                          f"cicflow.stats:{self.path('out.json')}")
        self.assertEqual((run.returncode, len(complaints(run.stderr))), (1, 1))
        self.assertFalse(os.path.exists(self.path("out.json")))

    def test_a_file_that_is_called_like_standard_output_is_left_alone(self):
        with open(self.path("-"), "w", encoding="ascii") as file:
            file.write("before")
        for kind in KINDS:
            self.assertEqual(self.tshark("-o", f"cicflow.{kind}:-", cwd=self.folder, stdout=subprocess.DEVNULL).returncode, 0)
        with open(self.path("-"), encoding="ascii") as file:
            self.assertEqual(file.read(), "before")

    def test_failed_run_leaves_no_statistics_of_an_earlier_one(self):
        self.assertEqual(self.tshark(*self.outputs()).returncode, 0)
        run = self.tshark("-o", "cicflow.csv:/dev/full", "-o", f"cicflow.stats:{self.path('out.json')}")
        self.assertEqual(run.returncode, 1)
        self.assertEqual(os.path.getsize(self.path("out.json")), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
