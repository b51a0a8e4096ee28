#!/usr/bin/env python3
"""Compares the plugin with the reference of a dialect over generated captures, row by row in their order.

usage: run_generated.py PLUGIN_FOLDER DIALECT [PACKETS [SEED...]]      (default: 1500 packets, seed 1)

Every profile of generated.py with every seed, and every link layer with broken frames; each also with cicflow.fast.  With
300000 packets and a few seeds it takes hours of traffic and about an hour.  Status 1 when anything differs.
"""
import concurrent.futures
import os
import pathlib
import sys
import tempfile

import broken_frames
import generated
import pcap
import programs
import records
import wire

PACKETS, SEEDS = 1500, (1,)


def captures(seeds):
    """(name, link type, function of the number of packets that yields the records)"""
    for seed in seeds:
        for name, profile in generated.PROFILES.items():
            yield f"{name}-{seed}", pcap.ETHERNET, generated.Traffic(profile, f"{name} {seed}").records
        for link, (link_type, _) in wire.LINKS.items():
            yield f"broken-{link}-{seed}", link_type, broken_frames.BrokenFrames(link, seed).records


def compare(capture, dialect, packets, tshark):
    """(name, rows, what differs)"""
    name, link_type, make = capture
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"{name}.pcap"
        pcap.write(path, make(packets), link_type)
        expected = programs.reference_records(dialect, path)
        found = records.differences(expected, tshark.records(path, dialect))
        found += [f"fast: {line}" for line in records.differences(expected, tshark.records(path, dialect, "-o", "cicflow.fast:TRUE"))]
    return name, max(expected.count(b"\n") - 1, 0), found


def main(arguments):
    if len(arguments) < 3 or arguments[2] not in programs.REFERENCES:
        print(f"usage: {arguments[0]} PLUGIN_FOLDER {'|'.join(programs.REFERENCES)} [PACKETS [SEED...]]", file=sys.stderr)
        return 2
    dialect, packets = arguments[2], int(arguments[3]) if len(arguments) > 3 else PACKETS
    tshark = programs.Tshark(arguments[1])
    count = rows = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(compare, capture, dialect, packets, tshark) for capture in captures(arguments[4:] or SEEDS)]
        for job in jobs:
            name, written, found = job.result()
            count, rows, failed = count + 1, rows + written, failed + bool(found)
            for line in found:
                print(f"{name}: {line}")
    print(f"{count - failed} of {count} captures of {packets} packets agree, {rows} records")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
