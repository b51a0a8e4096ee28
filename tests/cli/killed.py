#!/usr/bin/env python3
"""Runs that are killed at random moments: every output is missing, or as it was before, or complete.

usage: killed.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER [MOMENTS] [CAPTURE]

Each kind of run, of the plugin in tshark and of cicflowmeter, is ended MOMENTS times (4 unless told, 2 with sanitizers) by SIGKILL, SIGTERM or
SIGINT, at moments from a fixed seed; then the next run has to succeed despite what is left behind.
"""
import json
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

from command import COMMAND, ENVIRONMENT, IS_SANITIZED, PLUGIN, SOURCE, TSHARK, CommandTest, main, read

MOMENTS = int(sys.argv[4]) if len(sys.argv) > 4 else 2 if IS_SANITIZED else 4
CAPTURE = os.path.abspath(sys.argv[5]) if len(sys.argv) > 5 else None
SEED = 8
PACKETS, FLOWS, OPEN = (2000, 400, 50) if IS_SANITIZED else (20000, 4000, 50)
OLD = b"what was here before\n"
PATIENCE_SECONDS = 120
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


class Killed(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.captures = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"cicflow-killed-{os.getpid()}")
        cls.addClassCleanup(shutil.rmtree, cls.captures)
        os.mkdir(cls.captures)
        cls.capture = CAPTURE or os.path.join(cls.captures, "flows.pcap")
        if not CAPTURE:
            subprocess.run([sys.executable, os.path.join(SOURCE, "tests/benchmark/make_flows.py"), cls.capture, "--packets",
                            str(PACKETS), "--flows", str(FLOWS), "--open", str(OPEN)], check=True)
        cls.random = random.Random(SEED)

    def start(self, argv):
        """A process group of its own, so that nothing of it is left afterwards."""
        return subprocess.Popen(argv, env=dict(ENVIRONMENT, TMPDIR=self.captures), cwd=self.folder, start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run_whole(self, argv, outputs, status=0):
        begin = time.monotonic()
        self.assertEqual(self.start(argv).wait(PATIENCE_SECONDS), status)
        return {name: read(self.path(name)) for name in outputs}, time.monotonic() - begin

    def end_at(self, argv, seconds, number):
        """The status of a run that got the signal after this time."""
        process = self.start(argv)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        status = process.wait(PATIENCE_SECONDS)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # nobody is left
        return status

    def state_of(self, name, old, complete):
        if not os.path.exists(self.path(name)):
            return "missing"
        content = read(self.path(name))
        if content == complete:
            return "complete"
        # Statistics of an earlier run are emptied before its records are replaced.
        known = {OLD: "old"} if old else {}
        if name == "stats.json":
            known[b""] = "missing"
        self.assertIn(content, known, f"{name} is something else: {len(content)} of {len(complete)} bytes")
        return known[content]

    def prepare(self, outputs, old):
        for name in os.listdir(self.folder):
            # What the run before left stays for this one.
            if ".partial" not in name:
                os.remove(self.path(name))
        for name in outputs if old else ():
            with open(self.path(name), "wb") as file:
                file.write(OLD)

    def check(self, argv, outputs):
        whole, seconds = self.run_whole(argv, outputs)
        ends = {}
        for moment in range(MOMENTS):
            old, at, number = moment % 2 == 1, self.random.uniform(0, seconds * 1.05), self.random.choice(SIGNALS)
            with self.subTest(moment=moment, seconds=at, signal=number):
                self.prepare(outputs, old)
                status = self.end_at(argv, at, number)
                states = {name: self.state_of(name, old, whole[name]) for name in outputs}
                if status == 0 or states.get("stats.json") == "complete":
                    self.assertEqual(set(states.values()), {"complete"})
                if states.get("stats.json") == "old":
                    self.assertEqual(set(states.values()), {"old"})
                others = [name for name in os.listdir(self.folder) if name not in outputs]
                self.assertEqual([name for name in others if ".partial" not in name and not name.startswith(".")], [])
                end = " ".join(sorted(set(states.values()))) + (" after all" if status == 0 else "")
                ends[end] = ends.get(end, 0) + 1
        self.prepare(outputs, True)
        self.assertEqual(self.run_whole(argv, outputs)[0], whole)
        self.assertEqual([name for name in os.listdir(self.folder) if name not in outputs], [])
        print(f"{self.id().split('.')[-1]}: {seconds:.1f} s, {MOMENTS} moments: {ends}", file=sys.stderr)

    def tshark(self, *options):
        return [TSHARK, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", self.capture, *options]

    def test_plugin_csv_and_statistics(self):
        self.check(self.tshark("-o", "cicflow.csv:out.csv", "-o", "cicflow.stats:stats.json"), ["out.csv", "stats.json"])

    def test_plugin_all_outputs_in_two_passes(self):
        self.check(self.tshark("-2", "-o", "cicflow.csv:out.csv", "-o", "cicflow.jsonl:out.jsonl", "-o", "cicflow.stats:stats.json"),
                   ["out.csv", "out.jsonl", "stats.json"])

    def test_plugin_with_threads(self):
        self.check(self.tshark("-o", "cicflow.fast:TRUE", "-o", "cicflow.threads:3", "-o", "cicflow.jsonl:out.jsonl"), ["out.jsonl"])

    def test_command(self):
        self.check([COMMAND, "-f", self.capture, "-c", "out.csv"], ["out.csv"])

    def test_command_merging_several(self):
        folder = os.path.join(self.captures, "several")
        os.makedirs(folder, exist_ok=True)
        for name in ("a.pcap", "b.pcap"):
            os.symlink(self.capture, os.path.join(folder, name))
        self.check([COMMAND, "-d", folder, "--merge", "--jobs", "2", "-c", "out.csv"], ["out.csv"])

    def test_command_with_a_spool(self):
        """A run leaves at most one line that is cut, its last, the next run begins a new one, and only the owner reads them."""
        argv = [COMMAND, "-f", self.capture, "-u", "--extra", "flow_id", "--retries", "0", "--spool", "spool.jsonl",
                f"http://127.0.0.1:{free_port()}/"]
        _, seconds = self.run_whole(argv, [], 1)
        whole = {line["flow_id"]: line for line in map(json.loads, read(self.path("spool.jsonl")).splitlines())}
        os.remove(self.path("spool.jsonl"))
        broken = 0
        for moment in range(MOMENTS):
            with self.subTest(moment=moment):
                self.end_at(argv, self.random.uniform(0, seconds * 1.05), self.random.choice(SIGNALS))
                if not os.path.exists(self.path("spool.jsonl")):
                    continue
                self.assertEqual(stat.S_IMODE(os.stat(self.path("spool.jsonl")).st_mode), 0o600)
                broken = sum(self.is_broken(line, whole) for line in read(self.path("spool.jsonl")).split(b"\n"))
                self.assertLessEqual(broken, moment + 1)
        print(f"test_command_with_a_spool: {seconds:.1f} s, {MOMENTS} moments, {broken} lines cut", file=sys.stderr)

    def is_broken(self, line, whole):
        """Whether a line is a record that was cut short; otherwise it has to be whole."""
        if not line:
            return False
        try:
            record = json.loads(line)
        except ValueError:
            return True
        self.assertEqual(record, whole[record["flow_id"]])
        return False


if __name__ == "__main__":
    main()
