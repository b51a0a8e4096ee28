#!/usr/bin/env python3
"""Compares the records of captures composed after bug reports with the correct values: by tshark with the plugin, everything dissected and
not, and by the command.

usage: compare_reports.py PLUGIN_FOLDER SHARED_FOLDER COMMAND

The correct values for SHARED/reports/NAME.pcap are in NAME.csv beside it, for every cell, or in the table of SHARED/reports/README.md, whose
values are repeated below. Exit status 77 when the folder is not there.
"""
import csv
import os
import subprocess
import sys
import tempfile

SKIPPED = 77
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
    ("same-5-tuple-two-vlans", ["vlan_flows"], [{"packets": 2}, {"packets": 2}]),
    ("rotated-1", [], [FROM_CLIENT]),
    ("rotated-2", [], [FROM_SERVER, FROM_CLIENT, FROM_CLIENT]),
]
CONTINUED = {"rotated-continued": ["rotated-1", "rotated-2"]}  # several inputs that are one capture


class Tshark:
    """tshark with the plugin, which reads one capture."""

    def __init__(self, plugin, *options):
        self.start = ["tshark", "-q", "-X", f"lua_script:{plugin}/cicflow.lua", *options]

    def command(self, inputs, options, path):
        preferences = [f"cicflow.csv:{path}", *(f"cicflow.{name}:TRUE" for name in options)]
        return [*self.start, "-r", *inputs, *(word for preference in preferences for word in ("-o", preference))]

    def can_read(self, inputs):
        return len(inputs) == 1


class Command:
    """The command, which reads several as one."""

    def __init__(self, path, *options):
        self.start = [path, *options]

    def command(self, inputs, options, path):
        together = ["--continue"] if len(inputs) > 1 else []
        names = [f"--{name.replace('_', '-')}" for name in options]
        return [*self.start, *names, *together, *(word for one in inputs for word in ("-f", one)), "-c", path]

    def can_read(self, inputs):
        return len(inputs) > 0


def records_of(reader, inputs, options, path):
    subprocess.run(reader.command(inputs, options, path), env=ENVIRONMENT, check=True, capture_output=True)
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


def file_problem(shared, name, path):
    """What differs from the records of the report's own file."""
    compare = os.path.join(shared, "tools", "compare_flows.py")
    run = subprocess.run([sys.executable, compare, os.path.join(shared, "reports", name + ".csv"), path], capture_output=True, text=True,
                         check=False)
    return run.stdout.strip() if run.returncode else None


def checks(shared):
    """(captures, options, function that says what is wrong with the records at a path or in a list) of each report."""
    reports = os.path.join(shared, "reports")
    for name in sorted(name[:-len(".csv")] for name in os.listdir(reports) if name.endswith(".csv")):
        yield CONTINUED.get(name, [name]), [], lambda records, path, name=name: file_problem(shared, name, path)
    for name, options, expected in TABLE:
        yield [name], options, lambda records, path, expected=expected: table_problem(records, expected)


def main():
    plugin, shared, command = sys.argv[1:]
    reports = os.path.join(shared, "reports")
    if not os.path.isdir(reports):
        print(f"skipped: {reports} is not there")
        return SKIPPED
    readers = {"tshark": Tshark(plugin), "tshark, fast": Tshark(plugin, "-o", "cicflow.fast:TRUE"), "command": Command(command),
               "command, everything dissected": Command(command, "--full-dissection")}
    right, wrong, checked = 0, 0, set()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "records.csv")
        for names, options, problem_of in checks(shared):
            inputs = [os.path.join(reports, name + ".pcap") for name in names]
            checked |= {os.path.basename(one) for one in inputs}
            for way in (way for way in readers if readers[way].can_read(inputs)):
                problem = problem_of(records_of(readers[way], inputs, options, path), path)
                right += not problem
                wrong += bool(problem)
                if problem:
                    print(f"{' '.join(names + options)}: {way}: {problem}")
    unchecked = {name for name in os.listdir(reports) if name.endswith(".pcap")} - checked
    print(f"{right} checks agree, {wrong} do not; captures that nothing checks: {sorted(unchecked) or 'none'}")
    return 1 if wrong or unchecked or not right else 0


if __name__ == "__main__":
    sys.exit(main())
