#!/usr/bin/env python3
"""Other flow meters and cicflow on the same captures, in turn: time, CPU time, memory, packets a second, flows, versions.

usage: peers.py [--command CICFLOWMETER] [--venv FOLDER] [--install] [--runs N] CAPTURE...

--install puts nfstream and the Python cicflowmeter of PyPI into the virtual environment FOLDER. From Debian: argus-server,
argus-client, nfdump, softflowd, tshark. A missing tool is left out, and a line says so. The table is
Markdown; times are the median of the runs. It shows what the tools cost, and they compute different features.
"""
import argparse
import glob
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

Tool = namedtuple("Tool", "name needs version command flows computes")
PYPI = ("nfstream", "cicflowmeter")
NFSTREAM = """import sys
from nfstream import NFStreamer
NFStreamer(source=sys.argv[1], statistical_analysis=True).to_csv(path=sys.argv[2])
"""
# softflowd sends its records to a collector, which needs a moment for the last of them.
SOFTFLOWD = """mkdir "$OUT/records"
nfcapd -w "$OUT/records" -b 127.0.0.1 -p 29995 -B 33554432 > /dev/null 2>&1 < /dev/null & collector=$!
sleep 0.5
timeout 600 softflowd -r "$CAPTURE" -d -6 -m 1000000 -v 9 -n 127.0.0.1:29995 -p "$OUT/pid" -c none
sleep 0.5
kill $collector
wait $collector"""
LIMIT_S = 1800


def lines(path):
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def rows(out):
    return max(lines(os.path.join(out, "flows.csv")) - 1, 0)


def conversations(out):
    with open(os.path.join(out, "stdout"), encoding="utf-8", errors="replace") as file:
        return sum(" <-> " in line for line in file)


def nfdump_flows(out):
    command = ["nfdump", "-R", os.path.join(out, "records"), "-q", "-N", "-o", "fmt:%pr"]
    text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return len(text.splitlines())


def first_number(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "?"


def pip_version(venv, package):
    done = subprocess.run([f"{venv}/bin/pip", "show", package], capture_output=True, text=True, check=False)
    found = re.search(r"^Version: (.*)", done.stdout, re.M)
    return found[1] if found else "?"


def tools(command, venv):
    """The shell commands read $CAPTURE and write below $OUT."""
    python = f"{venv}/bin/python3"
    return [
        Tool("cicflow", [command], lambda: first_number(command, "--version"),
             f'"{command}" -q -f "$CAPTURE" -c "$OUT/flows.csv"', rows, "the 82 CICFlowMeter features"),
        Tool("tshark, bare read", ["tshark"], lambda: first_number("tshark", "--version"),
             'tshark -r "$CAPTURE" -w /dev/null', None, "nothing"),
        Tool("tshark, conversations", ["tshark"], lambda: first_number("tshark", "--version"),
             'tshark -q -n -r "$CAPTURE" -z conv,tcp -z conv,udp', conversations, "packets, bytes, times"),
        Tool("argus and racluster", ["argus", "racluster"], lambda: first_number("argus", "-h"),
             'argus -X -A -r "$CAPTURE" -w "$OUT/argus" && racluster -n -c , -r "$OUT/argus" > "$OUT/flows.csv"', rows,
             "its own"),
        Tool("nfpcapd (nfdump)", ["nfpcapd", "nfdump"], lambda: first_number("nfdump", "-V"),
             'mkdir "$OUT/records" && nfpcapd -r "$CAPTURE" -w "$OUT/records"', nfdump_flows, "packets, bytes, times, flags"),
        Tool("softflowd and nfcapd", ["softflowd", "nfcapd"], lambda: first_number("softflowd", "-h"), SOFTFLOWD, nfdump_flows,
             "packets, bytes, times, flags"),
        Tool("nfstream, statistics", [python, f"{venv}/lib/python3*/site-packages/nfstream"], lambda: pip_version(venv, "nfstream"),
             f'"{python}" "$OUT/run.py" "$CAPTURE" "$OUT/flows.csv"', rows, "its own, applications by nDPI"),
        Tool("cicflowmeter of PyPI", [f"{venv}/bin/cicflowmeter"], lambda: pip_version(venv, "cicflowmeter"),
             f'"{venv}/bin/cicflowmeter" -f "$CAPTURE" -c "$OUT/flows.csv"', rows, "82 columns"),
    ]


def is_there(name):
    return bool(shutil.which(name) or glob.glob(name))


def measure(tool, capture):
    """(seconds, CPU seconds, MiB of the largest process, flows), or None."""
    with tempfile.TemporaryDirectory() as out:
        with open(os.path.join(out, "run.py"), "w", encoding="utf-8") as file:
            file.write(NFSTREAM)
        environment = dict(os.environ, CAPTURE=os.path.abspath(capture), OUT=out)
        with open(os.path.join(out, "stdout"), "wb") as stdout, open(os.path.join(out, "stderr"), "wb") as stderr:
            begin = time.monotonic()
            child = subprocess.Popen(["timeout", str(LIMIT_S), "sh", "-c", tool.command], env=environment, stdout=stdout,
                                     stderr=stderr)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.monotonic() - begin
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            with open(os.path.join(out, "stderr"), encoding="utf-8", errors="replace") as file:
                print(f"{tool.name}: status {child.returncode}: " + (file.read().strip().splitlines() or ["no message"])[-1])
            return None
        flows = tool.flows(out) if tool.flows else None
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, flows


def packets_of(capture):
    done = subprocess.run(["capinfos", "-M", "-c", "-T", "-r", capture], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


def install(venv):
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([f"{venv}/bin/pip", "install", "--quiet", *PYPI], check=True)


def compare(all_tools, capture, runs):
    packets = packets_of(capture)
    print(f"\n{os.path.basename(capture)}: {packets} packets, {os.path.getsize(capture)} bytes; median of {runs} runs in turn\n")
    results = {tool.name: [] for tool in all_tools}
    for _ in range(runs):
        for tool in all_tools:
            result = measure(tool, capture)
            if result:
                results[tool.name].append(result)
    print("| tool | version | time (s) | CPU (s) | memory (MiB) | packets/s | flows | computes |\n|---|---|---|---|---|---|---|---|")
    for tool in all_tools:
        found = results[tool.name]
        if not found:
            continue
        seconds, cpu, memory = (statistics.median(part) for part in list(zip(*found))[:3])
        flows = "" if found[0][3] is None else found[0][3]
        print(f"| {tool.name} | {tool.version()} | {seconds:.2f} | {cpu:.2f} | {memory:.0f} | {packets / seconds:,.0f} | {flows} |"
              f" {tool.computes} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default="cicflowmeter")
    parser.add_argument("--venv", default=os.path.join(tempfile.gettempdir(), "cicflow-peers"))
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("captures", nargs="+")
    options = parser.parse_args()
    if options.install:
        install(options.venv)
    command = shutil.which(options.command)
    if not command:
        sys.exit(f"peers.py: there is no command {options.command}; --command says where it is")
    if os.path.dirname(os.path.realpath(command)).startswith(os.path.realpath(options.venv)):
        sys.exit(f"peers.py: {command} is the one of PyPI; --command says where ours is")
    everything = tools(os.path.abspath(command), options.venv)
    present = [tool for tool in everything if all(is_there(name) for name in tool.needs)]
    for tool in everything:
        if tool not in present:
            print(f"left out: {tool.name} is not installed")
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the beginning")
    for capture in options.captures:
        compare(present, capture, options.runs)


if __name__ == "__main__":
    main()
