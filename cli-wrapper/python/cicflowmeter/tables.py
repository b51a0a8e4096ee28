# SPDX-License-Identifier: GPL-2.0-or-later
"""Flow records as tables: a Parquet file, and pandas, Arrow and Polars tables read from it."""
import csv
import importlib.util
import itertools
import os
import tempfile
from typing import TYPE_CHECKING, Any, Callable, Dict, List, TypeVar, Union

from ._command import Command, Option, option_arguments
from .flows import check_options, read_flows

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Path = Union[str, "os.PathLike[str]"]
Table = TypeVar("Table")

TIME_COLUMNS = frozenset(["Timestamp", "last_timestamp", "timestamp"])
ROWS_PER_FRAME = 10000


def to_parquet(path: Path, output: Path, **options: Any) -> None:
    """Writes the records of a capture to a Parquet file, which appears when it is complete.

    Arguments and errors as in read_flows; needs nothing but the command. Times are points in time, whatever ``timestamp``
    says.
    """
    check_options(options)
    verbose = bool(options.pop("verbose", False))
    name = os.fspath(path)
    with Command([*option_arguments(options), f"--file={name}", f"--parquet={os.fspath(output)}"], verbose,
                 reads_stdin=name == "-"):
        pass


def _through_parquet(read: Callable[[str], Table], path: Path, options: Dict[str, Any]) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "flows.parquet")
        to_parquet(path, file, **options)
        return read(file)


def to_arrow(path: Path, **options: Any) -> "pyarrow.Table":
    """The records of a capture as an Arrow table; arguments and errors as in read_flows. Needs pyarrow."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError("to_arrow needs pyarrow: pip install pyarrow") from error
    return _through_parquet(lambda file: pyarrow.parquet.read_table(file, memory_map=False), path, options)


def to_polars(path: Path, **options: Any) -> "polars.DataFrame":
    """The records of a capture as a Polars data frame; arguments and errors as in read_flows. Needs polars."""
    try:
        import polars
    except ImportError as error:
        raise ImportError("to_polars needs polars: pip install polars") from error
    return _through_parquet(lambda file: polars.read_parquet(file, memory_map=False), path, options)


def _has_parquet_reader() -> bool:
    return importlib.util.find_spec("pyarrow") is not None


def to_dataframe(path: Path, **options: Any) -> "pandas.DataFrame":
    """The records of a capture as a pandas data frame, a column each; arguments and errors as in read_flows.

    Needs pandas; with pyarrow it takes a fraction of the time. Times are datetimes in UTC, unless the option ``timestamp`` asks for text.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_dataframe needs pandas: pip install pandas, or apt install python3-pandas") from error
    if options.get("timestamp") is not None:
        return _from_json(path, options)
    if _has_parquet_reader():
        return _through_parquet(lambda file: pandas.read_parquet(file, engine="pyarrow"), path, options)
    frame = _from_json(path, dict(options, timestamp="iso8601"))
    for column in frame.columns:
        if column.strip() in TIME_COLUMNS:
            frame[column] = pandas.to_datetime(frame[column], utc=True)
        elif frame[column].dtype == object:
            frame[column] = frame[column].where(frame[column] != "", None)
    return frame


def _from_json(path: Path, options: Dict[str, Any]) -> "pandas.DataFrame":
    import pandas
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


def _columns(path: Path, options: Dict[str, Option]) -> List[str]:
    """The columns of a capture without flows, which JSON does not show; empty for standard input, which was read already."""
    name = os.fspath(path)
    if name == "-":
        return []
    with Command([*option_arguments(options), f"--file={name}", "--csv", "--", "-"], has_output=True) as command:
        lines = [line.decode("utf-8") for line in command.output]
    return next(csv.reader(lines), [])
