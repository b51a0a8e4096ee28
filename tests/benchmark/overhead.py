#!/usr/bin/env python3
"""What the plugin costs tshark: CPU time against `-z conv,tcp -z conv,udp`, and memory, measured alternately.

usage: overhead.py --plugin FOLDER CAPTURE [--runs 5]

FOLDER is where cicflow.so and cicflow.lua are (build/plugin). Prints user+system CPU seconds of every run, the ratio of the
medians with the smallest and largest ratio of neighbouring runs, and the largest resident memory of both. A capture of at
least 300,000 packets is wanted; make_capture.py makes one.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile


def run(command):
    """(CPU seconds, largest resident MiB) of a command."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"overhead.py: {' '.join(command)}: exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("capture")
    parser.add_argument("--plugin", required=True)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        read = ["tshark", "-r", options.capture, "-q"]
        plugin = read + ["-X", f"lua_script:{options.plugin}/cicflow.lua", "-o", f"cicflow.csv:{folder}/out.csv"]
        conversations = read + ["-z", "conv,tcp", "-z", "conv,udp"]
        results = {"plugin": [], "conversations": []}
        for number in range(options.runs):
            for name, command in (("conversations", conversations), ("plugin", plugin)):
                results[name].append(run(command))
            a, b = results["plugin"][-1], results["conversations"][-1]
            print(f"run {number + 1}: plugin {a[0]:.2f} s, conversations {b[0]:.2f} s, ratio {a[0] / b[0]:.3f}")
        with open(f"{folder}/out.csv", encoding="ascii") as csv:
            records = sum(1 for _ in csv) - 1
    cpu = {name: statistics.median(r[0] for r in runs) for name, runs in results.items()}
    memory = {name: max(r[1] for r in runs) for name, runs in results.items()}
    ratios = [a[0] / b[0] for a, b in zip(results["plugin"], results["conversations"])]
    print(f"CPU: ratio of medians {cpu['plugin'] / cpu['conversations']:.3f} (runs {min(ratios):.3f} to {max(ratios):.3f}), "
          f"aim at most 1.10")
    print(f"memory: plugin {memory['plugin']:.0f} MiB, conversations {memory['conversations']:.0f} MiB; {records} records")


if __name__ == "__main__":
    main()
