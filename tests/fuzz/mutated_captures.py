#!/usr/bin/env python3
"""Captures with random errors through tshark with the plugin: no crash, nothing lost, whole rows.

Every round takes the first frames of all captures, many copies of them in one file, and lets editcap change bytes at random
(each copy differently).  tshark reads that in one of the ways below.  Checked: the exit status, no report of a sanitizer,
packets = used + skipped, packets of all records = used, and every row has all columns.

usage: mutated_captures.py PLUGIN_FOLDER [--copies N] [--rounds N] [--seed N] [--keep FOLDER] CAPTURE...
"""
import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

FRAMES = 40
ERROR_PROBABILITIES = ("0.002", "0.02", "0.1")
WAYS = (
    ["-q"],
    ["-q", "-o", "cicflow.fast:TRUE"],
    ["-q", "-o", "cicflow.tunnel:outer", "-o", "cicflow.max_flows:3"],
    ["-q", "-o", "cicflow.dialect:python"],
    ["-q", "-o", "cicflow.dialect:java"],
    ["-q", "-o", "cicflow.dialect:java-fixed"],
    ["-q", "-o", "cicflow.dialect:java-fixed", "-o", "cicflow.fast:TRUE"],
    ["-2", "-q"],
    ["-V"],
    ["-2", "-T", "json", "-Y", "cicflow.last"],
    ["-q", "-z", "cicflow"],
    ["-q", "-o", "cicflow.active_timeout:0.5", "-o", "cicflow.idle_timeout:0.001"],
)
REPORTS = (b"AddressSanitizer", b"runtime error:", b"LeakSanitizer", b"GLib-CRITICAL", b"cicflow: Dissector bug")


class Failure(Exception):
    pass


def run(command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def base_capture(folder, captures, copies):
    """One file with `copies` copies of the first frames of every capture."""
    heads = []
    for number, path in enumerate(captures):
        head = os.path.join(folder, f"head{number}.pcapng")
        command = ["editcap", "-F", "pcapng", "-r", path, head, f"1-{FRAMES}"]
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0:
            heads.append(head)
    merged = os.path.join(folder, "merged.pcapng")
    run(["mergecap", "-a", "-w", merged, *heads * copies])
    return merged, len(heads)


def check_counts(path, stats_path, way):
    with open(stats_path, encoding="utf-8") as file:
        stats = json.load(file)
    if stats["packets"] != stats["used"] + sum(stats["skipped"].values()):
        raise Failure(f"packets are lost: {stats}")
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    if not rows:
        return
    header = rows[0]
    for row in rows[1:]:
        if len(row) != len(header):
            raise Failure(f"a row has {len(row)} of {len(header)} columns: {row}")
    if any("dialect" in option for option in way):
        return
    forward, backward = header.index("tot_fwd_pkts"), header.index("tot_bwd_pkts")
    # A packet that fragments joined to is one packet in its flow, and several frames that were used.
    total = sum(int(row[forward]) + int(row[backward]) for row in rows[1:])
    if total > stats["used"]:
        raise Failure(f"{total} packets in records, {stats['used']} used")


def check_way(plugin, capture, folder, way):
    out, stats = os.path.join(folder, "out.csv"), os.path.join(folder, "stats.json")
    for path in (out, stats):
        if os.path.exists(path):
            os.remove(path)
    command = ["tshark", "-X", f"lua_script:{plugin}/cicflow.lua", "-r", capture, *way, "-o", f"cicflow.csv:{out}",
               "-o", f"cicflow.stats:{stats}"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    for report in REPORTS:
        if report in done.stderr:
            raise Failure(done.stderr.decode(errors="replace")[-3000:])
    if done.returncode != 0:
        raise Failure(f"exit status {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    check_counts(out, stats, way)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plugin")
    parser.add_argument("captures", nargs="+")
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="folder for the captures that fail")
    options = parser.parse_args()
    failed, mutated = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        merged, heads = base_capture(folder, options.captures, options.copies)
        for number in range(options.rounds):
            seed = options.seed + number
            capture = os.path.join(folder, "mutated.pcapng")
            probability = ERROR_PROBABILITIES[seed % len(ERROR_PROBABILITIES)]
            run(["editcap", "-E", probability, "--seed", str(seed), merged, capture])
            for way in WAYS if options.rounds == 1 else (WAYS[seed % len(WAYS)],):
                mutated += heads * options.copies
                try:
                    check_way(options.plugin, capture, folder, way)
                except Failure as failure:
                    failed += 1
                    print(f"seed {seed}, {' '.join(way)}: {failure}", file=sys.stderr)
                    if options.keep:
                        shutil.copy(capture, os.path.join(options.keep, f"seed{seed}.pcapng"))
    print(f"{mutated} mutated captures read, {failed} runs failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
