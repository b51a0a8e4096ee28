#!/usr/bin/env python3
"""The benchmark suite: one table of everything that is said about speed and memory, with ratios and their spread.

usage: run.py --build BUILD [--capture CAPTURE] [--runs 5] [--large-packets 5000000] [--quick]

BUILD is where the project was built (with the command). What is compared runs alternately, so that a busy machine burdens
both; a ratio is the median of the ratios of neighbouring runs, with the smallest and the largest. Without --capture a mix of
650,000 packets is made of the captures in ../shared/captures, or of test-captures where those are not. --quick uses small
numbers: it shows that everything works, and nothing else. Large files are made in the temporary folder (TMPDIR) and removed.
"""
import argparse
import glob
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# The port scan alone would make half of the flows of a mix.
LEFT_OUT = "synscan"


class Run:
    """Wall and CPU seconds of a command, and the largest resident MiB of it and its children."""

    def __init__(self, command):
        start = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            text = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"run.py: {' '.join(command)}: exit status {process.returncode}: {text.decode(errors='replace')[-500:]}")
        self.wall = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


def alternate(commands, runs):
    """The runs of each command; the first of each fills the caches and does not count."""
    results = [[Run(command) for command in commands] for _ in range(runs + 1)][1:]
    return list(zip(*results))


def spread(values, digits=2):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def ratio(pairs, what):
    return spread([getattr(a, what) / getattr(b, what) for a, b in pairs])


def row(name, value, remark=""):
    print(f"| {name} | {value} | {remark} |", flush=True)


class Suite:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.out = os.path.join(folder, "out.csv")
        self.runs = 1 if options.quick else options.runs
        self.command = os.path.join(options.build, "cli-wrapper", "cicflowmeter")
        self.script = os.path.join(options.build, "plugin", "cicflow.lua")

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name, *arguments):
        return subprocess.run([os.path.join(self.options.build, "tests", "benchmark", name), *map(str, arguments)],
                              check=True, capture_output=True, text=True).stdout.splitlines()

    def bare(self, capture):
        return ["tshark", "-r", capture, "-w", "/dev/null"]

    def command_line(self, capture, *more):
        return [self.command, "-q", "-f", capture, "-c", self.out, *more]

    def plugin(self, capture, *more):
        return ["tshark", "-r", capture, "-q", "-X", f"lua_script:{self.script}", "-o", f"cicflow.csv:{self.out}", *more]

    def records(self):
        with open(self.out, "rb") as file:
            return sum(1 for _ in file) - 1

    def mix(self):
        if self.options.capture:
            return self.options.capture
        captures = glob.glob(os.path.join(ROOT, "..", "shared", "captures", "*.pcap*")) or \
            glob.glob(os.path.join(ROOT, "test-captures", "*.pcap*"))
        count = 3000 if self.options.quick else 650_412
        subprocess.run([sys.executable, os.path.join(HERE, "make_capture.py"), self.path("mix.pcap"), "--packets", str(count),
                        *(name for name in captures if LEFT_OUT not in name)], check=True, stderr=subprocess.DEVNULL)
        return self.path("mix.pcap")

    def flows(self, packets, flows, open_at_once=None):
        path = self.path("flows.pcap")
        subprocess.run([sys.executable, os.path.join(HERE, "make_flows.py"), path, "--packets", str(packets), "--flows", str(flows),
                        *(["--open", str(open_at_once)] if open_at_once else [])], check=True)
        return path

    def parts(self):
        flows, packets = (1000, 10_000) if self.options.quick else (1_000_000, 10_000_000)
        for line in self.program("engine-benchmark", flows, packets) + \
                self.program("writer-benchmark", 1000 if self.options.quick else 200_000):
            name, value = line.split(": ", 1)
            row(f"{'writer' if 'rows/s' in value else 'engine'}, {name}", value)

    def against_reading(self, mix):
        command, bare, one = alternate([self.command_line(mix), self.bare(mix), self.command_line(mix, "--jobs", "1")], self.runs)
        row("command", f"{spread([r.wall for r in command])} s", f"{self.records()} records of {os.path.basename(mix)}")
        row("`tshark -r x -w /dev/null`", f"{spread([r.wall for r in bare])} s")
        row("command / bare read, wall time", ratio(zip(command, bare), "wall"), "aim: at most 2")
        row("command / bare read, CPU time", ratio(zip(command, bare), "cpu"))
        row("command `--jobs 1` / bare read, wall time", ratio(zip(one, bare), "wall"))

    def against_dissection(self, mix):
        conversations = ["tshark", "-r", mix, "-q", "-z", "conv,tcp", "-z", "conv,udp"]
        runs = 1 if self.options.quick else self.runs
        plugin, bare = alternate([self.plugin(mix), conversations], runs)
        row("plugin, everything dissected / `-z conv,tcp -z conv,udp`, CPU time", ratio(zip(plugin, bare), "cpu"),
            "aim: at most 1.10")

    def memory(self):
        flows = 700 if self.options.quick else 70_000
        capture = self.flows(flows * 8, flows)
        command, bare = alternate([self.command_line(capture), self.bare(capture)], 1)
        row(f"memory beyond tshark's, {flows} open flows", f"{command[0].memory - bare[0].memory:.0f} MiB", "aim: at most 150")
        sizes = (2000, 8000) if self.options.quick else (100_000, 400_000)
        for open_flows in (flows // 70, flows // 7):
            measured = [alternate([self.plugin(self.flows(packets, open_flows))], 1)[0][0].memory for packets in sizes]
            row(f"memory of the plugin, everything dissected, {open_flows} open flows",
                " and ".join(f"{memory:.0f} MiB with {packets} packets" for memory, packets in zip(measured, sizes)))

    def growth(self, name, sizes):
        """Time for each size; what counts is that the time for a packet, or a flow, stays."""
        for packets, flows, open_at_once in sizes:
            capture = self.flows(packets, flows, open_at_once)
            command, bare = alternate([self.command_line(capture), self.bare(capture)], max(1, self.runs // 3))
            wall = statistics.median(r.wall for r in command)
            row(f"{name}: {packets} packets, {flows} flows", f"{wall:.2f} s, {wall / packets * 1e6:.3f} us a packet",
                f"/ bare read {ratio(zip(command, bare), 'wall')}; {max(r.memory for r in command):.0f} MiB")
            if self.records() != flows:
                sys.exit(f"run.py: {self.records()} records of {flows} flows")

    def all(self):
        large = 20_000 if self.options.quick else self.options.large_packets
        print("| what | result | |\n|---|---|---|")
        self.parts()
        mix = self.mix()
        self.against_reading(mix)
        self.against_dissection(mix)
        self.memory()
        self.growth("packets", [(large // 4, large // 100, 1000), (large // 2, large // 50, 1000), (large, large // 25, 1000)])
        self.growth("flows", [(large // 4, flows, 1000) for flows in (large // 400, large // 40, large // 8)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--capture")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large-packets", type=int, default=5_000_000)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cicflow-benchmark-") as folder:
        Suite(options, folder).all()


if __name__ == "__main__":
    main()
