#!/usr/bin/env python3
"""Outputs of the plugin that cannot be written or completed: one line, a status, and nothing that looks whole.

usage: outputs.py PLUGIN_FOLDER CAPTURE
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from plugin_run import ENVIRONMENT

PLUGIN, CAPTURE = (os.path.abspath(a) for a in sys.argv[1:3])
KINDS = ("csv", "jsonl", "stats")
NOBODY = 65534
PATIENCE_SECONDS = 60


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

    def test_killed_run_leaves_no_statistics_of_an_earlier_one(self):
        self.assertEqual(self.tshark(*self.outputs()).returncode, 0)
        whole = os.path.getsize(self.path("out.csv"))
        self.assertGreater(os.path.getsize(self.path("out.json")), 0)
        with open(self.capture, "rb") as file:
            content = file.read()
        command = self.command(*self.outputs(), "-o", "cicflow.max_flows:1", capture="-")
        with subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
            run.stdin.write(content)
            run.stdin.flush()
            end = time.monotonic() + PATIENCE_SECONDS
            while os.path.getsize(self.path("out.csv")) == whole and time.monotonic() < end:
                time.sleep(0.02)
            run.kill()
        self.assertNotEqual(os.path.getsize(self.path("out.csv")), whole)
        self.assertEqual(os.path.getsize(self.path("out.json")), 0)

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
