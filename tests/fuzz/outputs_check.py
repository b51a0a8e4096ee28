"""What must hold for the files the plugin writes, whatever the packets were; Failure says what does not hold."""
import csv
import json
import math
import os
import re

FROM_PACKETS = ("server_name", "app_proto", "vlan", "tunnel")
TEXTS = {"flow id", "src ip", "dst ip", "source ip", "destination ip", "src_ip", "dst_ip", "timestamp", "last_timestamp",
         "end_reason", "community_id", "label", "opened", "close", *FROM_PACKETS}
MAY_BE_EMPTY = {"tcp_stream", "udp_stream", "syn_rtt", "ack_rtt"}
RATES = {"flow bytes/s", "flow packets/s"}  # the original's too are no numbers in the dialect java
NO_NUMBERS = {"NaN", "Infinity"}
CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
FORMULA = tuple("=+-@\t\r")


class Failure(Exception):
    pass


class Totals:
    """What was covered, to show that a run did test something."""

    def __init__(self):
        self.frames = self.used = self.records = self.names = self.defused = 0

    def __str__(self):
        return (f"{self.frames} packets, {self.used} of them used, {self.records} records, {self.names} with a server name, "
                f"{self.defused} of which had characters to replace")


def refuse_constant(text):
    raise Failure(f"JSON has {text}")


def numbers_of(cell):
    """The numbers of a cell: one, or a list."""
    return json.loads(cell, parse_constant=refuse_constant) if cell.startswith("[") else [cell]


def check_cell(name, cell, dialect):
    if name in FROM_PACKETS and any(part.startswith(FORMULA) for part in cell.split(";")):
        raise Failure(f"{name} has what begins like a formula: {cell!r}")
    if name in TEXTS or (cell == "" and name in MAY_BE_EMPTY) or (dialect == "java" and name in RATES and cell in NO_NUMBERS):
        return
    try:
        is_finite = all(math.isfinite(float(number)) for number in numbers_of(cell))
    except ValueError:
        is_finite = False
    if not is_finite:
        raise Failure(f"{name} is no number: {cell!r}")


def read_csv(path, dialect):
    """(header, rows)"""
    with open(path, newline="", encoding="utf-8") as file:
        text = file.read()
    if CONTROL.search(text):
        raise Failure(f"control characters in CSV: {CONTROL.search(text)}")
    if text == "" and dialect == "python":  # no header without flows, as the original
        return [], []
    lines = text.splitlines()
    rows = list(csv.reader(lines, strict=True))
    if not rows or len(lines) != len(rows) or not text.endswith("\n"):
        raise Failure(f"{len(lines)} lines, {len(rows)} rows of CSV")
    names = [name.strip().lower() for name in rows[0]]
    for row in rows[1:]:
        if len(row) != len(names):
            raise Failure(f"a row has {len(row)} of {len(names)} columns: {row}")
        for name, cell in zip(names, row):
            check_cell(name, cell, dialect)
    return rows[0], rows[1:]


def check_json(path, header, rows):
    """Of two columns with the same name, which the published data set has, JSON has one."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if CONTROL.search(text):
        raise Failure("control characters in JSON")
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) != len(rows):
        raise Failure(f"{len(lines)} lines of JSON, {len(rows)} rows of CSV")
    for line, row in zip(lines, rows):
        values = json.loads(line, parse_constant=refuse_constant)
        if list(values) != list(dict.fromkeys(header)):
            raise Failure(f"names in JSON: {list(values)}, in CSV: {header}")
        for name, cell in zip(header, row):
            value = values[name]
            cell = numbers_of(cell) if isinstance(value, list) else cell
            if value is not None and value != cell and value != float(cell):
                raise Failure(f"{name}: {value!r} in JSON, {cell!r} in CSV")


def check_stats(path, frames):
    with open(path, encoding="utf-8") as file:
        stats = json.load(file)
    if stats["packets"] != (frames or stats["packets"]) or stats["packets"] != stats["used"] + sum(stats["skipped"].values()):
        raise Failure(f"packets are lost: {frames} read, {stats}")
    return stats


def note_names(header, rows, totals):
    if "server_name" not in header:
        return
    at = header.index("server_name")
    for row in rows:
        totals.names += row[at] != ""
        totals.defused += "\ufffd" in row[at] or row[at].startswith("'")


def check_outputs(paths, frames, dialect, totals):
    """`paths` is {kind: path} of the files, of which jsonl may not be there; `frames` is None where it is not known how many
    were read."""
    stats = check_stats(paths["stats"], frames)
    header, rows = read_csv(paths["csv"], dialect)
    if os.path.exists(paths["jsonl"]):
        check_json(paths["jsonl"], header, rows)
    if len(rows) != stats["flows"]:
        raise Failure(f"{len(rows)} rows, {stats['flows']} flows")
    # A packet that fragments joined to is one packet in its flow, and several frames that were used.
    if "tot_fwd_pkts" in header and dialect == "standard":
        columns = [header.index("tot_fwd_pkts"), header.index("tot_bwd_pkts")]
        total = sum(int(row[column]) for row in rows for column in columns)
        if total > stats["used"]:
            raise Failure(f"{total} packets in records, {stats['used']} used")
    note_names(header, rows, totals)
    totals.frames += stats["packets"]
    totals.used += stats["used"]
    totals.records += len(rows)
