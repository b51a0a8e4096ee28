#!/usr/bin/env python3
"""A live capture at the highest packet rate of the machine, in a network of its own: checks records and memory.

usage: live_hour.py BUILD_FOLDER [--seconds N] [--rate PACKETS_A_SECOND]

send-frames sends packets of ever new flows on one end of a pair of virtual interfaces; cicflowmeter -i takes them from the
other end. What dumpcap passes to the command is also copied to a file, so the file has the same packets with the same times. Then cicflowmeter -f
reads the file: the records have to be the same, byte for byte. The command's memory is watched: once flows end as fast as they begin it must not
grow. Needs root; otherwise status 77.
"""
import argparse
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
IDLE_TIMEOUT = "2"
HOUR = 3600
# Growth between the first and the last third of the samples that is no growth.
SLACK_KIB, SLACK_SHARE = 8 * 1024, 0.05

# What the command finds; the process stays dumpcap, for signals.
DUMPCAP = """#!/bin/bash
[ "$1" = -q ] || exec {dumpcap} "$@"
exec {dumpcap} "$@" > >(exec tee '{copy}')
"""


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


class Network:
    """Two namespaces with an interface each."""

    def __init__(self):
        self.names = [f"cicflow-hour-{os.getpid()}-{end}" for end in ("a", "b")]

    def __enter__(self):
        try:
            return self.made()
        except BaseException:
            self.__exit__()
            raise

    def made(self):
        for name in self.names:
            ip("netns", "add", name)
            self.inside(name, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6").wait()
        ip("link", "add", "out0", "netns", self.names[0], "type", "veth", "peer", "name", "out0", "netns", self.names[1])
        for name in self.names:
            ip("-n", name, "link", "set", "out0", "up")
        return self

    def __exit__(self, *unused):
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    def arrived(self):
        """Packets that the interface at which is captured has received."""
        text = subprocess.run(["ip", "-n", self.names[0], "-j", "-s", "link", "show", "out0"], capture_output=True, check=True).stdout
        return json.loads(text)[0]["stats64"]["rx"]["packets"]

    def inside(self, name, *command, **more):
        return subprocess.Popen(["ip", "netns", "exec", name, *command], **more)


def children_of(pid):
    """The process and all its descendants; threads have children too."""
    found = [pid]
    for parent in found:
        for tasks in glob.glob(f"/proc/{parent}/task/*/children"):
            try:
                with open(tasks, encoding="ascii") as file:
                    found += [int(child) for child in file.read().split()]
            except OSError:
                pass  # it has just ended
    return found


def memory_of(pid):
    """{name of the program: KiB that are resident} of the process and all below it."""
    memory = {}
    for process in children_of(pid):
        try:
            with open(f"/proc/{process}/status", encoding="utf-8") as file:
                text = file.read()
        except OSError:
            continue
        name, size = re.search(r"Name:\s+(\S+)", text), re.search(r"VmRSS:\s+(\d+)", text)
        if name and size:
            memory[name[1]] = memory.get(name[1], 0) + int(size[1])
    return memory


def start_capture(network, command, output, tools):
    environment = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}")
    capture = network.inside(network.names[0], command, "-i", "out0", "--buffer-size", "64", "--idle-timeout", IDLE_TIMEOUT, "-c",
                             output, env=environment, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    packets = ["ip", "netns", "exec", network.names[0], "cat", "/proc/net/packet"]
    while len(subprocess.run(packets, capture_output=True, check=True).stdout.splitlines()) < 2:
        if capture.poll() is not None or time.monotonic() > end:
            sys.exit(f"the capture does not begin: {capture.communicate()[1].decode()}")
        time.sleep(0.05)
    time.sleep(0.5)
    return capture


def write_dumpcap(folder, copy):
    path = os.path.join(folder, "dumpcap")
    with open(path, "w", encoding="utf-8") as file:
        file.write(DUMPCAP.format(dumpcap=shutil.which("dumpcap"), copy=copy))
    os.chmod(path, 0o755)


def send(network, sender, capture, options):
    """The number of packets, and what memory was used each second."""
    rate = [str(options.rate)] if options.rate else []
    process = network.inside(network.names[1], sender, "out0", str(options.seconds), *rate, stdout=subprocess.PIPE)
    samples = []
    while process.poll() is None:
        samples.append(memory_of(capture.pid))
        time.sleep(min(1, options.seconds / 30))
    return int(process.communicate()[0]), samples


def wait_for_the_last(copy):
    """Until dumpcap has taken what is in the kernel's buffer, which it forgets at its end."""
    size = -1
    while os.path.getsize(copy) != size:
        size = os.path.getsize(copy)
        time.sleep(1)


def grows(samples, name):
    """The program's memory in the first and the last third of the time after the beginning, and whether that is growth."""
    sizes = [sample[name] for sample in samples[len(samples) // 4:] if name in sample]
    third = max(1, len(sizes) // 3)
    if not sizes:
        sys.exit(f"{name}: its memory was not seen")
    first, last = max(sizes[:third]), max(sizes[-third:])
    print(f"{name}: {first / 1024:.1f} MiB, then {last / 1024:.1f} MiB, at most {max(sizes) / 1024:.1f} MiB")
    return last > first + max(SLACK_KIB, SLACK_SHARE * first)


def count_packets(capture):
    text = subprocess.run(["capinfos", "-Mc", capture], capture_output=True, check=True, text=True).stdout
    return int(re.search(r"Number of packets:\s*(\d+)", text)[1])


def same_bytes(first, second):
    return subprocess.run(["cmp", first, second], check=False).returncode == 0


def measure(network, options, folder):
    command, sender = (os.path.join(options.build, *parts) for parts in (("cli-wrapper", "cicflowmeter"), ("tests", "benchmark", "send-frames")))
    live, read, copy = (os.path.join(folder, name) for name in ("live.csv", "read.csv", "copy.pcapng"))
    write_dumpcap(folder, copy)
    with start_capture(network, command, live, folder) as capture:
        try:
            sent, samples = send(network, sender, capture, options)
            wait_for_the_last(copy)
        finally:
            ended = time.monotonic()
            capture.send_signal(signal.SIGINT)
        complaints = capture.communicate()[1].decode().strip()
    behind = time.monotonic() - ended
    captured, arrived = count_packets(copy), network.arrived()
    print(f"{sent} packets in {options.seconds:g} s, {sent / options.seconds:.0f} a second: an hour of {sent / HOUR:.0f} a second")
    print(f"{sent - arrived} lost on the way, {arrived} arrived, {captured} captured; status {capture.returncode} "
          f"({complaints or 'no complaints'}); the last record came {behind:.1f} s after the signal to end")
    subprocess.run([command, "-q", "-f", copy, "--idle-timeout", IDLE_TIMEOUT, "-c", read], check=True)
    same = same_bytes(live, read)
    with open(read, "rb") as file:
        records = sum(1 for _ in file) - 1
    print(f"{records} records from the file; those of the live capture are {'the same' if same else 'DIFFERENT'}")
    growth = grows(samples, "cicflowmeter")
    if growth:
        print("the memory of cicflowmeter GROWS")
    return capture.returncode == 0 and same and not growth and captured > 0 and records > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--rate", type=float, help="packets a second; as many as there can be unless told")
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    if os.geteuid() != 0:
        print("skipped: network namespaces need root")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        try:
            network = Network().__enter__()
        except (OSError, subprocess.CalledProcessError) as problem:
            print(f"skipped: no network namespaces here: {problem}")
            return SKIPPED
        try:
            return 0 if measure(network, options, folder) else 1
        finally:
            network.__exit__()


if __name__ == "__main__":
    sys.exit(main())
