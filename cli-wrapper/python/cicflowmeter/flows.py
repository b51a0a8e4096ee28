# SPDX-License-Identifier: GPL-2.0-or-later
"""Flow records as dictionaries, and as a pandas data frame."""
import csv
import itertools
import json
import os
import re
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Union

from ._command import Command, Option, UsageError, option_arguments

if TYPE_CHECKING:
    import pandas

Value = Union[int, float, str, List[Union[int, float]], None]
#: A record: column name to value. Counts are int, measures float, sequences list, everything else str; None is a missing
#: value or a number that is not finite.
Flow = Dict[str, Value]

# What this module says itself.
RESERVED_OPTIONS = frozenset(["csv", "directory", "file", "interface", "jsonl", "merge", "quiet", "url"])
# Of CSV, where a value does not show whether it is text.
TEXT_COLUMNS = frozenset(["Flow ID", "Label", "Timestamp", "app_proto", "capture", "close", "community_id", "end_reason",
                          "label", "last_timestamp", "opened", "server_name", "timestamp", "tunnel", "vlan"])
# Of CSV, where a missing value is an empty cell.
MISSING_COLUMNS = frozenset(["ack_rtt", "capture", "close", "opened", "syn_rtt"])
INTEGER = re.compile(r"-?\d+\Z")
ROWS_PER_FRAME = 10000


def check_options(options: Dict[str, Option]) -> None:
    """Refuses options of the command that the caller must not set."""
    for name in options:
        if name in RESERVED_OPTIONS:
            raise UsageError(f"the option {name} cannot be given here")


def read_flows(path: "Union[str, os.PathLike[str]]", **options: Any) -> Iterator[Flow]:
    """Yields the records of a capture one after the other, in constant memory.

    path is anything that tshark reads; "-" is standard input. The keyword arguments are the command's options with
    underscores: ``read_flows(path, dialect="python", fields=["src_ip", "dst_ip"], idle_timeout=60)``. Leaving the
    iteration early ends the command. Raises CicflowmeterError with the command's own line when it fails, which after a
    capture that is cut short is after the last record.
    """
    check_options(options)
    verbose = bool(options.pop("verbose", False))
    name = os.fspath(path)
    command = Command([*option_arguments(options), f"--file={name}", "--jsonl", "--", "-"], verbose,
                      reads_stdin=name == "-", has_output=True)
    try:
        for line in command.output:
            yield json.loads(line)
        command.wait()
    finally:
        command.close()
    error = command.error()
    if error is not None:
        raise error


def to_dataframe(path: "Union[str, os.PathLike[str]]", **options: Any) -> "pandas.DataFrame":
    """The records of a capture as a pandas data frame, a column each; arguments and errors as in read_flows.

    Needs pandas. Timestamps are text as everywhere: ``pandas.to_datetime(frame["timestamp"])`` makes them times.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_dataframe needs pandas: pip install pandas, or apt install python3-pandas") from error
    options.pop("verbose", None)
    flows = read_flows(path, **options)
    frames: List["pandas.DataFrame"] = []
    while True:
        rows = list(itertools.islice(flows, ROWS_PER_FRAME))
        if not rows:
            break
        frames.append(pandas.DataFrame.from_records(rows))
    if not frames:
        return pandas.DataFrame(columns=_columns(path, options))
    return pandas.concat(frames, ignore_index=True)


def _columns(path: "Union[str, os.PathLike[str]]", options: Dict[str, Option]) -> List[str]:
    """The columns of a capture without flows, which JSON does not show; none of standard input, read already."""
    name = os.fspath(path)
    if name == "-":
        return []
    command = Command([*option_arguments(options), f"--file={name}", "--csv", "--", "-"], has_output=True)
    try:
        lines = [line.decode("utf-8") for line in command.output]
        command.wait()
    finally:
        command.close()
    return next(csv.reader(lines), [])


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
