#!/usr/bin/env python3
"""Reference of the `java` and `java-fixed` dialects, independent of the plugin.

usage: java_dialect.py {java|java-fixed} CAPTURE > out.csv

Reads a pcap or pcapng file and writes the rows the Java CICFlowMeter V4 (`java`) or its corrected version (`java-fixed`)
writes, in their order and number forms. The rules are written down in java_dialect.md.
"""
import sys

import java_columns
from java_capture import CaptureError, frames
from java_corrected import Corrected
from java_number import number
from java_original import Original
from java_packet import packet_of

DIALECTS = {"java": (Original, java_columns.ORIGINAL, False), "java-fixed": (Corrected, java_columns.CORRECTED, True)}


def rows(dialect, path):
    """Yield the header and the record rows as lists of text."""
    table_of, columns, fixed = DIALECTS[dialect]
    done = []
    table = table_of(lambda flow: done.append([cell(get(flow)) for _, get in columns]))
    for frame in frames(path):
        packet = packet_of(frame, fixed)
        if packet:
            table.add(packet)
    table.finish()
    return [[name for name, _ in columns]] + done


def cell(value):
    return value if isinstance(value, str) else number(value)


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in DIALECTS:
        print("usage: java_dialect.py {java|java-fixed} CAPTURE > out.csv", file=sys.stderr)
        return 2
    try:
        for row in rows(*arguments):
            print(",".join(row))
    except (CaptureError, OSError) as problem:
        print(f"java_dialect.py: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
