"""Flow records as rows of cells, and the comparison of two files row by row, in order.

Cells agree when they are the same text or numbers within 1e-9 relative. Rows are compared in order: a row in another place is a difference, because
the order is part of a dialect.
"""
import csv
import io
import itertools

TOLERANCE = 1e-9


def read(data):
    """(names of the columns, list of {column: cell}) of a file's bytes; no columns when it is empty."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    if not rows:
        return [], []
    return rows[0], [dict(zip(rows[0], row)) for row in rows[1:]]


def same_number(expected, actual):
    return abs(actual - expected) <= TOLERANCE * max(abs(expected), abs(actual))


def same_cell(expected, actual):
    if expected == actual:
        return True
    try:
        return same_number(float(expected), float(actual))
    except ValueError:
        return False


def differences(expected, actual, most=5):
    """The first differences between two files' bytes, as lines; none when they agree."""
    if expected == actual:
        return []
    wanted, got = (csv.reader(io.StringIO(data.decode("utf-8"), newline="")) for data in (expected, actual))
    columns, actual_columns = next(wanted, []), next(got, [])
    if columns != actual_columns:
        return [f"columns differ: expected {columns}, got {actual_columns}"]
    found, rows = [], [0, 0]
    for number, pair in enumerate(itertools.zip_longest(wanted, got), 1):
        rows = [count + (row is not None) for count, row in zip(rows, pair)]
        if len(found) < most and None not in pair:
            found += [f"row {number}, {name}: expected {want}, got {have}"
                      for name, want, have in zip(columns, *pair) if not same_cell(want, have)]
    if rows[0] != rows[1]:
        found.insert(0, f"{rows[0]} rows expected, {rows[1]} written")
    return found[:most]
