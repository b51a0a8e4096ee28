# SPDX-License-Identifier: GPL-2.0-or-later
"""Flow records as dictionaries."""
import csv
import json
import os
import re
from typing import Any, Dict, Iterator, List, Union

from ._command import Command, Option, UsageError, option_arguments

Value = Union[int, float, str, List[Union[int, float]], None]
#: A record: column name to value. Counts are int, measures float, sequences list, everything else str; None is a missing
#: value or a number that is not finite.
Flow = Dict[str, Value]

# Options that this module sets itself.
RESERVED_OPTIONS = frozenset(["csv", "directory", "file", "interface", "jsonl", "merge", "parquet", "quiet", "url"])
# Columns that are text: in CSV a value does not show that.
TEXT_COLUMNS = frozenset(["Flow ID", "Label", "Timestamp", "app_proto", "capture", "close", "community_id", "end_reason",
                          "label", "last_timestamp", "opened", "server_name", "timestamp", "tunnel", "vlan"])
# Columns in which an empty CSV cell is a missing value.
MISSING_COLUMNS = frozenset(["ack_rtt", "capture", "close", "opened", "syn_rtt"])
INTEGER = re.compile(r"-?\d+\Z")


def check_options(options: Dict[str, Option]) -> None:
    """Refuses options of the command that the caller must not set."""
    for name in options:
        if name in RESERVED_OPTIONS:
            raise UsageError(f"the option {name} cannot be given here")


def read_flows(path: "Union[str, os.PathLike[str]]", **options: Any) -> Iterator[Flow]:
    """Yields the records of a capture one after the other, in constant memory.

    path is anything that Wireshark reads; "-" is standard input. The keyword arguments are the command's options with
    underscores: ``read_flows(path, dialect="python", fields=["src_ip", "dst_ip"], idle_timeout=60)``. Leaving the
    iteration early ends the command. Raises CicflowmeterError with the command's error message when it fails; for a capture that is cut short, after
    the last record.
    """
    check_options(options)
    verbose = bool(options.pop("verbose", False))
    name = os.fspath(path)
    with Command([*option_arguments(options), f"--file={name}", "--jsonl", "--", "-"], verbose,
                 reads_stdin=name == "-", has_output=True) as command:
        for line in command.output:
            yield json.loads(line)


def value_of(column: str, text: str) -> Value:
    """A cell of CSV with its type, as read_flows gives it."""
    if column in MISSING_COLUMNS and not text:
        return None
    if column.strip() in TEXT_COLUMNS:
        return text
    if column.startswith("seq_"):
        return json.loads(text)
    if INTEGER.match(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return text
    return number if abs(number) < float("inf") else None


def read_written(path: str, is_csv: bool) -> List[Flow]:
    """The whole records of an output file, which may still be growing; none when it is not there."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
    except FileNotFoundError:
        return []
    lines = text[:text.rfind("\n") + 1].splitlines(keepends=True)
    if not is_csv:
        return [json.loads(line) for line in lines]
    return [{column: value_of(column, cell) for column, cell in row.items()} for row in csv.DictReader(lines)]
