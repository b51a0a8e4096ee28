#!/usr/bin/env python3
"""cicflowmeter -i: a live capture of real traffic between two network namespaces.

usage: live.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import csv
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from command import COMMAND, ENVIRONMENT, IS_SANITIZED, PLUGIN, TSHARK, CommandTest, main

NAMES = [f"cicflow-{os.getpid()}-{end}" for end in ("a", "b")]
PACKETS = 2000 if IS_SANITIZED else 20000  # sanitizers are slower than they are sent
ADDRESSES = ["10.77.0.1", "10.77.0.2"]

# Sends datagrams to a port of the other side: COUNT, PORT, pause after each in seconds.
SENDER = """
import socket, sys, time
count, port, pause = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 40000))
for _ in range(count):
    s.sendto(b"x" * 100, ("10.77.0.2", port))
    time.sleep(pause)
"""
RECEIVER = """
import socket
sockets = []
for port in (5001, 5002, 5003):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("", port))
    sockets.append(s)
print("ready", flush=True)
while True:
    sockets[0].recv(2000)
"""


def ip(*arguments, **more):
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, **more)


def missing():
    """Why live captures cannot be tested here, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    try:
        ip("netns", "add", NAMES[0] + "-try")
        ip("netns", "del", NAMES[0] + "-try")
    except (OSError, subprocess.CalledProcessError) as problem:
        return f"no network namespaces here: {problem}"
    return None


REASON = missing()


