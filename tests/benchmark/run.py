#!/usr/bin/env python3
"""The benchmark suite: one table of all documented figures for speed and memory, with ratios and their spread.

usage: run.py --build BUILD [--mixes FOLDER] [--capture CAPTURE]... [--only PART,...] [--runs 5] [--large-packets 5000000] [--quick]

BUILD is where the project was built (with the command). Compared runs alternate, so that a busy machine slows both; a ratio is the median of the
ratios of neighbouring runs, with the smallest and the largest. The command is compared on these captures: a mix of many protocols
(make_protocol_mix.py, which keeps its downloads in FOLDER, by default the user's cache), a mix of ordinary traffic (650,000 packets of the captures
in ../shared/captures, or of test-captures where those are not), and flows of 25 and of 5 packets. --capture compares it on captures of yours instead.
PART: parts, reading, small, folder, dissection, defined, memory, growth. --quick uses small numbers: it shows that everything works, and nothing
else. Large files are made in the temporary folder (TMPDIR) and removed.
"""
import argparse
import datetime
import glob
import os
import platform
import shutil
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

    def ordinary(self):
        captures = glob.glob(os.path.join(ROOT, "..", "shared", "captures", "*.pcap*")) or \
            glob.glob(os.path.join(ROOT, "test-captures", "*.pcap*"))
        path = self.path("ordinary.pcap")
        if not os.path.exists(path):
            self.make("make_capture.py", path, "--packets", str(3000 if self.options.quick else 650_412),
                      *(name for name in captures if LEFT_OUT not in name))
        return path

    def protocols(self):
        return self.make("make_protocol_mix.py", self.options.mixes).strip()

    def make(self, script, *arguments):
        return subprocess.run([sys.executable, os.path.join(HERE, script), *arguments], check=True, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout

    def flows(self, packets, flows, open_at_once=None):
        path = self.path("flows.pcap")
        self.make("make_flows.py", path, "--packets", str(packets), "--flows", str(flows),
                  *(["--open", str(open_at_once)] if open_at_once else []))
        return path

    def parts(self):
        flows, packets = (1000, 10_000) if self.options.quick else (1_000_000, 10_000_000)
        for line in self.program("engine-benchmark", flows, packets) + \
                self.program("writer-benchmark", 1000 if self.options.quick else 200_000):
            name, value = line.split(": ", 1)
            row(f"{'writer' if 'rows/s' in value else 'engine'}, {name}", value)

    def against_reading(self, name, capture, aim=""):
        commands = [self.command_line(capture), self.bare(capture), ["capinfos", "-c", capture], self.command_line(capture, "--jobs", "1")]
        command, bare, count, one = alternate(commands, self.runs)
        row(f"{name}: command", f"{spread([r.wall for r in command])} s, CPU {spread([r.cpu for r in command])} s",
            f"{self.records()} records, {os.path.getsize(capture) / 1e6:.0f} MB")
        row(f"{name}: `tshark -r x -w /dev/null`", f"{spread([r.wall for r in bare])} s, CPU {spread([r.cpu for r in bare])} s")
        row(f"{name}: `capinfos -c`", f"{spread([r.wall for r in count])} s, CPU {spread([r.cpu for r in count])} s")
        row(f"{name}: command / bare read, wall time", ratio(zip(command, bare), "wall"), aim)
        row(f"{name}: command / bare read, CPU time", ratio(zip(command, bare), "cpu"))
        row(f"{name}: command / `capinfos -c`, wall time", ratio(zip(command, count), "wall"))
        row(f"{name}: command / `capinfos -c`, CPU time", ratio(zip(command, count), "cpu"))
        row(f"{name}: command `--jobs 1` / bare read, wall time", ratio(zip(one, bare), "wall"))

    def reading(self):
        if self.options.capture:
            for capture in self.options.capture:
                self.against_reading(os.path.basename(capture), capture)
            return
        if not self.options.quick:
            self.against_reading("many protocols", self.protocols(), "aim: at most 1.5")
        self.against_reading("ordinary traffic", self.ordinary(), "aim: at most 1.2")
        packets = 2000 if self.options.quick else 1_000_000
        self.against_reading("flows of 25 packets", self.flows(packets, packets // 25, 1000), "aim: at most 1.0")
        self.against_reading("flows of 5 packets", self.flows(packets, packets // 5, 1000))

    def small(self):
        capture = self.flows(200, 10)
        command, bare = alternate([self.command_line(capture), self.bare(capture)], self.runs * 4)
        row("200 plain frames: command", f"{spread([r.wall for r in command], 3)} s, CPU {spread([r.cpu for r in command], 3)} s",
            "aim: 0.06 s")
        row("200 plain frames: command / bare read, wall time", ratio(zip(command, bare), "wall"))

    def folder_of_captures(self):
        """A folder against what the command did before it read captures: a tshark with the plugin for each, as many as processors."""
        count, sample = (10, 4) if self.options.quick else (1000, 50)
        captures = self.path("captures")
        shutil.rmtree(captures, ignore_errors=True)
        os.mkdir(captures)
        small = self.flows(200, 10)
        for number in range(count):
            shutil.copy(small, os.path.join(captures, f"{number}.pcap"))
        command = [self.command, "-q", "-d", captures, "-c", self.path("records") + os.sep]
        paths = " ".join(os.path.join(captures, f"{number}.pcap") for number in range(sample))
        one = " ".join(self.plugin("{}")).replace(f"csv:{self.out}", "csv:{}.csv")
        before = ["sh", "-c", f"printf '%s\\n' {paths} | xargs -P {os.cpu_count()} -I {{}} {one}"]
        ours, theirs = alternate([command, before], max(1, self.runs // 2))
        for what in ("wall", "cpu"):
            values = [getattr(a, what) / count for a in ours], [getattr(b, what) / sample for b in theirs]
            row(f"{count} captures of 200 packets in a folder, {what} time of each", f"{spread([v * 1000 for v in values[0]], 1)} ms",
                f"a tshark with the plugin for each: {spread([v * 1000 for v in values[1]])} ms, "
                f"{spread([b / a for a, b in zip(*values)], 1)} times; aim: 10 times")

    def against_dissection(self, mix):
        conversations = ["tshark", "-r", mix, "-q", "-z", "conv,tcp", "-z", "conv,udp"]
        runs = 1 if self.options.quick else self.runs
        plugin, bare = alternate([self.plugin(mix), conversations], runs)
        row("plugin, everything dissected / `-z conv,tcp -z conv,udp`, CPU time", ratio(zip(plugin, bare), "cpu"),
            "aim: at most 1.10")

    def defined(self):
        """Columns that users define, and further columns, against records without them."""
        fields = ("tls.handshake.type", "tls.record.length", "dns.qry.type", "dns.resp.ttl", "dns.count.answers", "http.response.code",
                  "http.content_length", "tcp.analysis.ack_rtt", "tcp.time_delta", "tcp.options.mss_val")
        plain = ("frame.len", "ip.len", "ip.ttl", "tcp.flags", "tcp.window_size_value", "tcp.srcport", "udp.dstport", "packet.payload_len",
                 "packet.ttl", "packet.ip_len")
        for name, chosen in (("fields", fields), ("plain", plain)):
            with open(self.path(f"{name}.define"), "w", encoding="utf-8") as file:
                file.writelines(f"c{number} = max({field})\n" for number, field in enumerate(chosen))
        capture = self.ordinary()
        ways = ([], ["--full-dissection"], ["--define", self.path("fields.define")], ["--define", self.path("plain.define")],
                ["--extra", "payload,flags,ttl,window,tcp"], ["--sequence", "20"])
        records, full, defined, facts, extra, sequence = alternate([self.command_line(capture, "--jobs", "1", *way) for way in ways], self.runs)
        row("ten definitions of fields / `--full-dissection`, CPU time", ratio(zip(defined, full), "cpu"), "aim: at most 1.3")
        for name, runs in (("ten definitions that need no dissection", facts), ("further columns without dissection", extra),
                           ("`--sequence 20`", sequence)):
            row(f"{name} / without, CPU time", ratio(zip(runs, records), "cpu"))

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
        """Time for each size; the time per packet, or per flow, should stay the same."""
        for packets, flows, open_at_once in sizes:
            capture = self.flows(packets, flows, open_at_once)
            command, bare = alternate([self.command_line(capture), self.bare(capture)], max(1, self.runs // 3))
            wall = statistics.median(r.wall for r in command)
            row(f"{name}: {packets} packets, {flows} flows", f"{wall:.2f} s, {wall / packets * 1e6:.3f} us a packet",
                f"/ bare read {ratio(zip(command, bare), 'wall')}; {max(r.memory for r in command):.0f} MiB")
            if self.records() != flows:
                sys.exit(f"run.py: {self.records()} records of {flows} flows")

    def machine(self):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = {line.split(":", 1)[1].strip() for line in file if line.startswith("model name")}
        wireshark = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
        print(f"{wireshark}, {platform.machine()} {' '.join(models)}, {os.cpu_count()} processors, "
              f"{datetime.date.today()}, load at the beginning {os.getloadavg()[0]:.1f}\n")

    def all(self):
        large = 20_000 if self.options.quick else self.options.large_packets
        chosen = self.options.only.split(",") if self.options.only else None
        steps = {
            "parts": self.parts,
            "reading": self.reading,
            "small": self.small,
            "folder": self.folder_of_captures,
            "dissection": lambda: self.against_dissection(self.ordinary()),
            "defined": self.defined,
            "memory": self.memory,
            "growth": lambda: (
                self.growth("packets", [(large // 4, large // 100, 1000), (large // 2, large // 50, 1000), (large, large // 25, 1000)]),
                self.growth("flows", [(large // 4, flows, 1000) for flows in (large // 400, large // 40, large // 8)])),
        }
        unknown = set(chosen or ()) - set(steps)
        if unknown:
            sys.exit(f"run.py: --only: there is no part {', '.join(sorted(unknown))}; there are: {', '.join(steps)}")
        self.machine()
        print("| what | result | |\n|---|---|---|")
        for name, step in steps.items():
            if chosen is None or name in chosen:
                step()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--mixes", default=os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "cicflow-mixes"))
    parser.add_argument("--capture", action="append")
    parser.add_argument("--only")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large-packets", type=int, default=5_000_000)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cicflow-benchmark-") as folder:
        Suite(options, folder).all()


if __name__ == "__main__":
    main()
