#!/usr/bin/env python3
"""The plugin's records of captures composed after bug reports, against their right values, the ordinary way and the fast one.

usage: compare_reports.py PLUGIN_FOLDER SHARED_FOLDER

What is right of SHARED/reports/NAME.pcap is in NAME.csv beside it, every cell, or in the table of SHARED/reports/README.md, whose
values are repeated below. Exit status 77 when the folder is not there.
"""
import csv
import os
import subprocess
import sys
import tempfile

SKIPPED = 77
WAYS = {"ordinary": [], "fast": ["-o", "cicflow.fast:TRUE"]}
ENVIRONMENT = dict(os.environ, TZ="UTC")

FROM_CLIENT = {"src_ip": "10.0.0.1"}
FROM_SERVER = {"src_ip": "10.0.0.2"}
TABLE = [  # capture, options, what is told of each record, in their order
    ("first-fragments-only", [], [{"tot_fwd_pkts": 5, "tot_bwd_pkts": 0, "totlen_fwd_pkts": 7170, "flow_duration": 4,
                                   "fwd_act_data_pkts": 5}]),
    ("udp-fragments-snaplen-96", [], [dict(FROM_CLIENT, src_port=5, tot_fwd_pkts=1, totlen_fwd_pkts=3110, tot_bwd_pkts=1,
                                           totlen_bwd_pkts=43, flow_duration=0.8)]),
    ("ipv6-tso-payload-length-0", [], [{"tot_fwd_pkts": 5, "totlen_fwd_pkts": 12370, "fwd_act_data_pkts": 4, "tot_bwd_pkts": 1}]),
    ("same-5-tuple-two-vlans", [], [{"packets": 4}]),
    ("same-5-tuple-two-vlans", ["-o", "cicflow.vlan_flows:TRUE"], [{"packets": 2}, {"packets": 2}]),
    ("rotated-1", [], [FROM_CLIENT]),
    ("rotated-2", [], [FROM_SERVER, FROM_CLIENT, FROM_CLIENT]),
]
# Rules that the program does not follow yet: shown, and not counted as wrong.
TO_COME = {"first-fragments-only", "udp-fragments-snaplen-96", "ipv6-tso-payload-length-0", "tcp-options-cut-by-snaplen-54",
           "rotated-continued"}
SEVERAL_INPUTS = {"rotated-continued"}


def records_of(plugin, capture, options, path):
    subprocess.run(["tshark", "-r", capture, "-q", "-X", f"lua_script:{plugin}/cicflow.lua", "-o", f"cicflow.csv:{path}", *options],
                   env=ENVIRONMENT, check=True, capture_output=True)
    with open(path, newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    for record in records:
        record["packets"] = int(record["tot_fwd_pkts"]) + int(record["tot_bwd_pkts"])
    return records


def is_told(told, cell):
    return str(cell) == told if isinstance(told, str) else abs(float(cell) - told) < 1e-9


def table_problem(records, expected):
    if len(records) != len(expected):
        return f"{len(records)} records instead of {len(expected)}"
    for number, (record, told) in enumerate(zip(records, expected), 1):
        for name, value in told.items():
            if not is_told(value, record[name]):
                return f"record {number}: {name} is {record[name]} instead of {value}"
    return None


def problems(plugin, shared, folder):
    """(name, what is wrong or None) of each check, each way."""
    reports = os.path.join(shared, "reports")
    compare = os.path.join(shared, "tools", "compare_flows.py")
    path = os.path.join(folder, "records.csv")
    for way, options in WAYS.items():
        for name in sorted(name[:-len(".csv")] for name in os.listdir(reports) if name.endswith(".csv")):
            if name in SEVERAL_INPUTS:
                yield name, "needs several inputs as one capture"
                continue
            records_of(plugin, os.path.join(reports, name + ".pcap"), options, path)
            run = subprocess.run([sys.executable, compare, os.path.join(reports, name + ".csv"), path], capture_output=True, text=True)
            yield name, f"{way}: {run.stdout.strip()}" if run.returncode else None
        for name, more, expected in TABLE:
            try:
                problem = table_problem(records_of(plugin, os.path.join(reports, name + ".pcap"), options + more, path), expected)
            except subprocess.CalledProcessError as error:
                problem = error.stderr.decode().strip().splitlines()[-1]
            yield name, problem and f"{way} {' '.join(more)}: {problem}"


def main():
    plugin, shared = sys.argv[1:]
    reports = os.path.join(shared, "reports")
    if not os.path.isdir(reports):
        print(f"skipped: {reports} is not there")
        return SKIPPED
    right, wrong, checked = 0, 0, set()
    with tempfile.TemporaryDirectory() as folder:
        for name, problem in problems(plugin, shared, folder):
            checked.add(name + ".pcap")
            right += not problem
            if problem:
                wrong += name not in TO_COME
                print(f"{name}{' (to come)' if name in TO_COME else ''}: {problem}")
    unchecked = {name for name in os.listdir(reports) if name.endswith(".pcap")} - checked
    print(f"{right} checks agree, {wrong} do not; captures that nothing checks: {sorted(unchecked) or 'none'}")
    return 1 if wrong or unchecked or not right else 0


if __name__ == "__main__":
    sys.exit(main())
