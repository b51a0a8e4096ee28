#!/usr/bin/env python3
"""Runs the cases of the dialects: those of dialects that read bytes through decode-records, the others through tshark.

usage: run_cases.py PLUGIN_FOLDER DECODE_RECORDS [CASE_FILE ...]        (default: all below cases/)

A document can be a case file (case_file.py).  The records must also be those of the dialect's reference, in every cell,
where programs.py knows one. Line ends, and whether there is a header, are checked in every file. Status 1 when anything differs.
"""
import concurrent.futures
import os
import pathlib
import sys
import tempfile

import case_file
import packet_lines
import pcap
import programs
import records

CASES = pathlib.Path(__file__).resolve().parent / "cases"


def wrong_bytes(data, dialect, rows):
    """What is wrong with the file's row ends and header, as lines."""
    end, header_always = programs.DIALECTS[dialect]
    if rows == 0 and not header_always:
        return [f"an empty file expected, got {data[:40]!r}"] if data else []
    count = data.count(end)
    if count != rows + 1 or not data.endswith(end) or data.count(b"\n") != count or data.count(b"\r") != end.count(b"\r") * count:
        return [f"{rows + 1} lines ending in {end!r} expected, got {data.count(bytes([10]))} line feeds "
                f"and {data.count(bytes([13]))} carriage returns"]
    return []


def wrong_cells(expected, rows):
    """What differs between the rows of a case and those of a file, as lines."""
    if len(expected) != len(rows):
        ends = [f"{row['src_ip']} > {row['dst_ip']}" for row in rows if "src_ip" in row]
        return [f"{len(expected)} rows expected, {len(rows)} written: {', '.join(ends)}"]
    return [f"row {number}, {column}: expected {expression}, got {row.get(column, 'no such column')}"
            for number, (wanted, row) in enumerate(zip(expected, rows), 1)
            for column, expression in wanted.items() if not agrees(expression, row.get(column, ""))]


def agrees(expression, cell):
    value = case_file.arithmetic(expression)
    if value is None or not cell:
        return expression == cell
    return records.same_number(value, float(cell))


def problems_of(case, tshark, decoder, folder):
    capture = pathlib.Path(folder) / f"{case.name}.pcap"
    link_type, frames = packet_lines.capture(case.packets)
    pcap.write(capture, frames, link_type)
    found = []
    for dialect, expected in case.expected.items():
        data = (decoder if dialect in programs.REFERENCES else tshark).records(capture, dialect)
        _, rows = records.read(data)
        found += [f"{dialect}: {line}" for line in wrong_bytes(data, dialect, len(expected)) + wrong_cells(expected, rows)]
        if dialect in programs.REFERENCES:
            found += [f"reference: {line}" for line in records.differences(programs.reference_records(dialect, capture), data)]
    return found


def run(paths, tshark, decoder):
    """(number of cases, number of those that failed); prints every failure."""
    cases = [(path, case) for path in paths for case in case_file.read(path)]

    def check(case):
        with tempfile.TemporaryDirectory() as folder:
            return problems_of(case, tshark, decoder, folder)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (path, case), problems in zip(cases, pool.map(check, (case for _, case in cases))):
            failed += bool(problems)
            for problem in problems:
                print(f"{path.stem}/{case.name}: {problem}")
    return len(cases), failed


def main(arguments):
    if len(arguments) < 3:
        print(f"usage: {arguments[0]} PLUGIN_FOLDER DECODE_RECORDS [CASE_FILE ...]", file=sys.stderr)
        return 2
    paths = [pathlib.Path(name) for name in arguments[3:]] or sorted(CASES.glob("**/*.case"))
    try:
        count, failed = run(paths, programs.Tshark(arguments[1]), programs.Decoder(arguments[2]))
    except (case_file.CaseError, packet_lines.TextError, programs.ProgramError, OSError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    print(f"{count - failed} of {count} cases as expected")
    return 1 if failed or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
