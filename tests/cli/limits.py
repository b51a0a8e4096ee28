#!/usr/bin/env python3
"""cicflowmeter with dissectors that crash or hang: each ends only its own capture, with one clear line, never the whole run.

usage: limits.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER

The dissectors are Lua scripts in a personal plugin folder. The capture has five datagrams of flows of their own to port 4711, which
the script dissects, before and after plain ones.
"""
import os
import signal
import struct
import subprocess
import time
import unittest

from command import COMMAND, CRASHING, ENVIRONMENT, IS_SANITIZED, CommandTest, main, run

PORT = 4711
PERSONAL = (".local", "lib", "wireshark", "plugins")
HEAD = """
local broken = Proto("broken", "Broken Protocol")
local frames = 0
function broken.dissector(buffer, pinfo, tree)
    frames = frames + 1
    %s
end
DissectorTable.get("udp.port"):add(4711, broken)
io.open("%s", "w"):close()
"""
DISABLE = "; allow more, or leave out the protocol: --disable-protocol broken."
WRITTEN = " What could be read was written."
CRASHED = "; --disable-protocol leaves out the protocol whose dissector failed"


def frame(number, port):
    udp = struct.pack(">HHHH", 1000 + number, port, 12, 0) + b"data"
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0, bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)))
    return bytes(12) + b"\x08\x00" + ip + udp


def capture(ports):
    body = b"".join(struct.pack("<IIII", number, 0, len(frame(number, port)), len(frame(number, port))) + frame(number, port)
                    for number, port in enumerate(ports))
    return struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1) + body


