"""Flow records as rows of cells, and the comparison of two files row by row, in order.

Cells agree when they are the same text or numbers within 1e-9 relative.  Rows are not matched up: a row in another place
is a difference, because the order is part of a dialect.
"""
import csv
import io

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
    (expected_columns, expected_rows), (columns, rows) = read(expected), read(actual)
    found = []
    if expected_columns != columns:
        found.append(f"columns differ: expected {expected_columns}, got {columns}")
    if len(expected_rows) != len(rows):
        found.append(f"{len(expected_rows)} rows expected, {len(rows)} written")
    for number, (want, have) in enumerate(zip(expected_rows, rows), 1):
        found += [f"row {number}, {name}: expected {want[name]}, got {have.get(name)}"
                  for name in want if not same_cell(want[name], have.get(name, ""))]
        if len(found) >= most:
            break
    return found[:most]