@unittest.skipIf(REASON, REASON)
class Live(CommandTest):
    def setUp(self):
        super().setUp()
        for name in NAMES:
            ip("netns", "add", name)
            self.addCleanup(subprocess.run, ["ip", "netns", "del", name], capture_output=True, check=False)
            subprocess.run(["ip", "netns", "exec", name, "sh", "-c",
                            "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6"], capture_output=True, check=False)
        ip("link", "add", "out0", "netns", NAMES[0], "type", "veth", "peer", "name", "out0", "netns", NAMES[1])
        for name, address in zip(NAMES, ADDRESSES):
            ip("-n", name, "address", "add", address + "/24", "dev", "out0")
            ip("-n", name, "link", "set", "out0", "up")
        self.output = self.path("live.csv")
        receiver = self.inside(1, sys.executable, "-c", RECEIVER, stdout=subprocess.PIPE)
        self.addCleanup(receiver.stdout.close)
        receiver.stdout.readline()

    def inside(self, which, *command, **more):
        process = subprocess.Popen(["ip", "netns", "exec", NAMES[which], *command], env=ENVIRONMENT, **more)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def capture(self, *options, output=None, **more):
        return self.started(COMMAND, "-i", "out0", "-c", *options, output or self.output, **more)

    def plain_capture(self, *options, output=None):
        """tshark with the plugin, without the command."""
        return self.started(TSHARK, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-i", "out0", "-q", "-o",
                            f"cicflow.csv:{output or self.output}", *options)

    def started(self, *command, **more):
        """A capturing program, returned once it captures."""
        process = self.inside(0, *command, stderr=subprocess.PIPE, **more)
        self.addCleanup(process.stderr.close)
        end = time.monotonic() + 60
        while not self.packet_sockets():
            self.assertLess(time.monotonic(), end)
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        # The socket is bound to its interface and filtered a moment after it is there.
        time.sleep(0.3)
        return process

    def packet_sockets(self):
        done = ip("netns", "exec", NAMES[0], "cat", "/proc/net/packet")
        return done.stdout.splitlines()[1:]

    def send(self, count, port=5001, pause=0.0):
        self.assertEqual(self.inside(0, sys.executable, "-c", SENDER, str(count), str(port), str(pause)).wait(), 0)

    def flows(self):
        with open(self.output, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def packets_to(self, port):
        return sum(int(f["tot_fwd_pkts"]) + int(f["tot_bwd_pkts"]) for f in self.flows() if f["dst_port"] == str(port))

    def ends(self, process, status=0):
        self.assertEqual((process.wait(60), status), (status, status))
        return process.stderr.read().decode()

    def test_nothing_is_lost_and_signals_write_what_is_open(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                process = self.capture()
                self.send(PACKETS)
                process.send_signal(number)
                self.assertEqual(self.ends(process), "")
                self.assertEqual(self.packets_to(5001), PACKETS)

    def test_records_appear_while_it_runs(self):
        process = self.capture("--idle-timeout", "0.5")
        self.send(3, port=5002)
        time.sleep(0.8)
        self.send(1, port=5003)
        end = time.monotonic() + 20
        while not (os.path.exists(self.output) and self.packets_to(5002)):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        self.assertIsNone(process.poll())
        self.assertEqual((self.packets_to(5002), self.packets_to(5003)), (3, 0))
        process.send_signal(signal.SIGINT)
        self.ends(process)
        self.assertEqual((self.packets_to(5002), self.packets_to(5003)), (3, 1))

    def test_time_passes_without_packets(self):
        process = self.capture("--idle-timeout", "0.5")
        self.send(3, port=5002)
        ended = time.monotonic() + 0.5
        while not (os.path.exists(self.output) and self.packets_to(5002)):
            self.assertLess(time.monotonic(), ended + 30)
            time.sleep(0.02)
        late = time.monotonic() - ended
        print(f"the row was there {late:.2f} s after the time-out", file=sys.stderr)
        self.assertEqual(self.packets_to(5002), 3)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.ends(process)
        self.assertEqual(self.packets_to(5002), 3)
        self.assertLess(late, 2)

    def test_records_are_those_of_the_file_of_the_same_packets(self):
        options = ["--idle-timeout", "0.4", "--extra", "flow_id,end_reason,last_timestamp"]
        saved = self.path("same.pcapng")
        writer = self.inside(0, "dumpcap", "-q", "-i", "out0", "-w", saved, stderr=subprocess.DEVNULL)
        process = self.capture(*options)
        # Pauses around the time-out, and some in which only time passes.
        for port, pause in ((5001, 0), (5002, 0.1), (5003, 0.39), (5001, 0.41), (5002, 1.5), (5001, 0.2)):
            self.send(4, port=port, pause=pause)
        process.send_signal(signal.SIGINT)
        self.ends(process)
        writer.send_signal(signal.SIGINT)
        writer.wait(60)
        self.succeeds("-f", saved, "-c", *options, self.path("file.csv"))
        with open(self.output, "rb") as live, open(self.path("file.csv"), "rb") as file:
            self.assertEqual(live.read(), file.read())

    def test_dropped_packets_are_told_and_counted(self):
        """The kernel's buffer holds 1 MiB, and dumpcap does not empty it for a while. What is not recorded was dropped."""
        sent = 40000
        summary = tempfile.TemporaryFile("w+", encoding="utf-8")  # pylint: disable=consider-using-with
        self.addCleanup(summary.close)
        process = self.capture("--buffer-size", "1", "--summary", stdout=summary)
        pids = [int(pid) for pid in ip("netns", "pids", NAMES[0]).stdout.split()]
        dumpcap = next(pid for pid in pids if pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8") == "dumpcap\n")
        os.kill(dumpcap, signal.SIGSTOP)
        self.send(sent)
        os.kill(dumpcap, signal.SIGCONT)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        told = self.ends(process)
        dropped = sent - self.packets_to(5001)
        self.assertGreater(dropped, 0)
        self.assertIn(f"out0: {dropped} packets were lost before they could be read; a larger --buffer-size may help\n", told)
        summary.seek(0)
        self.assertIn(f"packets dropped while capturing {dropped:19}  ", summary.read())

    def test_a_number_of_packets_a_time_and_a_filter(self):
        process = self.capture("--packets", "7", "--capture-filter", "udp port 5002")
        self.send(5)
        self.send(9, port=5002, pause=0.01)
        self.ends(process)
        self.assertEqual((self.packets_to(5001), self.packets_to(5002)), (0, 7))
        before = time.monotonic()
        process = self.capture("--duration", "4")
        self.send(2)
        self.ends(process)
        self.assertGreaterEqual(time.monotonic() - before, 4)
        self.assertEqual(self.packets_to(5001), 2)

    def test_plain_tshark_writes_what_is_open_on_a_signal(self):
        process = self.plain_capture()
        self.send(PACKETS)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        self.ends(process)
        self.assertEqual(self.packets_to(5001), PACKETS)

    def test_plain_tshark_writes_records_while_it_runs(self):
        process = self.plain_capture("-o", "cicflow.idle_timeout:0.5")
        self.send(3, port=5002)
        end = time.monotonic() + 20
        while not (os.path.exists(self.output) and self.packets_to(5002)):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.7)
            self.send(1, port=5003)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.ends(process)
        self.assertEqual(os.listdir(self.folder), [os.path.basename(self.output)])

    def test_plain_tshark_with_a_number_of_packets_and_a_filter(self):
        process = self.plain_capture("-c", "7", "-f", "udp port 5002")
        self.send(5)
        self.send(9, port=5002, pause=0.01)
        self.ends(process)
        self.assertEqual((self.packets_to(5001), self.packets_to(5002)), (0, 7))

    def test_plain_tshark_with_a_ring_buffer(self):
        ring = self.path("ring.pcapng")
        process = self.plain_capture("-b", "filesize:50", "-b", "files:8", "-w", ring)
        self.send(3000, pause=0.001)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        self.ends(process)
        self.assertEqual(len([name for name in os.listdir(self.folder) if name.startswith("ring")]), 8)
        self.assertEqual([row["tot_fwd_pkts"] for row in self.flows() if row["dst_port"] == "5001"], ["3000"])

    def test_an_interface_that_vanishes_is_an_error_that_keeps_what_was_recorded(self):
        process = self.capture()
        self.send(11, pause=0.001)
        time.sleep(0.5)
        ip("-n", NAMES[0], "link", "del", "out0")
        self.assertRegex(self.ends(process, status=1), r"^cicflowmeter: out0: .*no longer.*\n$")
        self.assertEqual(self.packets_to(5001), 11)

    def test_an_interface_that_is_not_there_leaves_the_old_file(self):
        with open(self.output, "w", encoding="utf-8") as file:
            file.write("old")
        done = subprocess.run([COMMAND, "-i", "nowhere0", "-c", self.output], env=ENVIRONMENT, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr.decode(), r"^cicflowmeter: nowhere0: .*nowhere0.*\n$")
        with open(self.output, encoding="utf-8") as file:
            self.assertEqual(file.read(), "old")

    def test_a_wrong_capture_filter(self):
        done = subprocess.run(["ip", "netns", "exec", NAMES[0], COMMAND, "-i", "out0", "--capture-filter", "udp porto",
                               "-c", self.output], env=ENVIRONMENT, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"filter", done.stderr)
        self.assertFalse(os.path.exists(self.output))

    def test_the_list_of_interfaces(self):
        done = subprocess.run(["ip", "netns", "exec", NAMES[0], COMMAND, "-D"], env=ENVIRONMENT, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertTrue(re.search(rb"^\d+\. out0\b", done.stdout, re.MULTILINE), done.stdout)

    def test_a_broken_pipe_ends_the_capture(self):
        process = self.inside(0, COMMAND, "-i", "out0", "--idle-timeout", "0.1", "-c", "-", stdout=subprocess.PIPE)
        process.stdout.close()
        end = time.monotonic() + 60
        while process.poll() is None:
            self.assertLess(time.monotonic(), end)
            self.send(1, port=5002)
            self.send(1, port=5003)
        self.assertEqual(process.returncode, 1)


if __name__ == "__main__":
    main()