class Limits(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("in/x.pcap", capture([9, 9, PORT, 9, PORT]))

    def write(self, name, content):
        path = self.path(*name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def script(self, body):
        self.write("/".join(("home", *PERSONAL, "broken.lua")), (HEAD % (body, self.path("loaded"))).encode())

    def read_input(self, *options, **more):
        """Runs the command with the script; skipped where Wireshark has no Lua."""
        done = run(*options, env=CRASHING | {"HOME": self.path("home")}, **more)
        if not os.path.exists(self.path("loaded")):
            self.skipTest("this Wireshark runs no Lua script of this user")
        return done

    def rows(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return len(file.readlines()) - 1

    def check_one(self, body, problem, *options, rows):
        """The script's capture ends with the problem; two others in the folder are read as always."""
        self.script(body)
        for name in ("a.pcap", "z.pcap"):
            self.write("in/" + name, capture([9, 9, 9]))
        done = self.read_input("-q", "-d", self.path("in"), "-c", self.path("out"), *options)
        self.assertEqual((done.stderr.decode().splitlines(), done.returncode),
                         ([f"cicflowmeter: {self.path('in', 'x.pcap')}: {problem}"], 1))
        expected = ["a.pcap.csv", "z.pcap.csv"] if rows is None else ["a.pcap.csv", "x.pcap.csv", "z.pcap.csv"]
        self.assertEqual(sorted(os.listdir(self.path("out"))), expected)
        self.assertEqual([self.rows("out", name) for name in ("a.pcap.csv", "z.pcap.csv")], [3, 3])
        if rows is not None:
            self.assertEqual(self.rows("out", "x.pcap.csv"), rows)

    def test_throws(self):
        self.script("error('broken')")
        done = self.read_input("-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"))
        self.assertEqual((done.returncode, done.stderr, self.rows("out.csv")), (0, b"", 5))

    def test_loops(self):
        self.check_one("while true do end", "frame 3: dissecting it took more than 0.5 s (--frame-timeout)" + DISABLE + WRITTEN,
                       "--frame-timeout", "0.5", rows=2)

    def test_loops_in_every_output(self):
        self.script("if frames == 2 then while true do end end")
        done = self.read_input("-q", "-f", self.path("in", "x.pcap"), "--frame-timeout", "0.5", "--csv", self.path("x.csv"),
                               "--jsonl", self.path("x.jsonl"), "--parquet", self.path("x.parquet"), "--summary")
        self.assertEqual(done.returncode, 1)
        self.assertEqual((self.rows("x.csv"), self.rows("x.jsonl")), (4, 3))
        with open(self.path("x.parquet"), "rb") as file:
            self.assertEqual(file.read()[-4:], b"PAR1")
        self.assertRegex((done.stdout + done.stderr).decode(), r"(?m)^  UDP +4 +4 +184$")

    def test_loops_while_the_capture_is_annotated(self):
        self.script("while true do end")
        done = self.read_input("-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"), "--annotate", self.path("out.pcapng"),
                               "--frame-timeout", "0.5")
        self.assertEqual((done.returncode, done.stderr.decode()),
                         (1, f"cicflowmeter: {self.path('in', 'x.pcap')}: frame 3: dissecting it took more than 0.5 s (--frame-timeout)"
                          f"{DISABLE} The capture with comments was not written.{WRITTEN}\n"))
        self.assertEqual(self.rows("out.csv"), 2)
        self.assertEqual([name for name in os.listdir(self.path(".")) if name.startswith("out")], ["out.csv"])

    def test_loops_with_rules_on_finished_flows(self):
        labels = self.write("labels", b"Long: cicflow.flow_duration >= 0\n")
        self.check_one("while true do end", "frame 3: dissecting it took more than 0.5 s (--frame-timeout)" + DISABLE +
                       " There is no output.", "--frame-timeout", "0.5", "--labels", labels, rows=None)

    def test_frames_that_take_long_together(self):
        self.script("local e = os.clock() + 0.2; while os.clock() < e do end")
        self.write("in/x.pcap", capture([PORT] * 20))
        done = self.read_input("-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"), "--frame-timeout", "3")
        self.assertEqual((done.returncode, done.stderr, self.rows("out.csv")), (0, b"", 20))

    def test_the_disabled_protocol(self):
        self.script("while true do end")
        done = self.read_input("-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"), "--frame-timeout", "0.5",
                               "--disable-protocol", "broken")
        self.assertEqual((done.returncode, done.stderr, self.rows("out.csv")), (0, b"", 5))

    def test_time_in_which_the_run_is_stopped(self):
        self.script("local e = os.clock() + 0.5; while os.clock() < e do end")
        self.write("in/x.pcap", capture([PORT]))
        process = subprocess.Popen([COMMAND, "-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"), "--frame-timeout",
                                    "4"], env=ENVIRONMENT | {"HOME": self.path("home")}, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        while not os.path.exists(self.path("loaded")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        if not os.path.exists(self.path("loaded")):
            process.communicate()
            self.skipTest("this Wireshark runs no Lua script of this user")
        time.sleep(0.3)
        readers = self.descendants(process.pid)
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for each in readers:
                os.kill(each, number)
            time.sleep(6 if number == signal.SIGSTOP else 0)
        said = process.communicate(timeout=60)[1]
        self.assertEqual((process.returncode, said, self.rows("out.csv")), (0, b"", 1))

    @staticmethod
    def descendants(root):
        parents = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8") as file:
                    parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
        found = [root]
        for each in found:
            found += [child for child, parent in parents.items() if parent == each]
        return found

    @unittest.skipIf(IS_SANITIZED, "sanitizers need memory of their own")
    def test_eats_memory_in_one_frame(self):
        self.script("local all = {} while true do all[#all + 1] = string.rep(tostring(#all), 100000) end")
        done = self.read_input("-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"), "--memory-limit", "400M")
        start = f"cicflowmeter: {self.path('in', 'x.pcap')}: frame 3: reading takes more memory than 400M (--memory-limit)"
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(done.stderr.decode().strip(), (start + DISABLE + WRITTEN,
                                                     start + DISABLE.replace("broken", "NAME") + " There is no output."))

    @unittest.skipIf(IS_SANITIZED, "sanitizers need memory of their own")
    def test_eats_memory_frame_by_frame(self):
        self.script("kept = kept or {} kept[frames] = string.rep(tostring(frames) .. 'x', 10000000) "
                    "local e = os.clock() + 0.02; while os.clock() < e do end")
        self.write("in/x.pcap", capture([PORT] * 100))
        done = self.read_input("-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"), "--memory-limit", "600M")
        self.assertRegex(done.stderr.decode(), rf"^cicflowmeter: {self.path('in', 'x.pcap')}: (frame \d+: )?reading takes more memory "
                         r"than 600M \(--memory-limit\); allow more, (or leave out the protocol: --disable-protocol (broken|NAME)|"
                         rf"hold fewer flows: --max-flows N, or leave out a protocol: --disable-protocol NAME)\.{WRITTEN}\n$")
        self.assertEqual(done.returncode, 1)
        self.assertIn(self.rows("out.csv"), range(10, 60))

    def test_crashes(self):
        self.check_one("os.execute('kill -SEGV $PPID') os.execute('sleep 5')",
                       "frame 3: reading it was ended by signal 11 (Segmentation fault), so there is no output" + CRASHED,
                       rows=None)

    def test_exits(self):
        self.check_one("os.exit(3)", "frame 3: reading it ended with status 3, so there is no output" + CRASHED, rows=None)

    def test_wrong_values(self):
        for option, value in (("--frame-timeout", "-1"), ("--frame-timeout", "soon"), ("--memory-limit", "1X"), ("--memory-limit", "%"),
                              ("--memory-limit", "101%"), ("--memory-limit", "1GB"), ("--memory-limit", "-1"), ("--memory-limit", ""),
                              ("--memory-limit", "99999999999T")):
            with self.subTest(option=option, value=value):
                done = run("-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"), option, value)
                self.assertEqual((done.returncode, len(done.stderr.splitlines())), (2, 2))
                self.assertIn(f"{option}: '{value}' is n", done.stderr.decode())

    def test_values_that_are_allowed(self):
        for value in ("0", "4000000000", "3900000K", "4000M", "4G", "1T", "75%", "100%"):
            with self.subTest(value=value):
                self.succeeds("-q", "-f", self.path("in", "x.pcap"), "-c", self.path("out.csv"), "--memory-limit", value,
                              "--frame-timeout", "0")


if __name__ == "__main__":
    main()
