#!/usr/bin/env python3
"""Another user with write access to the output folder puts links in place of the outputs: none of our files is written through them.

usage: adversary.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER [SECONDS]
"""
import os
import shutil
import subprocess
import sys
import time
import unittest

from command import CAPTURE, COMMAND, ENVIRONMENT, PLUGIN, TSHARK, CommandTest, main, plain_records, read

SECONDS = float(sys.argv[4]) if len(sys.argv) > 4 else 3
VICTIM = b"precious\n"
NOBODY = 65534

# Exchanges the names in the folder for links to the victim, and takes them away.
ADVERSARY = """
import itertools, os, sys
folder, victim, names = sys.argv[1], sys.argv[2], sys.argv[3:]
os.setgid(%d)
os.setuid(%d)
os.chdir(folder)
print("ready", flush=True)
for turn, name in zip(itertools.count(), itertools.cycle(names)):
    try:
        os.symlink(victim, "link")
        os.replace("link", name)
        if turn %% 4 < 3:
            os.unlink(name)
    except OSError:
        pass
""" % (NOBODY, NOBODY)


@unittest.skipIf(os.geteuid() != 0, "only root can be two users")
class Adversary(CommandTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)
        self.shared = self.path("shared")
        os.mkdir(self.shared)
        os.chmod(self.shared, 0o777)
        self.victim = self.path("victim")
        with open(self.victim, "wb") as file:
            file.write(VICTIM)

    def runs(self, argv, names):
        """Runs in the shared folder while the names are exchanged; returns how many ended, and how many successfully."""
        names = [name + ending for name in names for ending in ("", ".partial", ".partial-2")]
        adversary = subprocess.Popen([sys.executable, "-c", ADVERSARY, self.shared, self.victim, *names], stdout=subprocess.PIPE)
        try:
            adversary.stdout.readline()
            end, statuses = time.monotonic() + SECONDS, []
            while time.monotonic() < end:
                statuses.append(subprocess.run(argv, cwd=self.shared, env=ENVIRONMENT, capture_output=True, check=False,
                                               timeout=60).returncode)
                self.assertEqual(read(self.victim), VICTIM)
        finally:
            adversary.kill()
            adversary.communicate()
        print(f"{self.id().split('.')[-1]}: {len(statuses)} runs, {statuses.count(0)} with success", file=sys.stderr)
        for name in os.listdir(self.shared):
            os.remove(os.path.join(self.shared, name))

    def succeeds_afterwards(self, argv):
        self.assertEqual(subprocess.run(argv, cwd=self.shared, env=ENVIRONMENT, capture_output=True, check=False).returncode, 0)
        self.assertEqual(read(os.path.join(self.shared, "out.csv")), plain_records(CAPTURE))

    def test_plugin(self):
        argv = [TSHARK, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", CAPTURE, "-o", "cicflow.csv:out.csv", "-o",
                "cicflow.stats:stats.json", "-o", "cicflow.progress:progress"]
        self.runs(argv, ["out.csv", "stats.json", "progress"])
        self.succeeds_afterwards(argv)

    def test_command(self):
        picture = ["--plot", "flows.png"] if shutil.which("gnuplot") else []
        argv = [COMMAND, "-f", CAPTURE, "-c", *picture, "out.csv"]
        self.runs(argv, ["out.csv", "flows.png"])
        self.succeeds_afterwards(argv)

    def test_command_with_a_spool(self):
        self.runs([COMMAND, "-f", CAPTURE, "-u", "--retries", "0", "--spool", "spool.jsonl", "http://127.0.0.1:1/"], ["spool.jsonl"])


if __name__ == "__main__":
    main()
